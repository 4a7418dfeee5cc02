--@test: Arrays as sets
CREATE STREAM s (k VARCHAR KEY, x ARRAY<INT>, y ARRAY<INT>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, ARRAY_DISTINCT(x) AS a, ARRAY_EXCEPT(x, y) AS b, ARRAY_INTERSECT(x, y) AS c,
  ARRAY_UNION(x, y) AS d, ARRAY_CONCAT(x, y) AS e, ARRAY_REMOVE(x, 1) AS f, ARRAYCONTAINS('[1,2]', 2) AS g FROM s;
INSERT INTO s VALUES ('a', ARRAY[1, 2, 1, 3], ARRAY[3, 4]);
INSERT INTO s VALUES ('a', NULL, ARRAY[3]);
ASSERT VALUES o (k, a, b, c, d, e, f, g) VALUES ('a', ARRAY[1, 2, 3], ARRAY[1, 2], ARRAY[3], ARRAY[1, 2, 3, 4],
  ARRAY[1, 2, 1, 3, 3, 4], ARRAY[2, 3], true);
ASSERT VALUES o (k, a, b, c, d, e, f, g) VALUES ('a', NULL, NULL, NULL, NULL, ARRAY[3], NULL, true);
--@test: Arrays in order
CREATE STREAM s (k VARCHAR KEY, x ARRAY<INT>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, ARRAY_SORT(x) AS a, ARRAY_SORT(x, 'DESC') AS b, ARRAY_MAX(x) AS c, ARRAY_MIN(x) AS d,
  ARRAY_JOIN(x, '-') AS e FROM s;
INSERT INTO s VALUES ('a', ARRAY[3, NULL, 1]);
ASSERT VALUES o (k, a, b, c, d, e) VALUES ('a', ARRAY[1, 3, NULL], ARRAY[3, 1, NULL], 3, 1, '3-null-1');
--@test: Maps from arrays and back
CREATE STREAM s (k VARCHAR KEY, x ARRAY<VARCHAR>, y ARRAY<INT>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, AS_MAP(x, y) AS a, MAP_KEYS(AS_MAP(x, y)) AS b, MAP_VALUES(AS_MAP(x, y)) AS c,
  MAP_UNION(AS_MAP(x, y), MAP('q' := 9)) AS d, ENTRIES(AS_MAP(x, y), true) AS e,
  SPLIT_TO_MAP('m:1,n:2', ',', ':') AS f FROM s;
INSERT INTO s VALUES ('a', ARRAY['p', 'q'], ARRAY[1, 2]);
ASSERT VALUES o (k, a, b, c, d, e, f) VALUES ('a', MAP('p' := 1, 'q' := 2), ARRAY['p', 'q'], ARRAY[1, 2],
  MAP('p' := 1, 'q' := 9), ARRAY[STRUCT(k := 'p', v := 1), STRUCT(k := 'q', v := 2)], MAP('m' := '1', 'n' := '2'));
