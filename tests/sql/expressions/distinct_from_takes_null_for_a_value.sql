--@test: Distinct from takes NULL for a value
CREATE STREAM s (k VARCHAR KEY, a INT, b INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, a IS DISTINCT FROM b AS r FROM s;
INSERT INTO s (k, a, b) VALUES ('k', 1, NULL);
INSERT INTO s (k, a, b) VALUES ('k', NULL, NULL);
ASSERT VALUES o (k, r) VALUES ('k', true);
ASSERT VALUES o (k, r) VALUES ('k', false);
