--@test: Sums of a table take old values back
-- Within one group the old value goes and the new one comes in one step.
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE TABLE s AS SELECT name, SUM(age) AS total FROM users GROUP BY name;
INSERT INTO users VALUES ('1', 'x', 3);
INSERT INTO users VALUES ('2', 'x', 4);
INSERT INTO users VALUES ('1', 'x', 10);
ASSERT VALUES s (name, total) VALUES ('x', 3);
ASSERT VALUES s (name, total) VALUES ('x', 7);
ASSERT VALUES s (name, total) VALUES ('x', 14);
