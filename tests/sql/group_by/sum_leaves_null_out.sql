--@test: Sum leaves NULL out
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, SUM(ms) AS n FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', NULL);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
ASSERT VALUES o (user, n) VALUES ('a', 2);
ASSERT VALUES o (user, n) VALUES ('a', 2);
ASSERT VALUES o (user, n) VALUES ('a', 7);
