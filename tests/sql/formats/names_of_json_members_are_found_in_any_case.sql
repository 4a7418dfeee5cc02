--@test: Names of JSON members are found in any case
CREATE STREAM raw (line VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='KAFKA');
CREATE STREAM s (contentId VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
INSERT INTO raw VALUES ('{"contentId":"home"}');
ASSERT VALUES s (contentId) VALUES ('home');
