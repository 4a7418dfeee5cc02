-- Anomaly on subscriptions
-- Tells when few sessions subscribe; the knob “Mode” at special makes it happen.

DROP TABLE IF EXISTS few_subscriptions DELETE TOPIC;
DROP STREAM IF EXISTS outcomes DELETE TOPIC;

CREATE STREAM outcomes WITH (KAFKA_TOPIC='outcomes') AS
  SELECT 'site' AS site, subscribe
  FROM sessions
  PARTITION BY 'site'
  EMIT CHANGES;

CREATE TABLE few_subscriptions WITH (KAFKA_TOPIC='few-subscriptions') AS
  SELECT
    site,
    COUNT(*) AS sessions,
    SUM(subscribe) AS subscriptions,
    CAST(SUM(subscribe) AS DOUBLE) * 100 / COUNT(*) AS percent
  FROM outcomes
  WINDOW TUMBLING (SIZE 10 MINUTES, GRACE PERIOD 20 MINUTES)
  GROUP BY site
  HAVING COUNT(*) >= 50 AND CAST(SUM(subscribe) AS DOUBLE) * 100 / COUNT(*) < 8
  EMIT CHANGES;

SELECT WINDOWSTART, sessions, subscriptions, percent FROM few_subscriptions EMIT CHANGES;
