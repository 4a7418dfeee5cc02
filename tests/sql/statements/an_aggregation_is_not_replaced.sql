--@test: An aggregation is not replaced
--@expected.message: cannot be replaced
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE n AS SELECT user, COUNT(*) AS n FROM clicks GROUP BY user;
CREATE OR REPLACE TABLE n AS SELECT user, COUNT(*) AS n FROM clicks WHERE ms > 1 GROUP BY user;
