--@test: What is there, and what is the same
CREATE STREAM s (k VARCHAR KEY, x INT, y INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, x IS NOT NULL AS a, x IS NOT DISTINCT FROM y AS b, NOT (x = 1 AND y = 1) AS c FROM s;
INSERT INTO s VALUES ('a', NULL, NULL);
INSERT INTO s VALUES ('a', 1, 1);
INSERT INTO s VALUES ('a', 1, 2);
ASSERT VALUES o (k, a, b, c) VALUES ('a', false, true, true);
ASSERT VALUES o (k, a, b, c) VALUES ('a', true, true, false);
ASSERT VALUES o (k, a, b, c) VALUES ('a', true, false, true);
