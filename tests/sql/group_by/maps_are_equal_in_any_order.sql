--@test: Maps are equal in any order
CREATE STREAM s (k VARCHAR KEY, m MAP<VARCHAR, INT>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT k, COLLECT_SET(m) AS n FROM s GROUP BY k;
INSERT INTO s (k, m) VALUES ('a', MAP('x' := 1, 'y' := 2));
INSERT INTO s (k, m) VALUES ('a', MAP('y' := 2, 'x' := 1));
INSERT INTO s (k, m) VALUES ('a', MAP('y' := 1, 'x' := 2));
ASSERT VALUES o (k, n) VALUES ('a', ARRAY[MAP('x' := 1, 'y' := 2)]);
ASSERT VALUES o (k, n) VALUES ('a', ARRAY[MAP('x' := 1, 'y' := 2)]);
ASSERT VALUES o (k, n) VALUES ('a', ARRAY[MAP('x' := 1, 'y' := 2), MAP('x' := 2, 'y' := 1)]);
