--@test: Connectors are listed, and there are none
SHOW CONNECTORS;
DROP CONNECTOR IF EXISTS c;
--@test: A connector needs a Connect cluster
--@expected.message: there is no Kafka Connect cluster here
CREATE SOURCE CONNECTOR c WITH ('connector.class' = 'io.confluent.kafka.connect.datagen.DatagenConnector');
--@test: A script is run where there are files
--@expected.message: there are no files here to run other.sql from
RUN SCRIPT 'other.sql';
--@test: A topic has the partitions that it was created with
CREATE STREAM s (k VARCHAR KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=3);
ASSERT TOPIC s WITH (PARTITIONS=3, REPLICAS=1);
--@test: A topic with other partitions is told
--@expected.message: the topic s has PARTITIONS = 3
CREATE STREAM s (k VARCHAR KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=3);
ASSERT TOPIC s WITH (PARTITIONS=1);
