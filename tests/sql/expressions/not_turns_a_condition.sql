--@test: Not turns a condition
CREATE STREAM s (k VARCHAR KEY, a BOOLEAN) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, NOT a AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', true);
INSERT INTO s (k, a) VALUES ('k', false);
ASSERT VALUES o (k, r) VALUES ('k', false);
ASSERT VALUES o (k, r) VALUES ('k', true);
