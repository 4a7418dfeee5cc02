--@test: A column becomes the key
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks PARTITION BY page;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (3, 'u', 'home', 1);
ASSERT VALUES o (ROWTIME, page, user, ms) VALUES (3, 'home', 'u', 1);
