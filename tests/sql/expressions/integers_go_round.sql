--@test: Integers go round
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ms + 1 AS n FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 2147483647);
ASSERT VALUES o (user, n) VALUES ('a', -2147483648);
