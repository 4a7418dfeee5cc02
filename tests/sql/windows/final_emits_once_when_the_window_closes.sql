--@test: Final emits once, when the window closes
--@expected.message: there is no further record
-- At 10.5 s the window has ended, but its grace has not.
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 1 SECONDS) GROUP BY user EMIT FINAL;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (2000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (10500, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (11000, 'a', 'x', 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 0, 10000, 2);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 0, 10000, 2);
