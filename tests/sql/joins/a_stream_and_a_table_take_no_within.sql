--@test: A stream and a table take no within
--@expected.message: WITHIN
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT c.user, u.name FROM clicks c JOIN users u WITHIN 1 HOUR ON c.user = u.id;
