--@test: A column outside of the group is refused
--@expected.message: neither in GROUP BY nor in an aggregate
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT user, page, COUNT(*) FROM clicks GROUP BY user;
