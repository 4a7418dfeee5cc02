--@test: Assert stream sees another column
--@expected.message: has the columns
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
ASSERT STREAM clicks (user VARCHAR KEY, page VARCHAR);
