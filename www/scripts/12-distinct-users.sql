-- Distinct users
-- How many different users came in a quarter of an hour, by country, and how many clicks each made.

DROP TABLE IF EXISTS visitors DELETE TOPIC;

CREATE TABLE visitors WITH (KAFKA_TOPIC='visitors') AS
  SELECT
    country_code AS country,
    COUNT_DISTINCT(uid) AS users,
    COUNT(*) AS clicks,
    CAST(COUNT(*) AS DOUBLE) / COUNT_DISTINCT(uid) AS clicks_a_user
  FROM clicks
  WINDOW TUMBLING (SIZE 15 MINUTES, GRACE PERIOD 30 SECONDS)
  GROUP BY country_code
  EMIT CHANGES;

SELECT country, WINDOWSTART, users, clicks, clicks_a_user FROM visitors EMIT CHANGES;
