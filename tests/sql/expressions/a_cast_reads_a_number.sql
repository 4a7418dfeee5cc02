--@test: A cast reads a number
CREATE STREAM s (k VARCHAR KEY, a VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, CAST(a AS INT) AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', '42');
INSERT INTO s (k, a) VALUES ('k', 'x');
ASSERT VALUES o (k, r) VALUES ('k', 42);
ASSERT VALUES o (k, r) VALUES ('k', NULL);
