--@test: Explain shows a running query
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks;
EXPLAIN CSAS_O_1;
