--@test: Assert null values wants a tombstone
--@expected.message: expected a tombstone, found a row
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
INSERT INTO users (ROWTIME, id, name) VALUES (0, 'a', 'x');
ASSERT NULL VALUES users (id) KEY ('a');
