--@test: Terminate all ends every query
--@expected.message: there is no further record
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks;
CREATE STREAM p AS SELECT * FROM o;
TERMINATE ALL;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
ASSERT VALUES o (user, page, ms) VALUES ('a', 'x', 1);
