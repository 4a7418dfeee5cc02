--@test: A right join keeps the right side
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM seen (user VARCHAR KEY, page VARCHAR) WITH (KAFKA_TOPIC='seen', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT s.user AS user, c.ms AS ms, s.page AS page FROM clicks c RIGHT JOIN seen s WITHIN 10 SECONDS ON c.user = s.user;
INSERT INTO seen (ROWTIME, user, page) VALUES (0, 'a', 'p');
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (5000, 'a', 'x', 1);
ASSERT VALUES o (user, ms, page) VALUES ('a', NULL, 'p');
ASSERT VALUES o (user, ms, page) VALUES ('a', 1, 'p');
