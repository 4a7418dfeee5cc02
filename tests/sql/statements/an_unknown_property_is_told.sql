--@test: An unknown property is told
--@expected.message: COLOUR
CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', COLOUR='red');
