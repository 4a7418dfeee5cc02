--@test: A field of a JSON text
CREATE STREAM s (k VARCHAR KEY, a VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, EXTRACTJSONFIELD(a, '$.recordType') AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', '{"recordType":"click","n":3}');
ASSERT VALUES o (k, r) VALUES ('k', 'click');
