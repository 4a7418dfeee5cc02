--@test: Arrays count from the end
CREATE STREAM s (k VARCHAR KEY, a ARRAY<INT>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, a[-1] AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', ARRAY[5, 6]);
ASSERT VALUES o (k, r) VALUES ('k', 6);
