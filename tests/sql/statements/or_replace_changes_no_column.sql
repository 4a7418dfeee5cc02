--@test: Or replace changes no column
--@expected.message: columns can be added, not changed or removed
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE OR REPLACE STREAM clicks (user VARCHAR KEY, page INT, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
