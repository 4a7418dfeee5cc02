--@test: A map is read by its key
CREATE STREAM s (k VARCHAR KEY, m MAP<VARCHAR, INT>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, m['y'] AS r FROM s;
INSERT INTO s (k, m) VALUES ('k', MAP('x' := 1, 'y' := 2));
ASSERT VALUES o (k, r) VALUES ('k', 2);
