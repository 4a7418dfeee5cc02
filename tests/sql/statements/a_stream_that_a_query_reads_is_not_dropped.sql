--@test: A stream that a query reads is not dropped
--@expected.message: is used by CSAS_O_1
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks;
DROP STREAM clicks;
