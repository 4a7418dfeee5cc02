--@test: Regular expression
CREATE STREAM s (k VARCHAR KEY, a VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, REGEXP_EXTRACT('id=([0-9]+)', a, 1) AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', 'id=42;');
ASSERT VALUES o (k, r) VALUES ('k', '42');
