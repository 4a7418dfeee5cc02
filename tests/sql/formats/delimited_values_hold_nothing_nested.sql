--@test: Delimited values hold nothing nested
--@expected.message: DELIMITED
CREATE STREAM s (k VARCHAR KEY, a ARRAY<INT>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='DELIMITED');
