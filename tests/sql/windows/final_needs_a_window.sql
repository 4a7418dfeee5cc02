--@test: Final needs a window
--@expected.message: EMIT FINAL is for windowed aggregations
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks GROUP BY user EMIT FINAL;
