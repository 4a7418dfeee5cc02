-- Orders and shipments
-- Which orders were shipped within three days, and how long that took: a stream–stream join.

DROP STREAM IF EXISTS shipped DELETE TOPIC;

CREATE STREAM shipped WITH (KAFKA_TOPIC='shipped') AS
  SELECT
    o.id AS id,
    o.amount AS amount,
    s.carrier AS carrier,
    (s.ROWTIME - o.ROWTIME) / 60000 AS took_min
  FROM orders o
  INNER JOIN shipments s WITHIN (0 SECONDS, 3 DAYS) GRACE PERIOD 1 HOUR ON o.id = s.id
  EMIT CHANGES;

SELECT id, amount, carrier, took_min FROM shipped EMIT CHANGES;
