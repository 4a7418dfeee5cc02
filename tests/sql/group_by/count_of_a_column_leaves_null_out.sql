--@test: Count of a column leaves NULL out
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(page) AS n FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', NULL, 1);
ASSERT VALUES o (user, n) VALUES ('a', 1);
ASSERT VALUES o (user, n) VALUES ('a', 1);
