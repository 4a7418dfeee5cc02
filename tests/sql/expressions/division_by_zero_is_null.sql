--@test: Division by zero is NULL
CREATE STREAM s (k VARCHAR KEY, a INT, b INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, a / b AS r FROM s;
INSERT INTO s (k, a, b) VALUES ('k', 7, 0);
ASSERT VALUES o (k, r) VALUES ('k', NULL);
