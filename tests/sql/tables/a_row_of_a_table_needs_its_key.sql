--@test: A row of a table needs its key
--@expected.message: primary key
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
INSERT INTO users (name) VALUES ('ann');
