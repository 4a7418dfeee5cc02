--@test: Partition by and group by do not go together
--@expected.message: GROUP clause
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE TABLE o AS SELECT page, COUNT(*) FROM clicks PARTITION BY page GROUP BY page;
