--@test: A table is dropped, and one is given a column
CREATE TABLE t (id INT PRIMARY KEY, x INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
ALTER TABLE t ADD COLUMN y VARCHAR;
ASSERT TABLE t (id INT PRIMARY KEY, x INT, y VARCHAR);
DROP TABLE t;
--@test: A connector that is not there is not described
--@expected.message: there is no Kafka Connect cluster here
DESCRIBE CONNECTOR c;
--@test: All lists of connectors are empty
SHOW SOURCE CONNECTORS;
SHOW SINK CONNECTORS;
SHOW CONNECTOR PLUGINS;
SHOW ALL TOPICS;
--@test: There is no schema registry
--@expected.message: a schema registry
ASSERT SCHEMA SUBJECT 's-value' ID 1 TIMEOUT 5 SECONDS;
--@test: Every second record is printed
CREATE STREAM s (k VARCHAR KEY, x INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', RETENTION_MS=86400000, CLEANUP_POLICY='delete');
PRINT s FROM BEGINNING INTERVAL 2 LIMIT 3;
ASSERT TOPIC s TIMEOUT 1 SECOND;
