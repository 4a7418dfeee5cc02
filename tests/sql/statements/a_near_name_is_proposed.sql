--@test: A near name is proposed
--@expected.message: CONTENID
CREATE STREAM s (k VARCHAR KEY, contentId INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
CREATE STREAM o AS SELECT k, contenId FROM s;
