--@test: An expression over aggregates
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, SUM(ms) / COUNT(*) AS m FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 4);
ASSERT VALUES o (user, m) VALUES ('a', 5);
ASSERT VALUES o (user, m) VALUES ('a', 4);
