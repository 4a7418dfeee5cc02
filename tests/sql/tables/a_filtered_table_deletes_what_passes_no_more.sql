--@test: A filtered table deletes what passes no more
-- Row 2 never passed: nothing is to be deleted.
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE TABLE old AS SELECT * FROM users WHERE age > 20;
INSERT INTO users VALUES ('1', 'ann', 30);
INSERT INTO users VALUES ('1', 'ann', 10);
INSERT INTO users VALUES ('2', 'bob', 10);
INSERT INTO users VALUES ('1', 'ann', 40);
ASSERT VALUES old (id, name, age) VALUES ('1', 'ann', 30);
ASSERT NULL VALUES old (id) KEY ('1');
ASSERT VALUES old (id, name, age) VALUES ('1', 'ann', 40);
