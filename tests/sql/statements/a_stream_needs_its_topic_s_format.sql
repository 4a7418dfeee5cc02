--@test: A stream needs its topic's format
--@expected.message: VALUE_FORMAT
CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s');
