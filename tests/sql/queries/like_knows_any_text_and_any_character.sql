--@test: Like knows any text and any character
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, page FROM clicks WHERE page LIKE 'n_w%';
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'u', 'news', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'v', 'naw', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'w', 'no', 1);
ASSERT VALUES o (user, page) VALUES ('u', 'news');
ASSERT VALUES o (user, page) VALUES ('v', 'naw');
