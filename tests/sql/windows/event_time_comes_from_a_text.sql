--@test: Event time comes from a text
CREATE STREAM s (k VARCHAR KEY, ts VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', TIMESTAMP='ts', TIMESTAMP_FORMAT='yyyy-MM-dd''T''HH:mm:ssX');
CREATE STREAM o AS SELECT k, ROWTIME AS t FROM s;
INSERT INTO s (k, ts) VALUES ('a', '1970-01-01T00:01:00Z');
ASSERT VALUES o (k, t) VALUES ('a', 60000);
--@test: A format of event time that is none is refused
--@expected.message: the TIMESTAMP_FORMAT 'yyyy-bb'
CREATE STREAM s (k VARCHAR KEY, t VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', TIMESTAMP='t', TIMESTAMP_FORMAT='yyyy-bb');
--@test: A day behind the end of a month is its last
CREATE STREAM s (k VARCHAR KEY, t VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', TIMESTAMP='t', TIMESTAMP_FORMAT='yyyy-MM-dd');
CREATE STREAM o AS SELECT k, STRINGTOTIMESTAMP(t, 'yyyy-MM-dd') - ROWTIME AS d FROM s;
INSERT INTO s VALUES ('a', '1970-02-31');
ASSERT VALUES o (k, d, ROWTIME) VALUES ('a', 0, 5011200000);
