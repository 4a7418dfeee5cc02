--@test: The article's split by record type
CREATE STREAM raw (payload VARCHAR) WITH (KAFKA_TOPIC='imply-news', VALUE_FORMAT='KAFKA');
CREATE STREAM clicks_raw WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='KAFKA') AS SELECT payload FROM raw WHERE EXTRACTJSONFIELD(payload, '$.recordType') = 'click';
CREATE STREAM clicks (sid VARCHAR, contentId VARCHAR) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
INSERT INTO raw VALUES ('{"recordType":"session","sid":"1"}');
INSERT INTO raw VALUES ('{"recordType":"click","sid":"1","contentId":"News"}');
ASSERT VALUES clicks (sid, contentId) VALUES ('1', 'News');
