--@test: Variables are put in
DEFINE t = 'clicks';
DEFINE least = '2';
CREATE STREAM clicks (k VARCHAR KEY, ms INT) WITH (KAFKA_TOPIC='${t}', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT * FROM ${t} WHERE ms >= ${least};
INSERT INTO clicks VALUES ('a', 1);
INSERT INTO clicks VALUES ('b', 2);
ASSERT VALUES o (k, ms) VALUES ('b', 2);
