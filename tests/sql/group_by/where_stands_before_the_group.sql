--@test: Where stands before the group
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WHERE page = 'x' GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'y', 4);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 4);
ASSERT VALUES o (user, n) VALUES ('a', 1);
ASSERT VALUES o (user, n) VALUES ('a', 2);
