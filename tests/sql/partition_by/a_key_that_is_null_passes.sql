--@test: A key that is NULL passes
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT page, user FROM clicks PARTITION BY page;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (3, 'u', NULL, 1);
ASSERT VALUES o (page, user) VALUES (NULL, 'u');
