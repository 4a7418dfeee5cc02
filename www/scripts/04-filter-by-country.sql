-- Filter by country
-- The clicks from one country, in a stream and a topic of their own.

CREATE OR REPLACE STREAM clicks_us WITH (KAFKA_TOPIC='clicks-us') AS
  SELECT session, url, state, channel, place_name, timezone
  FROM clicks
  WHERE country_code = 'US' AND statuscode = '200'
  EMIT CHANGES;

SELECT place_name, state, channel FROM clicks_us EMIT CHANGES;
