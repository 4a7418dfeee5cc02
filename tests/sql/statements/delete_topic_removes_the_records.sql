--@test: Delete topic removes the records
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 2);
DROP STREAM clicks DELETE TOPIC;
ASSERT NOT EXISTS TOPIC clicks;
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'b', 'x', 2);
ASSERT VALUES clicks (user, page, ms) VALUES ('b', 'x', 2);
