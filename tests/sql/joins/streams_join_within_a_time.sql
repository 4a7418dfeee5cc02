--@test: Streams join within a time
--@expected.message: WITHIN
CREATE STREAM l (id VARCHAR KEY, lv INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON');
CREATE STREAM r (id VARCHAR KEY, rv INT) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT l.id, lv, rv FROM l JOIN r ON l.id = r.id;
