--@test: Histogram counts each value
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, HISTOGRAM(page) AS h FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
ASSERT VALUES o (user, h) VALUES ('a', MAP('x' := 1));
ASSERT VALUES o (user, h) VALUES ('a', MAP('x' := 2));
