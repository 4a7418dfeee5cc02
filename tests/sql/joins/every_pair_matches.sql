--@test: Every pair matches
CREATE STREAM l (id VARCHAR KEY, lv INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON');
CREATE STREAM r (id VARCHAR KEY, rv INT) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT l.id AS id, lv, rv FROM l INNER JOIN r WITHIN 10 SECONDS ON l.id = r.id;
INSERT INTO l (ROWTIME, id, lv) VALUES (1000, 'k', 1);
INSERT INTO l (ROWTIME, id, lv) VALUES (2000, 'k', 2);
INSERT INTO r (ROWTIME, id, rv) VALUES (3000, 'k', 3);
INSERT INTO r (ROWTIME, id, rv) VALUES (4000, 'k', 4);
ASSERT VALUES o (id, lv, rv) VALUES ('k', 1, 3);
ASSERT VALUES o (id, lv, rv) VALUES ('k', 2, 3);
ASSERT VALUES o (id, lv, rv) VALUES ('k', 1, 4);
ASSERT VALUES o (id, lv, rv) VALUES ('k', 2, 4);
