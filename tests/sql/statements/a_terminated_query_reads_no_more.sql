--@test: A terminated query reads no more
--@expected.message: there is no further record in O
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
TERMINATE CSAS_O_1;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'x', 1);
ASSERT VALUES o (user, page, ms) VALUES ('a', 'x', 1);
ASSERT VALUES o (user) VALUES ('b');
