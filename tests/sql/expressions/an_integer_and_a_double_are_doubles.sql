--@test: An integer and a double are doubles
CREATE STREAM s (k VARCHAR KEY, a INT, b DOUBLE) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, a + b AS r FROM s;
INSERT INTO s (k, a, b) VALUES ('k', 1, 0.5);
ASSERT VALUES o (k, r) VALUES ('k', 1.5);
