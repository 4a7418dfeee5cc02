--@test: A join of texts with null
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, page + 'x' AS a, CONCAT(page, 'x') AS b, page || 'x' AS c FROM clicks;
INSERT INTO clicks (ROWTIME, user, ms) VALUES (0, 'a', 1);
ASSERT VALUES o (user, a, b, c) VALUES ('a', 'nullx', 'x', 'x');
