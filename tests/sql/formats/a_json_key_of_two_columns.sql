--@test: A json key of two columns
CREATE STREAM s (a VARCHAR KEY, b INT KEY, v INT) WITH (KAFKA_TOPIC='s', FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM s;
INSERT INTO s (a, b, v) VALUES ('x', 1, 2);
ASSERT VALUES o (a, b, v) VALUES ('x', 1, 2);
