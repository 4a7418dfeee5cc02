--@test: Assert topic finds what was created
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
ASSERT TOPIC clicks;
ASSERT NOT EXISTS TOPIC other;
