--@test: Replace
CREATE STREAM s (k VARCHAR KEY, a VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, REPLACE(a, '-', '+') AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', 'a-b-c');
ASSERT VALUES o (k, r) VALUES ('k', 'a+b+c');
