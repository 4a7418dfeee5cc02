--@test: A left join keeps a click without a user
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT clicks.user AS user, page, name FROM clicks LEFT JOIN users ON clicks.user = users.id;
INSERT INTO clicks (ROWTIME, user, page) VALUES (0, '1', 'home');
ASSERT VALUES o (user, page, name) VALUES ('1', 'home', NULL);
