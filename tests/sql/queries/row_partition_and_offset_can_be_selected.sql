--@test: Row partition and offset can be selected
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT user, ROWPARTITION AS p, ROWOFFSET AS off FROM clicks;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (0, 'a', 'x', 1);
ASSERT VALUES o (user, p, off) VALUES ('a', 0, 0);
ASSERT VALUES o (user, p, off) VALUES ('a', 0, 1);
