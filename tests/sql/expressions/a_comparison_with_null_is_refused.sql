--@test: A comparison with null is refused
--@expected.message: NULL equals nothing
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks WHERE page = NULL;
