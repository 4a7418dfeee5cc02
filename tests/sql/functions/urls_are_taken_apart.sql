--@test: Urls are taken apart
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, URL_EXTRACT_HOST(page) AS h, URL_EXTRACT_PARAMETER(page, 'q') AS q FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'http://a.org/x?q=1', 1);
ASSERT VALUES o (user, h, q) VALUES ('a', 'a.org', '1');
