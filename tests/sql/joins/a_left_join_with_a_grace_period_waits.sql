--@test: A left join with a grace period waits
-- k has no match when its window closes; j has one.
CREATE STREAM l (id VARCHAR KEY, lv INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON');
CREATE STREAM r (id VARCHAR KEY, rv INT) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT l.id AS id, lv, rv FROM l LEFT JOIN r WITHIN 10 SECONDS GRACE PERIOD 0 SECONDS ON l.id = r.id;
INSERT INTO l (ROWTIME, id, lv) VALUES (1000, 'k', 1);
INSERT INTO l (ROWTIME, id, lv) VALUES (2000, 'j', 2);
INSERT INTO r (ROWTIME, id, rv) VALUES (3000, 'j', 3);
INSERT INTO l (ROWTIME, id, lv) VALUES (50000, 'z', 9);
ASSERT VALUES o (id, lv, rv) VALUES ('j', 2, 3);
ASSERT VALUES o (id, lv, rv) VALUES ('k', 1, NULL);
