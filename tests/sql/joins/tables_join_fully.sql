--@test: Tables join fully
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE TABLE towns (id VARCHAR PRIMARY KEY, town VARCHAR) WITH (KAFKA_TOPIC='towns', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT ROWKEY AS id, name, town FROM users FULL OUTER JOIN towns ON users.id = towns.id;
INSERT INTO users (ROWTIME, id, name) VALUES (0, 'a', 'x');
INSERT INTO towns (ROWTIME, id, town) VALUES (0, 'b', 'y');
INSERT INTO towns (ROWTIME, id, town) VALUES (0, 'a', 'z');
ASSERT VALUES o (id, name, town) VALUES ('a', 'x', NULL);
ASSERT VALUES o (id, name, town) VALUES ('b', NULL, 'y');
ASSERT VALUES o (id, name, town) VALUES ('a', 'x', 'z');
