--@test: A group needs an aggregate
--@expected.message: GROUP BY needs an aggregate function
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user FROM clicks GROUP BY user;
