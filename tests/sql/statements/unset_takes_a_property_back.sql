--@test: Unset takes a property back
--@expected.message: VALUE_FORMAT
SET 'ksql.persistence.default.format.value' = 'JSON';
UNSET 'ksql.persistence.default.format.value';
CREATE STREAM s (k VARCHAR KEY, v INT) WITH (KAFKA_TOPIC='s');
