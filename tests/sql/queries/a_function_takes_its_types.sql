--@test: A function takes its types
--@expected.message: does not accept
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, UCASE(ms) AS p FROM clicks;
