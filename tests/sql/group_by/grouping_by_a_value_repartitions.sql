--@test: Grouping by a value repartitions
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT page, COUNT(*) AS n FROM clicks GROUP BY page;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'x', 1);
ASSERT VALUES o (page, n) VALUES ('x', 1);
ASSERT VALUES o (page, n) VALUES ('x', 2);
