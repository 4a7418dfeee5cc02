--@test: Distinct values are counted
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT_DISTINCT(page) AS n FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 3);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'y', 9);
ASSERT VALUES o (user, n) VALUES ('a', 1);
ASSERT VALUES o (user, n) VALUES ('a', 1);
ASSERT VALUES o (user, n) VALUES ('a', 2);
