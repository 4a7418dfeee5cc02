--@test: Tumbling windows emit final each key
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY user EMIT FINAL;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1, 'b', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (2, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (10000, 'c', 'x', 1);
ASSERT VALUES o (user, n, WINDOWSTART, WINDOWEND) VALUES ('a', 2, 0, 10000);
ASSERT VALUES o (user, n, WINDOWSTART, WINDOWEND) VALUES ('b', 1, 0, 10000);
