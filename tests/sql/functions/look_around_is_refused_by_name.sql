--@test: Look around is refused by name
--@expected.message: look-ahead in its pattern
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, REGEXP_EXTRACT('(?=x)', page) AS r FROM clicks;
