--@test: Subqueries are not there
--@expected.message: no subqueries
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM (SELECT * FROM clicks);
