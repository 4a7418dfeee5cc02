--@test: A dropped stream is gone
--@expected.message: no stream or table CLICKS
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
DROP STREAM clicks;
SELECT * FROM clicks EMIT CHANGES;
