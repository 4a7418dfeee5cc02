-- Every change, or the final result
-- The same count twice: EMIT CHANGES tells of each update, EMIT FINAL once when the window closes.

DROP TABLE IF EXISTS clicks_while_counting DELETE TOPIC;
DROP TABLE IF EXISTS clicks_when_final DELETE TOPIC;

CREATE TABLE clicks_while_counting WITH (KAFKA_TOPIC='clicks-while-counting') AS
  SELECT channel, COUNT(*) AS clicks
  FROM clicks
  WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 10 SECONDS)
  GROUP BY channel
  EMIT CHANGES;

CREATE TABLE clicks_when_final WITH (KAFKA_TOPIC='clicks-when-final') AS
  SELECT channel, COUNT(*) AS clicks
  FROM clicks
  WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 10 SECONDS)
  GROUP BY channel
  EMIT FINAL;

SELECT channel, WINDOWSTART, clicks FROM clicks_while_counting EMIT CHANGES;
SELECT channel, WINDOWSTART, clicks FROM clicks_when_final EMIT CHANGES;
