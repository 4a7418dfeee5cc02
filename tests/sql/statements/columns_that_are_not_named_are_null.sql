--@test: Columns that are not named are NULL
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
INSERT INTO clicks (user, ms) VALUES ('ann', 3);
ASSERT VALUES clicks (user, page, ms) VALUES ('ann', NULL, 3);
