--@test: A join condition is an equality
--@expected.message: one comparison with `=`
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT clicks.user, page, name FROM clicks JOIN users ON clicks.user > users.id;
