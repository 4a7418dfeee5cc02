--@test: Alter names the right kind
--@expected.message: USERS is a table
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
ALTER STREAM users ADD COLUMN x INT;
