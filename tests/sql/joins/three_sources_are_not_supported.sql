--@test: Three sources are not supported
--@expected.message: more than two sources
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE STREAM seen (user VARCHAR KEY, page VARCHAR) WITH (KAFKA_TOPIC='seen', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT clicks.user, name FROM clicks JOIN users ON clicks.user = users.id JOIN seen WITHIN 1 HOUR ON clicks.user = seen.user;
