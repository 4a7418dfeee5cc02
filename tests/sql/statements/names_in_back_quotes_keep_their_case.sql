--@test: Names in back quotes keep their case
CREATE STREAM s (k VARCHAR KEY, `contentId` INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
INSERT INTO s (k, `contentId`) VALUES ('a', 1);
ASSERT VALUES s (k, `contentId`) VALUES ('a', 1);
