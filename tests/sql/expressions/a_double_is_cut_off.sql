--@test: A double is cut off
CREATE STREAM s (k VARCHAR KEY, a DOUBLE) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, CAST(a AS INT) AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', 2.9);
INSERT INTO s (k, a) VALUES ('k', -2.9);
ASSERT VALUES o (k, r) VALUES ('k', 2);
ASSERT VALUES o (k, r) VALUES ('k', -2);
