--@test: A limit of queries can be set
--@expected.message: one row leads to 4 rows, the limit is 3
SET 'streamglass.query.rows.per.row.max' = '3';
CREATE STREAM s (k VARCHAR KEY, n INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM out AS SELECT k, EXPLODE(GENERATE_SERIES(1, n)) AS i FROM s;
INSERT INTO s VALUES ('a', 4);
--@test: A limit of queries has bounds
--@expected.message: it is a whole number from 1 to 1000000
SET 'streamglass.query.rows.per.row.max' = '0';
--@test: Alter system sets for all that comes
ALTER SYSTEM 'ksql.persistence.default.format.value' = 'JSON';
CREATE STREAM s (k VARCHAR KEY, v INT) WITH (KAFKA_TOPIC='s');
INSERT INTO s VALUES ('a', 1);
ASSERT VALUES s (k, v) VALUES ('a', 1);
--@test: A flag is true or false
--@expected.message: it is true or false
SET 'ksql.timestamp.throw.on.invalid' = 'perhaps';
--@test: Queries begin at one end of a topic
--@expected.message: it is earliest or latest
SET 'auto.offset.reset' = 'none';
