--@test: Nulls can be the latest
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, LATEST_BY_OFFSET(page, FALSE) AS p FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, ms) VALUES (0, 'a', 1);
ASSERT VALUES o (user, p) VALUES ('a', 'x');
ASSERT VALUES o (user, p) VALUES ('a', NULL);
