--@test: Fields of a struct are columns
CREATE STREAM s (k VARCHAR KEY, p STRUCT<a INT, b VARCHAR>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, p->a AS a, p->b AS b FROM s;
INSERT INTO s VALUES ('k', STRUCT(a := 1, b := 'x'));
ASSERT VALUES o (k, a, b) VALUES ('k', 1, 'x');
