--@test: Not like takes the others
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks WHERE page NOT LIKE '/shop%';
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', '/shop/1', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', '/news', 2);
ASSERT VALUES o (user, page, ms) VALUES ('a', '/news', 2);
