--@test: A row of another key closes windows
-- Stream time is of the partition, not of the key.
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY user EMIT FINAL;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1000, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (10000, 'b', 'x', 1);
ASSERT VALUES o (user, n) VALUES ('a', 1);
