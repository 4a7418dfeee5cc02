--@test: A grouped stream is a table
--@expected.message: the query gives a table
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, COUNT(*) AS n FROM clicks GROUP BY user;
