-- Conversion by channel
-- How many sessions in a hundred end in a subscription, by the channel that brought them.

DROP TABLE IF EXISTS conversion DELETE TOPIC;

-- A session's record has the time of its start and comes at its end: hence the long grace period.
CREATE TABLE conversion WITH (KAFKA_TOPIC='conversion') AS
  SELECT
    channel,
    COUNT(*) AS sessions,
    SUM(subscribe) AS subscriptions,
    CAST(SUM(subscribe) AS DOUBLE) * 100 / COUNT(*) AS percent
  FROM sessions
  WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 2 HOURS)
  GROUP BY channel
  EMIT CHANGES;

SELECT channel, WINDOWSTART, sessions, subscriptions, percent FROM conversion EMIT CHANGES;
