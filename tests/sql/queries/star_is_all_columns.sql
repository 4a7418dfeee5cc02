--@test: Star is all columns
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (42, 'u', 'x', 11);
ASSERT VALUES o (user, page, ms) VALUES ('u', 'x', 11);
