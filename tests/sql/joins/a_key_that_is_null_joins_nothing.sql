--@test: A key that is null joins nothing
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT c.page, u.name, c.user FROM clicks c LEFT JOIN users u ON c.user = u.id;
INSERT INTO clicks (ROWTIME, page, ms) VALUES (0, 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (1, 'a', 'y', 1);
ASSERT VALUES o (user, page, name) VALUES (NULL, 'x', NULL);
ASSERT VALUES o (user, page, name) VALUES ('a', 'y', NULL);
