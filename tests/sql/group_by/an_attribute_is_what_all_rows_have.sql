--@test: An attribute is what all rows have
CREATE STREAM s (k VARCHAR KEY, v VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT k, ATTR(v) AS v FROM s GROUP BY k;
INSERT INTO s VALUES ('a', 'x');
INSERT INTO s VALUES ('a', 'x');
INSERT INTO s VALUES ('a', 'y');
INSERT INTO s VALUES ('b', NULL);
INSERT INTO s VALUES ('b', 'y');
ASSERT VALUES o (k, v) VALUES ('a', 'x');
ASSERT VALUES o (k, v) VALUES ('a', 'x');
ASSERT VALUES o (k, v) VALUES ('a', NULL);
ASSERT VALUES o (k, v) VALUES ('b', NULL);
ASSERT VALUES o (k, v) VALUES ('b', NULL);
--@test: An attribute of a table follows its changes
CREATE TABLE t (id INT PRIMARY KEY, g VARCHAR, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT g, ATTR(v) AS v FROM t GROUP BY g;
INSERT INTO t VALUES (1, 'a', 5);
INSERT INTO t VALUES (2, 'a', 6);
INSERT INTO t VALUES (2, 'a', 5);
ASSERT VALUES o (g, v) VALUES ('a', 5);
ASSERT VALUES o (g, v) VALUES ('a', NULL);
ASSERT VALUES o (g, v) VALUES ('a', 5);
