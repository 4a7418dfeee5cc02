--@test: Or replace adds a column
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE OR REPLACE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT, more BIGINT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
INSERT INTO clicks (user, more) VALUES ('ann', 9);
ASSERT VALUES clicks (user, more) VALUES ('ann', 9);
