--@test: A right join of tables keeps the right side
CREATE TABLE a (id INT PRIMARY KEY, x INT) WITH (KAFKA_TOPIC='a', VALUE_FORMAT='JSON');
CREATE TABLE b (id INT PRIMARY KEY, y INT) WITH (KAFKA_TOPIC='b', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT b.id AS id, a.x AS x, b.y AS y FROM a RIGHT JOIN b ON a.id = b.id;
INSERT INTO a VALUES (1, 10);
INSERT INTO b VALUES (1, 20);
INSERT INTO b VALUES (2, 30);
ASSERT VALUES o (id, x, y) VALUES (1, 10, 20);
ASSERT VALUES o (id, x, y) VALUES (2, NULL, 30);
--@test: All columns of one side, and all fields of a struct
CREATE STREAM s (k VARCHAR KEY, st STRUCT<p INT, q VARCHAR>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE TABLE t (id VARCHAR PRIMARY KEY, y INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
CREATE STREAM fields AS SELECT k, st->* FROM s;
CREATE STREAM sides AS SELECT fields.*, t.y AS y FROM fields LEFT JOIN t ON fields.k = t.id;
INSERT INTO t VALUES ('a', 5);
INSERT INTO s VALUES ('a', STRUCT(p := 1, q := 'x'));
ASSERT VALUES fields (k, p, q) VALUES ('a', 1, 'x');
ASSERT VALUES sides (fields_k, fields_p, fields_q, y) VALUES ('a', 1, 'x', 5);
