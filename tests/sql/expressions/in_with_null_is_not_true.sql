--@test: In with null is not true
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks WHERE page IN ('x', NULL);
INSERT INTO clicks (ROWTIME, user, ms) VALUES (0, 'a', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1, 'b', 'x', 2);
ASSERT VALUES o (user, page, ms) VALUES ('b', 'x', 2);
