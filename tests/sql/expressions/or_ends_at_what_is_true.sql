--@test: Or ends at what is true
CREATE STREAM s (k VARCHAR KEY, a BOOLEAN, b BOOLEAN) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, a OR b AS r FROM s;
INSERT INTO s (k, a, b) VALUES ('k', true, NULL);
INSERT INTO s (k, a, b) VALUES ('k', false, false);
ASSERT VALUES o (k, r) VALUES ('k', true);
ASSERT VALUES o (k, r) VALUES ('k', false);
