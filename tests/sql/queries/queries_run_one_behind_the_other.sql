--@test: Queries run one behind the other
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ms + 1 AS ms FROM clicks;
CREATE STREAM p AS SELECT user, ms * 2 AS ms FROM o;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'u', 'a', 1);
ASSERT VALUES p (user, ms) VALUES ('u', 4);
