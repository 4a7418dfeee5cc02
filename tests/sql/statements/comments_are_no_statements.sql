--@test: Comments are no statements
-- one
/* two; */ CREATE STREAM s (k VARCHAR KEY, v INT) -- three
WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
INSERT INTO s VALUES ('a;--', 1);
ASSERT VALUES s (k, v) VALUES ('a;--', 1);
