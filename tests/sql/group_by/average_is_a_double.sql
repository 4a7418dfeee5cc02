--@test: Average is a double
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, AVG(ms) AS m FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
ASSERT VALUES o (user, m) VALUES ('a', 2.0);
ASSERT VALUES o (user, m) VALUES ('a', 3.5);
