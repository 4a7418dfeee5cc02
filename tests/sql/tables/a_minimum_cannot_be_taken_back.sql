--@test: A minimum cannot be taken back
--@expected.message: not for tables
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE TABLE s AS SELECT name, MIN(age) AS m FROM users GROUP BY name;
