--@test: Not in a list
CREATE STREAM s (k VARCHAR KEY, a INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, a NOT IN (1, 3) AS r FROM s;
INSERT INTO s (k, a) VALUES ('k', 3);
INSERT INTO s (k, a) VALUES ('k', 4);
ASSERT VALUES o (k, r) VALUES ('k', false);
ASSERT VALUES o (k, r) VALUES ('k', true);
