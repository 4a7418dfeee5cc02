--@test: A table takes a row for each key
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
INSERT INTO users VALUES ('1', 'ann', 30);
ASSERT VALUES users (id, name, age) VALUES ('1', 'ann', 30);
