--@test: Row time is compared with a text
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks WHERE ROWTIME >= '1970-01-01T00:00:05';
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (4999, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (5000, 'b', 'x', 1);
ASSERT VALUES o (user, page, ms) VALUES ('b', 'x', 1);
