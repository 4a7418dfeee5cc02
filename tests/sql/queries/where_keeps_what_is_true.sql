--@test: Where keeps what is true
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ms FROM clicks WHERE page = 'home' AND ms >= 2;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'home', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'home', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'c', 'news', 3);
ASSERT VALUES o (user, ms) VALUES ('b', 2);
