--@test: Describe needs what is there
--@expected.message: no stream or table CLICK
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
DESCRIBE click;
