--@test: Dropping what a query made ends the query
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks;
DROP STREAM o;
DROP STREAM clicks;
CREATE STREAM clicks (x INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
