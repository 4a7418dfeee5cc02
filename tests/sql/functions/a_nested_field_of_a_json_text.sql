--@test: A nested field of a JSON text
CREATE STREAM s (k VARCHAR KEY, a VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, EXTRACTJSONFIELD(a, '$.p.q[1].r') AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', '{"p":{"q":[1,{"r":7}]}}');
ASSERT VALUES o (k, r) VALUES ('k', '7');
