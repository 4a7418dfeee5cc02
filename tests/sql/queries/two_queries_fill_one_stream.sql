--@test: Two queries fill one stream
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ms FROM clicks WHERE page = 'a';
INSERT INTO o SELECT user, ms * 100 AS ms FROM clicks WHERE page = 'b';
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'u', 'a', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'v', 'b', 2);
ASSERT VALUES o (user, ms) VALUES ('u', 1);
ASSERT VALUES o (user, ms) VALUES ('v', 200);
