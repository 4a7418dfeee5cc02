--@test: The shorter array ends in NULL
CREATE STREAM s (k VARCHAR KEY, a ARRAY<INT>, b ARRAY<VARCHAR>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, EXPLODE(a) AS x, EXPLODE(b) AS y FROM s;
INSERT INTO s (k, a, b) VALUES ('k', ARRAY[3, 5], ARRAY['p']);
ASSERT VALUES o (k, x, y) VALUES ('k', 3, 'p');
ASSERT VALUES o (k, x, y) VALUES ('k', 5, NULL);
