--@test: Explain is for queries
--@expected.message: this statement runs none
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
EXPLAIN SHOW STREAMS;
