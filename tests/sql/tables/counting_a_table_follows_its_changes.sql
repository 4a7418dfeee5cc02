--@test: Counting a table follows its changes
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE TABLE by_age AS SELECT age, COUNT(*) AS n FROM users GROUP BY age;
INSERT INTO users VALUES ('1', 'ann', 30);
INSERT INTO users VALUES ('2', 'bob', 30);
INSERT INTO users VALUES ('1', 'ann', 31);
ASSERT VALUES by_age (age, n) VALUES (30, 1);
ASSERT VALUES by_age (age, n) VALUES (30, 2);
ASSERT VALUES by_age (age, n) VALUES (30, 1);
ASSERT VALUES by_age (age, n) VALUES (31, 1);
