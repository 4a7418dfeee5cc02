--@test: Alter adds a column
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
ALTER STREAM clicks ADD COLUMN referrer VARCHAR, ADD n BIGINT;
CREATE STREAM o AS SELECT user, referrer, n FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms, referrer, n) VALUES (0, 'a', 'x', 1, 'r', 5);
ASSERT VALUES o (user, referrer, n) VALUES ('a', 'r', 5);
ASSERT STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT, referrer VARCHAR, n BIGINT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
