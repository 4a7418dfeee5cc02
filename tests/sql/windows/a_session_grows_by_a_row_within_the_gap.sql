--@test: A session grows by a row within the gap
-- The session of before is deleted: its key is its window too.
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW SESSION (10 SECONDS) GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (11000, 'a', 'x', 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 1000, 1000, 1);
ASSERT NULL VALUES o (user) KEY ('a');
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 1000, 11000, 2);
