-- Moving averages
-- Clicks a minute and how far people have come, over the last five minutes, every minute anew.

DROP TABLE IF EXISTS channel_averages DELETE TOPIC;

CREATE TABLE channel_averages WITH (KAFKA_TOPIC='channel-averages') AS
  SELECT
    channel,
    CAST(COUNT(*) AS DOUBLE) / 5 AS clicks_a_minute,
    AVG(ARRAY_LENGTH(statesVisited)) AS pages_so_far
  FROM clicks
  WINDOW HOPPING (SIZE 5 MINUTES, ADVANCE BY 1 MINUTE, GRACE PERIOD 30 SECONDS)
  GROUP BY channel
  EMIT CHANGES;

SELECT channel, WINDOWSTART, clicks_a_minute, pages_so_far FROM channel_averages EMIT CHANGES;
