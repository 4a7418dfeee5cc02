--@test: Having needs a group
--@expected.message: HAVING needs GROUP BY
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ms FROM clicks HAVING ms > 3;
