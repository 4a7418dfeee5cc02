--@test: Case takes the first that is true
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, CASE WHEN ms > 10 THEN 'slow' WHEN ms > 5 THEN 'middling' ELSE 'fast' END AS speed FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'u', 'x', 11);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'v', 'x', 6);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'w', 'x', NULL);
ASSERT VALUES o (user, speed) VALUES ('u', 'slow');
ASSERT VALUES o (user, speed) VALUES ('v', 'middling');
ASSERT VALUES o (user, speed) VALUES ('w', 'fast');
