--@test: Formats of a schema registry are not supported
--@expected.message: not supported
CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='AVRO');
