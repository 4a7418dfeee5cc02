--@test: A copy of the key is a value
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, AS_VALUE(user) AS copy FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (42, 'u', 'x', 11);
ASSERT VALUES o (user, copy) VALUES ('u', 'u');
