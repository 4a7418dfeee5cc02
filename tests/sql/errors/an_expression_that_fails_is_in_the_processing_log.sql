--@test: An expression that fails is in the processing log
CREATE STREAM s (k VARCHAR KEY, n VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM out AS SELECT k, CAST(n AS INT) AS i FROM s;
CREATE TABLE sums AS SELECT k, SUM(CAST(n AS INT)) AS total FROM s GROUP BY k;
CREATE STREAM errors AS
  SELECT message->type AS type,
         message->recordProcessingError->errorMessage AS error,
         message->recordProcessingError->record AS record
  FROM KSQL_PROCESSING_LOG;
INSERT INTO s VALUES ('a', 'x');
ASSERT VALUES out (k, i) VALUES ('a', NULL);
ASSERT VALUES errors (type, error, record)
  VALUES (1, 'Error computing expression CAST(N AS INT) for column I with index 1', '{"K":"a","N":"x"}');
ASSERT VALUES errors (type, error, record)
  VALUES (1, 'Error computing expression CAST(N AS INT) for column KSQL_AGG_VARIABLE_0 with index 1', '{"K":"a","N":"x"}');
