--@test: A pull query looks into a table
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE n AS SELECT user, COUNT(*) AS n FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
SELECT user, n FROM n WHERE user = 'a';
SELECT * FROM n LIMIT 1;
