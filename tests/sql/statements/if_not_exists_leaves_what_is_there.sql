--@test: If not exists leaves what is there
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM IF NOT EXISTS clicks (x INT) WITH (KAFKA_TOPIC='x', VALUE_FORMAT='JSON');
ASSERT STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
