--@test: Streams need within
--@expected.message: WITHIN
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM seen (user VARCHAR KEY, page VARCHAR) WITH (KAFKA_TOPIC='seen', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT c.user, s.page FROM clicks c JOIN seen s ON c.user = s.user;
