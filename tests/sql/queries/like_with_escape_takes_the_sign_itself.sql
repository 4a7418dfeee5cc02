--@test: Like with escape takes the sign itself
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, page FROM clicks WHERE page LIKE '5!%' ESCAPE '!';
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'u', '5%', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'v', '50', 1);
ASSERT VALUES o (user, page) VALUES ('u', '5%');
