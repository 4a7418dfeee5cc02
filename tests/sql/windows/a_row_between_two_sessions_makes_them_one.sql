--@test: A row between two sessions makes them one
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW SESSION (10 SECONDS) GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (20000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (10500, 'a', 'x', 1);
ASSERT VALUES o (user, WINDOWSTART, n) VALUES ('a', 1000, 1);
ASSERT VALUES o (user, WINDOWSTART, n) VALUES ('a', 20000, 1);
ASSERT NULL VALUES o (user) KEY ('a');
ASSERT NULL VALUES o (user) KEY ('a');
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 1000, 20000, 3);
