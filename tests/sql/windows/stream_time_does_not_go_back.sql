--@test: Stream time does not go back
--@expected.message: there is no further record
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (25000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (12000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (26000, 'a', 'x', 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 20000, 30000, 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 20000, 30000, 2);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 20000, 30000, 2);
