-- Top content
-- What was read most in ten minutes; HAVING leaves out what few read.

DROP TABLE IF EXISTS most_read DELETE TOPIC;

CREATE TABLE most_read WITH (KAFKA_TOPIC='most-read') AS
  SELECT
    contentId AS content,
    COUNT(*) AS clicks,
    COUNT_DISTINCT(uid) AS readers,
    TOPKDISTINCT(country_code, 3) AS countries
  FROM clicks
  WINDOW HOPPING (SIZE 10 MINUTES, ADVANCE BY 1 MINUTE, GRACE PERIOD 30 SECONDS)
  WHERE state = 'content' OR state = 'plusContent' OR state = 'clickbait'
  GROUP BY contentId
  HAVING COUNT(*) > 20
  EMIT CHANGES;

SELECT content, WINDOWSTART, clicks, readers, countries FROM most_read EMIT CHANGES;
