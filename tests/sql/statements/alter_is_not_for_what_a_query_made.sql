--@test: Alter is not for what a query made
--@expected.message: is made by the query CSAS_O_1
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks;
ALTER STREAM o ADD COLUMN x INT;
