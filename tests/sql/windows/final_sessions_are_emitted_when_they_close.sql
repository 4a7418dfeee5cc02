--@test: Final sessions are emitted when they close
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW SESSION (10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY user EMIT FINAL;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (5000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (15001, 'a', 'x', 1);
ASSERT VALUES o (user, WINDOWSTART, WINDOWEND, n) VALUES ('a', 1000, 5000, 2);
