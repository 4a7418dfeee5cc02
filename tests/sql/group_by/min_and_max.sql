--@test: Min and max
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, MIN(ms) AS l, MAX(ms) AS h FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
ASSERT VALUES o (user, l, h) VALUES ('a', 2, 2);
ASSERT VALUES o (user, l, h) VALUES ('a', 1, 2);
ASSERT VALUES o (user, l, h) VALUES ('a', 1, 5);
