--@test: Explain runs nothing
--@expected.message: no stream or table O
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
EXPLAIN CREATE STREAM o AS SELECT * FROM clicks WHERE ms > 1;
EXPLAIN SELECT user, COUNT(*) FROM clicks GROUP BY user EMIT CHANGES;
SELECT * FROM o EMIT CHANGES;
