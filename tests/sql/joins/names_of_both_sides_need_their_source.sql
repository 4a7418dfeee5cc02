--@test: Names of both sides need their source
--@expected.message: is in several sources
CREATE STREAM l (id VARCHAR KEY, lv INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON');
CREATE STREAM r (id VARCHAR KEY, rv INT) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT id, lv FROM l JOIN r WITHIN 1 SECOND ON l.id = r.id;
