--@test: A decimal literal is a text as it is written
CREATE STREAM s (v VARCHAR) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM s WHERE v IN (1.50, 2);
INSERT INTO s (v) VALUES ('1.5');
INSERT INTO s (v) VALUES ('1.50');
INSERT INTO s (v) VALUES ('2');
ASSERT VALUES o (v) VALUES ('1.50');
ASSERT VALUES o (v) VALUES ('2');
