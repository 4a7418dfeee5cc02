-- Sessionise
-- A visit ends when a user has not clicked for 30 minutes; EMIT FINAL tells of it once, when it is over.

DROP TABLE IF EXISTS visits DELETE TOPIC;

CREATE TABLE visits WITH (KAFKA_TOPIC='visits') AS
  SELECT
    uid,
    COUNT(*) AS clicks,
    EARLIEST_BY_OFFSET(state) AS entered,
    LATEST_BY_OFFSET(state) AS exited,
    (WINDOWEND - WINDOWSTART) / 1000 AS length_s
  FROM clicks
  WINDOW SESSION (30 MINUTES, GRACE PERIOD 1 MINUTE)
  GROUP BY uid
  EMIT FINAL;

SELECT uid, clicks, entered, exited, length_s FROM visits EMIT CHANGES;
