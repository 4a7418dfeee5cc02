--@test: Kafka values hold one column
--@expected.message: KAFKA holds one value column
CREATE STREAM s (k VARCHAR KEY, a INT, b INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='KAFKA');
