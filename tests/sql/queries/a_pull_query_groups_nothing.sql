--@test: A pull query groups nothing
--@expected.message: not in a query without EMIT
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
SELECT user, COUNT(*) FROM clicks GROUP BY user;
