--@test: In takes a list
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, page FROM clicks WHERE page IN ('a', 'b');
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'u', 'a', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'v', 'c', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'w', 'b', 1);
ASSERT VALUES o (user, page) VALUES ('u', 'a');
ASSERT VALUES o (user, page) VALUES ('w', 'b');
