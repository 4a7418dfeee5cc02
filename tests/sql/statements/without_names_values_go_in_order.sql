--@test: Without names values go in order
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
INSERT INTO clicks VALUES ('ann', 'home', 3);
ASSERT VALUES clicks (user, page, ms) VALUES ('ann', 'home', 3);
