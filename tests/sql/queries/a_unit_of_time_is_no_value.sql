--@test: A unit of time is no value
--@expected.message: DAYS
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, DAYS AS d FROM clicks;
