--@test: A stream over a topic takes rows
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (5, 'ann', 'home', 3);
ASSERT VALUES clicks (ROWTIME, user, page, ms) VALUES (5, 'ann', 'home', 3);
