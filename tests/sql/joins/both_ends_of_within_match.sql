--@test: Both ends of within match
CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
CREATE STREAM seen (user VARCHAR KEY, page VARCHAR) WITH (KAFKA_TOPIC='seen', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT c.user AS user, c.ms AS ms, s.page AS page FROM clicks c JOIN seen s WITHIN 5 SECONDS ON c.user = s.user;
INSERT INTO clicks (ROWTIME, user, page, ms) VALUES (5000, 'a', 'x', 1);
INSERT INTO seen (ROWTIME, user, page) VALUES (0, 'a', 'early');
INSERT INTO seen (ROWTIME, user, page) VALUES (10000, 'a', 'late');
INSERT INTO seen (ROWTIME, user, page) VALUES (10001, 'a', 'too late');
ASSERT VALUES o (user, ms, page) VALUES ('a', 1, 'early');
ASSERT VALUES o (user, ms, page) VALUES ('a', 1, 'late');
