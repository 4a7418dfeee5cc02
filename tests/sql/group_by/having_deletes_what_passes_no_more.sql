--@test: Having deletes what passes no more
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, SUM(ms) AS n FROM clicks GROUP BY user HAVING SUM(ms) > 3;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', -3);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 9);
ASSERT VALUES o (user, n) VALUES ('a', 5);
