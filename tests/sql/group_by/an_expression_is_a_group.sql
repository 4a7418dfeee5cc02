--@test: An expression is a group
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT SUBSTRING(page, 1, 1) AS letter, COUNT(*) AS n FROM clicks GROUP BY SUBSTRING(page, 1, 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'xa', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'xb', 1);
ASSERT VALUES o (letter, n) VALUES ('x', 1);
ASSERT VALUES o (letter, n) VALUES ('x', 2);
