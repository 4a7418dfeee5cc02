--@test: A key format of none has no key
CREATE STREAM s (v INT, w VARCHAR) WITH (KAFKA_TOPIC='s', KEY_FORMAT='NONE', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM s;
INSERT INTO s (v, w) VALUES (1, 'x');
ASSERT VALUES o (v, w) VALUES (1, 'x');
