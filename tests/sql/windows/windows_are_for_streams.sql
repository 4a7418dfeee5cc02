--@test: Windows are for streams
--@expected.message: WINDOW is for streams
CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT name, COUNT(*) AS n FROM users WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY name;
