--@test: Where with NULL is not true
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ms FROM clicks WHERE page <> 'home';
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', NULL, 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'news', 2);
ASSERT VALUES o (user, ms) VALUES ('b', 2);
