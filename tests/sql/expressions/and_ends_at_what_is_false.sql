--@test: And ends at what is false
CREATE STREAM s (k VARCHAR KEY, a BOOLEAN, b BOOLEAN) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, a AND b AS r FROM s;
INSERT INTO s (k, a, b) VALUES ('k', false, NULL);
INSERT INTO s (k, a, b) VALUES ('k', true, true);
ASSERT VALUES o (k, r) VALUES ('k', false);
ASSERT VALUES o (k, r) VALUES ('k', true);
