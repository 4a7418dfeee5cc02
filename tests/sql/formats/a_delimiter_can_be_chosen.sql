--@test: A delimiter can be chosen
CREATE STREAM s (k VARCHAR KEY, a INT, b VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='DELIMITED', VALUE_DELIMITER='|');
CREATE STREAM raw (k VARCHAR KEY, line VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='KAFKA');
INSERT INTO s VALUES ('k', 1, 'x');
ASSERT VALUES raw (k, line) VALUES ('k', '1|x');
--@test: A delimiter is for what is delimited
--@expected.message: VALUE_DELIMITER is for the format DELIMITED, not for JSON
CREATE STREAM s (k VARCHAR KEY, x INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', VALUE_DELIMITER='|');
