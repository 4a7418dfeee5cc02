--@test: Aggregates need a group
--@expected.message: need GROUP BY
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT COUNT(*) AS n FROM clicks;
