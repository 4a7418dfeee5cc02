--@test: A source table is read only
--@expected.message: read-only
CREATE SOURCE TABLE t (k VARCHAR PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
INSERT INTO t VALUES ('a', 1);
