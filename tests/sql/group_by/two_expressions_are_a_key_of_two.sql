--@test: Two expressions are a key of two
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o WITH (KEY_FORMAT='JSON') AS SELECT user, page, COUNT(*) AS n FROM clicks GROUP BY user, page;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'y', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
ASSERT VALUES o (user, page, n) VALUES ('a', 'x', 1);
ASSERT VALUES o (user, page, n) VALUES ('a', 'y', 1);
ASSERT VALUES o (user, page, n) VALUES ('a', 'x', 2);
