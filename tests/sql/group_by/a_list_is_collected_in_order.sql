--@test: A list is collected in order
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COLLECT_LIST(ms) AS l FROM clicks GROUP BY user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 3);
ASSERT VALUES o (user, l) VALUES ('a', ARRAY[5]);
ASSERT VALUES o (user, l) VALUES ('a', ARRAY[5, 3]);
