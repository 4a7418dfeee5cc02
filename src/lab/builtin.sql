-- The built-in pipeline
-- What every topic of the site is, and the three questions that the room asks of them.
-- A router has split the mixed topic before: clicks, sessions, users, and dead letters with the reason.
-- Change it and start the run anew with it; Reset brings it back.

-- Everything that the site sends, as it comes: one JSON text a record.
CREATE STREAM raw (session VARCHAR KEY, payload VARCHAR)
  WITH (KAFKA_TOPIC='imply-news', VALUE_FORMAT='KAFKA');

-- The same bytes, read as columns, once it is known what each record is.
CREATE STREAM clicks (
    session VARCHAR KEY, `timestamp` DOUBLE, url VARCHAR, useragent VARCHAR, statuscode VARCHAR,
    state VARCHAR, statesVisited ARRAY<VARCHAR>, sid BIGINT, uid VARCHAR, isSubscriber INT,
    campaign VARCHAR, channel VARCHAR, contentId VARCHAR, subContentId VARCHAR, gender VARCHAR,
    age VARCHAR, latitude VARCHAR, longitude VARCHAR, place_name VARCHAR, country_code VARCHAR,
    timezone VARCHAR
  ) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');

-- One record for each session that has ended.
CREATE STREAM sessions (
    session VARCHAR KEY, `timestamp` DOUBLE, useragent VARCHAR, statesVisited ARRAY<VARCHAR>,
    sid BIGINT, uid VARCHAR, isSubscriber INT, campaign VARCHAR, channel VARCHAR, gender VARCHAR,
    age VARCHAR, place_name VARCHAR, country_code VARCHAR, timezone VARCHAR, home INT, content INT,
    clickbait INT, subscribe INT, plusContent INT, affiliateLink INT, exitSession INT
  ) WITH (KAFKA_TOPIC='sessions', VALUE_FORMAT='JSON');

-- The last that is known of each user.
CREATE TABLE users (
    id VARCHAR PRIMARY KEY, `timestamp` DOUBLE, version INT, uid VARCHAR, isSubscriber INT,
    gender VARCHAR, age VARCHAR, latitude VARCHAR, longitude VARCHAR, place_name VARCHAR,
    country_code VARCHAR, timezone VARCHAR
  ) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');

CREATE STREAM orders (
    id VARCHAR KEY, order_id BIGINT, uid VARCHAR, sid BIGINT, amount DOUBLE, `timestamp` DOUBLE
  ) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON');

CREATE STREAM shipments (
    id VARCHAR KEY, order_id BIGINT, shipped_at DOUBLE, carrier VARCHAR
  ) WITH (KAFKA_TOPIC='shipments', VALUE_FORMAT='JSON');

-- What the router could not read; the reason is in the records' headers.
CREATE STREAM dead_letters (session VARCHAR KEY, payload VARCHAR)
  WITH (KAFKA_TOPIC='dead-letters', VALUE_FORMAT='KAFKA');

-- The line chart: clicks a minute by state. A click that comes over 30 seconds late does not count.
CREATE TABLE clicks_by_state WITH (KAFKA_TOPIC='clicks-by-state') AS
  SELECT state, COUNT(*) AS clicks
  FROM clicks
  WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 30 SECONDS)
  GROUP BY state
  EMIT CHANGES;

-- The bar chart: the clicks of the last ten minutes by content, every minute anew.
CREATE TABLE top_content WITH (KAFKA_TOPIC='top-content') AS
  SELECT contentId AS content, COUNT(*) AS clicks
  FROM clicks
  WINDOW HOPPING (SIZE 10 MINUTES, ADVANCE BY 1 MINUTE, GRACE PERIOD 30 SECONDS)
  GROUP BY contentId
  EMIT CHANGES;

-- How many different users came in five minutes, by country.
CREATE TABLE users_by_country WITH (KAFKA_TOPIC='users-by-country') AS
  SELECT country_code AS country, COUNT_DISTINCT(uid) AS users
  FROM clicks
  WINDOW TUMBLING (SIZE 5 MINUTES, GRACE PERIOD 30 SECONDS)
  GROUP BY country_code
  EMIT CHANGES;
