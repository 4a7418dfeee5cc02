--@test: Json keys and records
CREATE STREAM s (j VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT JSON_KEYS(j) AS k, JSON_RECORDS(j)['a'] AS r, TO_JSON_STRING(ARRAY[1, 2]) AS t FROM s;
INSERT INTO s (j) VALUES ('{"a": 1, "b": {}}');
ASSERT VALUES o (k, r, t) VALUES (ARRAY['a', 'b'], '1', '[1,2]');
