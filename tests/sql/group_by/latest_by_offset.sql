--@test: Latest by offset
-- The offset decides, not the event time.
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, LATEST_BY_OFFSET(page) AS l FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (9, 'a', 'x', 5);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1, 'a', 'y', 5);
ASSERT VALUES o (user, l) VALUES ('a', 'x');
ASSERT VALUES o (user, l) VALUES ('a', 'y');
