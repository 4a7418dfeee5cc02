--@test: An expression becomes the key
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT UCASE(page) AS p, user, ms FROM clicks PARTITION BY UCASE(page);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (3, 'u', 'home', 1);
ASSERT VALUES o (p, user, ms) VALUES ('HOME', 'u', 1);
