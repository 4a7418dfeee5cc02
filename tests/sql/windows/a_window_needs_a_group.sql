--@test: A window needs a group
--@expected.message: WINDOW needs GROUP BY
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS);
