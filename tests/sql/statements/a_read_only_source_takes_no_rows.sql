--@test: A read only source takes no rows
--@expected.message: read-only
CREATE SOURCE STREAM s (k VARCHAR KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
INSERT INTO s VALUES ('a', 1);
