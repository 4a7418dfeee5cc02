--@test: A click finds what is known then
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT clicks.user AS user, page, name FROM clicks INNER JOIN users ON clicks.user = users.id;
INSERT INTO users (ROWTIME, id, name) VALUES (0, '1', 'ann');
INSERT INTO clicks (ROWTIME, user, page) VALUES (0, '1', 'home');
INSERT INTO users (ROWTIME, id, name) VALUES (0, '1', 'eve');
INSERT INTO clicks (ROWTIME, user, page) VALUES (0, '1', 'news');
ASSERT VALUES o (user, page, name) VALUES ('1', 'home', 'ann');
ASSERT VALUES o (user, page, name) VALUES ('1', 'news', 'eve');
