--@test: Final closes nothing without a row
--@expected.message: there is no further record
-- Stream time stands still: an idle stream closes no window.
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY user EMIT FINAL;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1000, 'a', 'x', 1);
ASSERT VALUES o (user, n) VALUES ('a', 1);
