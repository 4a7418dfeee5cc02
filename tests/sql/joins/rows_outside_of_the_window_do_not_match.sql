--@test: Rows outside of the window do not match
--@expected.message: there is no further record
CREATE STREAM l (id VARCHAR KEY, lv INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON');
CREATE STREAM r (id VARCHAR KEY, rv INT) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT l.id AS id, lv, rv FROM l INNER JOIN r WITHIN 10 SECONDS ON l.id = r.id;
INSERT INTO l (ROWTIME, id, lv) VALUES (1000, 'k', 1);
INSERT INTO r (ROWTIME, id, rv) VALUES (11001, 'k', 2);
ASSERT VALUES o (id) VALUES ('k');
