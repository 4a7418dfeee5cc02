--@test: Tables have no partition by
--@expected.message: PARTITION BY is for streams
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT * FROM users PARTITION BY name;
