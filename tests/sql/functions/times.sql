--@test: Times are read, written and shifted
CREATE STREAM s (k VARCHAR KEY, x BIGINT, d INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, FORMAT_TIMESTAMP(FROM_UNIXTIME(x), 'yyyy-MM-dd HH:mm', '+01:00') AS a,
  UNIX_TIMESTAMP(PARSE_TIMESTAMP('1970-01-02', 'yyyy-MM-dd')) AS b,
  UNIX_TIMESTAMP(CONVERT_TZ(FROM_UNIXTIME(x), 'UTC', '+02:00')) AS c,
  DATETOSTRING(d, 'dd/MM/yyyy') AS e, STRINGTODATE('02/01/1970', 'dd/MM/yyyy') AS f FROM s;
INSERT INTO s VALUES ('a', 60000, 17662);
INSERT INTO s VALUES ('a', NULL, NULL);
ASSERT VALUES o (k, a, b, c, e, f) VALUES ('a', '1970-01-01 01:01', 86400000, 7260000, '11/05/2018', 1);
ASSERT VALUES o (k, a, b, c, e, f) VALUES ('a', NULL, 86400000, NULL, NULL, 1);
--@test: A named time zone is refused by name
--@expected.message: the named time zone Europe/London
CREATE STREAM s (k VARCHAR KEY, x BIGINT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, TIMESTAMPTOSTRING(x, 'HH:mm', 'Europe/London') AS a FROM s;
