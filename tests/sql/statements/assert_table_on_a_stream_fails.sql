--@test: Assert table on a stream fails
--@expected.message: is a stream
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
ASSERT TABLE clicks (user VARCHAR PRIMARY KEY, page VARCHAR, ms INT);
