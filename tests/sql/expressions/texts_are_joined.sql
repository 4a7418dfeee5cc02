--@test: Texts are joined
CREATE STREAM s (k VARCHAR KEY, a VARCHAR, b VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, a + '-' + b AS r FROM s;
INSERT INTO s (k, a, b) VALUES ('k', 'x', 'y');
ASSERT VALUES o (k, r) VALUES ('k', 'x-y');
