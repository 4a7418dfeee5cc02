--@test: Without a grace period it is a day
-- 24 hours, less the size of the window.
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (86399999, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (2000, 'a', 'x', 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 0, 10000, 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 86390000, 86400000, 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 0, 10000, 2);
