--@test: Window bounds can be selected
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, WINDOWSTART AS s, WINDOWEND AS e, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (12000, 'a', 'x', 1);
ASSERT VALUES o (user, s, e, n) VALUES ('a', 10000, 20000, 1);
