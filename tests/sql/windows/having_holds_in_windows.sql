--@test: Having holds in windows
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY user HAVING COUNT(*) > 1;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (10000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (10001, 'a', 'x', 1);
ASSERT VALUES o (user, n, WINDOWSTART, WINDOWEND) VALUES ('a', 2, 0, 10000);
ASSERT VALUES o (user, n, WINDOWSTART, WINDOWEND) VALUES ('a', 2, 10000, 20000);
