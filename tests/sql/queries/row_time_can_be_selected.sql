--@test: Row time can be selected
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ROWTIME AS t FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (42, 'u', 'x', 11);
ASSERT VALUES o (user, t) VALUES ('u', 42);
