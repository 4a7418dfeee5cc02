--@test: Or replace puts a new filter into a running query
-- The query goes on where it was: what it read before is not read again.
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks WHERE ms > 1;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'x', 1);
CREATE OR REPLACE STREAM o AS SELECT * FROM clicks WHERE ms > 2;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'c', 'x', 2);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'd', 'x', 3);
ASSERT VALUES o (user, page, ms) VALUES ('a', 'x', 2);
ASSERT VALUES o (user, page, ms) VALUES ('d', 'x', 3);
