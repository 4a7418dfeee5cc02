--@test: Pause all and resume all
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks;
PAUSE ALL;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
RESUME ALL;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'x', 1);
ASSERT VALUES o (user, page, ms) VALUES ('a', 'x', 1);
ASSERT VALUES o (user, page, ms) VALUES ('b', 'x', 1);
