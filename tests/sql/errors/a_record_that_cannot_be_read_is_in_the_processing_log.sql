--@test: A record that cannot be read is in the processing log
CREATE STREAM raw (line VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='KAFKA');
CREATE STREAM s (n INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM out AS SELECT n FROM s;
CREATE STREAM errors AS
  SELECT message->type AS type,
         message->deserializationError->target AS target,
         message->deserializationError->`topic` AS from_topic,
         message->deserializationError->`offset` AS place,
         message->deserializationError->recordB64 AS bytes,
         message->recordProcessingError->errorMessage AS other
  FROM KSQL_PROCESSING_LOG;
INSERT INTO raw VALUES ('{"n":1}');
INSERT INTO raw VALUES ('{"n":"x"}');
INSERT INTO raw VALUES ('{"n":3}');
ASSERT VALUES out (n) VALUES (1);
ASSERT VALUES out (n) VALUES (3);
ASSERT VALUES errors (type, target, from_topic, place, bytes, other)
  VALUES (0, 'value', 's', 1, 'eyJuIjoieCJ9', NULL);
