--@test: A stream joins not itself
--@expected.message: joined with itself
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT a.user, b.page FROM clicks a JOIN clicks b WITHIN 1 HOUR ON a.user = b.user;
