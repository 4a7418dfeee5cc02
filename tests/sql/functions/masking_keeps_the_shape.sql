--@test: Masking keeps the shape
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, MASK(page) AS m, MASK_KEEP_LEFT(page, 2) AS l FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'Ab-1', 1);
ASSERT VALUES o (user, m, l) VALUES ('a', 'Xx-n', 'Ab-n');
