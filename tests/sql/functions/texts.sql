--@test: Texts are put together and chosen
CREATE STREAM s (k VARCHAR KEY, x VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, CONCAT_WS('-', 'a', x, 'c') AS a, INITCAP(x) AS b, LCASE(x) AS c, RPAD(x, 5, '.') AS d,
  ELT(2, 'p', x) AS e, FIELD(x, 'p', 'bE') AS f, CHR(75) AS g, NULLIF(x, 'bE') AS h, ENCODE(x, 'utf8', 'hex') AS i FROM s;
INSERT INTO s VALUES ('a', 'bE');
INSERT INTO s VALUES ('a', NULL);
ASSERT VALUES o (k, a, b, c, d, e, f, g, h, i) VALUES ('a', 'a-bE-c', 'Be', 'be', 'bE...', 'bE', 2, 'K', NULL, '6245');
ASSERT VALUES o (k, a, b, c, d, e, f, g, h, i) VALUES ('a', 'a-c', NULL, NULL, NULL, NULL, 0, 'K', NULL, NULL);
--@test: Parts of texts are masked
CREATE STREAM s (k VARCHAR KEY, x VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, MASK_KEEP_RIGHT(x, 2) AS a, MASK_LEFT(x, 2) AS b, MASK_RIGHT(x, 2) AS c FROM s;
INSERT INTO s VALUES ('a', 'aB-1');
ASSERT VALUES o (k, a, b, c) VALUES ('a', 'xX-1', 'xX-1', 'aB-n');
--@test: Regular expressions find, replace and split
CREATE STREAM s (k VARCHAR KEY, x VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, REGEXP_EXTRACT_ALL('[a-z]+', x) AS a, REGEXP_REPLACE(x, '\d+', '#') AS b,
  REGEXP_SPLIT_TO_ARRAY(x, '\d+') AS c FROM s;
INSERT INTO s VALUES ('a', 'a1bc22d');
ASSERT VALUES o (k, a, b, c) VALUES ('a', ARRAY['a', 'bc', 'd'], 'a#bc#d', ARRAY['a', 'bc', 'd']);
--@test: URLs have more parts
CREATE STREAM s (k VARCHAR KEY, x VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, URL_EXTRACT_PROTOCOL(x) AS a, URL_EXTRACT_PORT(x) AS b, URL_EXTRACT_PATH(x) AS c,
  URL_EXTRACT_QUERY(x) AS d, URL_EXTRACT_FRAGMENT(x) AS e, URL_ENCODE_PARAM('?a b') AS f, URL_DECODE_PARAM('a%20b') AS g
  FROM s;
INSERT INTO s VALUES ('a', 'https://news.example:8443/a/b?q=1#top');
ASSERT VALUES o (k, a, b, c, d, e, f, g) VALUES ('a', 'https', 8443, '/a/b', 'q=1', 'top', '%3Fa+b', 'a b');
--@test: JSON texts are taken apart
CREATE STREAM s (k VARCHAR KEY, x VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, JSON_ARRAY_LENGTH(x) AS a, JSON_ARRAY_CONTAINS(x, 2) AS b, JSON_ITEMS(x) AS c,
  JSON_CONCAT('{"a":1}', '{"b":2}') AS d FROM s;
INSERT INTO s VALUES ('a', '[1,2,{"z":3}]');
INSERT INTO s VALUES ('a', 'no json');
ASSERT VALUES o (k, a, b, c, d) VALUES ('a', 3, true, ARRAY['1', '2', '{"z":3}'], '{"a":1,"b":2}');
ASSERT VALUES o (k, a, b, c, d) VALUES ('a', NULL, false, NULL, '{"a":1,"b":2}');
