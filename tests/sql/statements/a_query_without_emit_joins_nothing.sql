--@test: A query without emit joins nothing
--@expected.message: not in a query without EMIT
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE t (k VARCHAR PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
SELECT * FROM clicks JOIN t ON clicks.user = t.k;
