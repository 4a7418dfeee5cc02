--@test: Retention holds size and grace
--@expected.message: RETENTION must be at least
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, RETENTION 5 SECONDS, GRACE PERIOD 1 SECONDS) GROUP BY user;
