-- Filter by country
-- The clicks from one country that were answered, in a stream and a topic of their own.

CREATE OR REPLACE STREAM clicks_gb WITH (KAFKA_TOPIC='clicks-gb') AS
  SELECT session, url, state, channel, place_name, timezone
  FROM clicks
  WHERE country_code = 'GB' AND statuscode = '200'
  EMIT CHANGES;

SELECT place_name, state, channel FROM clicks_gb EMIT CHANGES;
