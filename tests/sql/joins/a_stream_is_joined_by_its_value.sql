--@test: A stream is joined by its value
CREATE STREAM c (k VARCHAR KEY, u VARCHAR) WITH (KAFKA_TOPIC='c', VALUE_FORMAT='JSON');
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT c.u AS u, name FROM c JOIN users ON c.u = users.id;
INSERT INTO users VALUES ('1', 'ann');
INSERT INTO c VALUES ('x', '1');
ASSERT VALUES o (u, name) VALUES ('1', 'ann');
