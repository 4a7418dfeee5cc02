--@test: Between has both ends
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ms FROM clicks WHERE ms BETWEEN 2 AND 3;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'x', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'c', 'x', 3);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'd', 'x', 4);
ASSERT VALUES o (user, ms) VALUES ('b', 2);
ASSERT VALUES o (user, ms) VALUES ('c', 3);
