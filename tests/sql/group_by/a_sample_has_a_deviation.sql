--@test: A sample has a deviation
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, STDDEV_SAMP(ms) AS d FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 3);
ASSERT VALUES o (user, d) VALUES ('a', 0.0);
ASSERT VALUES o (user, d) VALUES ('a', 1.4142135623730951);
--@test: The deviation has a longer name too
CREATE STREAM s (k VARCHAR KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT k, STDDEV_SAMPLE(v) AS d FROM s GROUP BY k;
INSERT INTO s VALUES ('a', 1);
INSERT INTO s VALUES ('a', NULL);
INSERT INTO s VALUES ('a', 3);
ASSERT VALUES o (k, d) VALUES ('a', 0.0);
ASSERT VALUES o (k, d) VALUES ('a', 0.0);
ASSERT VALUES o (k, d) VALUES ('a', 1.4142135623730951);
