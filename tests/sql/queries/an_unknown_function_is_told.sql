--@test: An unknown function is told
--@expected.message: UCAASE
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, UCAASE(page) AS p FROM clicks;
