--@test: Each key has its windows
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (2, 'b', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (3, 'a', 'x', 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 0, 10000, 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('b', 0, 10000, 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 0, 10000, 2);
