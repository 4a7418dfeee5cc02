--@test: A table is not dropped as a stream
--@expected.message: T is a table
CREATE TABLE t (k VARCHAR PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
DROP STREAM t;
