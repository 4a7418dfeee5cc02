--@test: Insert select adds to what a query writes
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, page FROM clicks WHERE ms = 1;
INSERT INTO o SELECT user, page FROM clicks WHERE ms = 2;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'y', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'c', 'z', 3);
ASSERT VALUES o (user, page) VALUES ('a', 'x');
ASSERT VALUES o (user, page) VALUES ('b', 'y');
