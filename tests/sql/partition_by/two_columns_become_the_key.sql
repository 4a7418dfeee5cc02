--@test: Two columns become the key
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o WITH (KEY_FORMAT='JSON') AS SELECT page, ms, user FROM clicks PARTITION BY page, ms;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (3, 'u', 'home', 1);
ASSERT VALUES o (page, ms, user) VALUES ('home', 1, 'u');
