--@test: Alter adds no column twice
--@expected.message: there is a column PAGE already
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
ALTER STREAM clicks ADD COLUMN page VARCHAR;
