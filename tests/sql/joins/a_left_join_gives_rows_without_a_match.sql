--@test: A left join gives rows without a match
-- Without GRACE PERIOD at once, and the match when it comes.
CREATE STREAM l (id VARCHAR KEY, lv INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON');
CREATE STREAM r (id VARCHAR KEY, rv INT) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT l.id AS id, lv, rv FROM l LEFT JOIN r WITHIN 10 SECONDS ON l.id = r.id;
INSERT INTO l (ROWTIME, id, lv) VALUES (1000, 'k', 1);
INSERT INTO r (ROWTIME, id, rv) VALUES (2000, 'k', 2);
ASSERT VALUES o (id, lv, rv) VALUES ('k', 1, NULL);
ASSERT VALUES o (id, lv, rv) VALUES ('k', 1, 2);
