--@test: Not between leaves both ends out
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks WHERE ms NOT BETWEEN 2 AND 4;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 4);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 5);
ASSERT VALUES o (user, page, ms) VALUES ('a', 'x', 1);
ASSERT VALUES o (user, page, ms) VALUES ('a', 'x', 5);
