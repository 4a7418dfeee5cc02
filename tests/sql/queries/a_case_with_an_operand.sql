--@test: A case with an operand
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, CASE ms WHEN 1 THEN 'one' WHEN 2 THEN 'two' END AS word FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 3);
ASSERT VALUES o (user, word) VALUES ('a', 'two');
ASSERT VALUES o (user, word) VALUES ('a', NULL);
