--@test: Partitions are as they are said
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o WITH (PARTITIONS=3, VALUE_FORMAT='DELIMITED', KAFKA_TOPIC='other') AS SELECT * FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
ASSERT VALUES o (user, page, ms) VALUES ('a', 'x', 1);
ASSERT TOPIC 'other';
