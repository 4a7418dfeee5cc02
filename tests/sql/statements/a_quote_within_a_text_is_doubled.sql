--@test: A quote within a text is doubled
CREATE STREAM s (k VARCHAR KEY, v VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, v + '''s' AS w FROM s;
INSERT INTO s VALUES ('a', 'it');
ASSERT VALUES o (k, w) VALUES ('a', 'it''s');
