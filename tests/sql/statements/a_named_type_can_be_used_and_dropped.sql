--@test: A named type can be used and dropped
CREATE TYPE place AS STRUCT<city VARCHAR, zip INT>;
CREATE STREAM s (k VARCHAR KEY, p place) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, p->city AS c FROM s;
DROP TYPE place;
INSERT INTO s VALUES ('a', STRUCT(city := 'Bonn', zip := 1));
ASSERT VALUES o (k, c) VALUES ('a', 'Bonn');
