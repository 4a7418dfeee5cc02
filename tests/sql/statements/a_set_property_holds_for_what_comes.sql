--@test: A set property holds for what comes
SET 'ksql.persistence.default.format.value' = 'JSON';
CREATE STREAM s (k VARCHAR KEY, v INT) WITH (KAFKA_TOPIC='s');
INSERT INTO s VALUES ('a', 1);
ASSERT VALUES s (k, v) VALUES ('a', 1);
