--@test: Insert select must fit
--@expected.message: do not fit
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ms FROM clicks;
INSERT INTO o SELECT user, page FROM clicks;
