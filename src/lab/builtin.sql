-- The built-in pipeline
-- From one topic of everything that the site sends to the answers that the room shows, in SQL alone.
-- Change it and start the run anew with it; Reset brings it back.

-- 1. What comes in: one JSON text a record, of three types. A KAFKA-format payload is the bytes as
-- they are, so that even what is no JSON can be read.
CREATE STREAM raw (session VARCHAR KEY, payload VARCHAR)
  WITH (KAFKA_TOPIC='imply-news', VALUE_FORMAT='KAFKA');

-- 2. Split by recordType: the texts go on unchanged, to a topic for each type.
CREATE STREAM click_texts WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='KAFKA') AS
  SELECT session, payload
  FROM raw
  WHERE EXTRACTJSONFIELD(payload, '$.recordType') = 'click'
  EMIT CHANGES;

CREATE STREAM session_texts WITH (KAFKA_TOPIC='sessions', VALUE_FORMAT='KAFKA') AS
  SELECT session, payload
  FROM raw
  WHERE EXTRACTJSONFIELD(payload, '$.recordType') = 'session'
  EMIT CHANGES;

CREATE STREAM user_texts WITH (KAFKA_TOPIC='users', VALUE_FORMAT='KAFKA') AS
  SELECT session, payload
  FROM raw
  WHERE EXTRACTJSONFIELD(payload, '$.recordType') = 'user'
  EMIT CHANGES;

-- What is none of them is not lost: it goes to the dead letters, with its place and the reason. The
-- field of a text that is no JSON is NULL, which is IN no list.
CREATE STREAM dead_letters WITH (KAFKA_TOPIC='dead-letters', VALUE_FORMAT='JSON') AS
  SELECT
    session,
    ROWPARTITION AS from_partition,
    ROWOFFSET AS from_offset,
    CASE
      WHEN NOT IS_JSON_STRING(payload) THEN 'no JSON'
      WHEN EXTRACTJSONFIELD(payload, '$.recordType') IS NULL THEN 'no recordType'
      ELSE 'recordType ' + EXTRACTJSONFIELD(payload, '$.recordType')
    END AS reason,
    payload
  FROM raw
  WHERE EXTRACTJSONFIELD(payload, '$.recordType') NOT IN ('click', 'session', 'user')
  EMIT CHANGES;

-- 3. The same bytes, read as columns, now that it is known what they are.
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

-- Orders and shipments have topics of their own from the beginning.
CREATE STREAM orders (
    id VARCHAR KEY, order_id BIGINT, uid VARCHAR, sid BIGINT, amount DOUBLE, `timestamp` DOUBLE
  ) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON');

CREATE STREAM shipments (
    id VARCHAR KEY, order_id BIGINT, shipped_at DOUBLE, carrier VARCHAR
  ) WITH (KAFKA_TOPIC='shipments', VALUE_FORMAT='JSON');

-- 4. The questions of the room.
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

-- Moving averages: clicks a minute and how far people have come, over the last five minutes.
CREATE TABLE averages_by_channel WITH (KAFKA_TOPIC='averages-by-channel') AS
  SELECT
    channel,
    CAST(COUNT(*) AS DOUBLE) / 5 AS clicks_a_minute,
    AVG(ARRAY_LENGTH(statesVisited)) AS pages_so_far
  FROM clicks
  WINDOW HOPPING (SIZE 5 MINUTES, ADVANCE BY 1 MINUTE, GRACE PERIOD 30 SECONDS)
  GROUP BY channel
  EMIT CHANGES;

-- 5. One country: its clicks, each with what is known of its user at that moment, and its visits.
CREATE STREAM clicks_gb WITH (KAFKA_TOPIC='clicks-gb') AS
  SELECT session, uid, url, state, channel, place_name
  FROM clicks
  WHERE country_code = 'GB'
  EMIT CHANGES;

CREATE STREAM clicks_gb_with_users WITH (KAFKA_TOPIC='clicks-gb-with-users') AS
  SELECT
    c.uid AS uid,
    c.state AS state,
    c.channel AS channel,
    u.version AS user_version,
    u.place_name AS lives_in,
    c.place_name AS clicked_in
  FROM clicks_gb c
  LEFT JOIN users u ON c.uid = u.id
  EMIT CHANGES;

-- A visit ends when a user has not clicked for 30 minutes; EMIT FINAL tells of it once, when it is over.
CREATE TABLE visits_gb WITH (KAFKA_TOPIC='visits-gb') AS
  SELECT
    uid,
    COUNT(*) AS clicks,
    EARLIEST_BY_OFFSET(state) AS entered,
    LATEST_BY_OFFSET(state) AS exited,
    (WINDOWEND - WINDOWSTART) / 1000 AS length_s
  FROM clicks_gb
  WINDOW SESSION (30 MINUTES, GRACE PERIOD 1 MINUTE)
  GROUP BY uid
  EMIT FINAL;

-- 6. What it brings in: how many sessions in a hundred end in a subscription, by the channel that
-- brought them. A session's record has the time of its start and comes at its end: hence the grace.
CREATE TABLE conversion_by_channel WITH (KAFKA_TOPIC='conversion-by-channel') AS
  SELECT
    channel,
    COUNT(*) AS sessions,
    SUM(subscribe) AS subscriptions,
    CAST(SUM(subscribe) AS DOUBLE) * 100 / COUNT(*) AS percent
  FROM sessions
  WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 2 HOURS)
  GROUP BY channel
  EMIT CHANGES;

-- Which orders were shipped within three days, and how long that took.
CREATE STREAM shipped_orders WITH (KAFKA_TOPIC='shipped-orders') AS
  SELECT
    o.id AS id,
    o.amount AS amount,
    s.carrier AS carrier,
    (s.ROWTIME - o.ROWTIME) / 60000 AS took_min
  FROM orders o
  INNER JOIN shipments s WITHIN (0 SECONDS, 3 DAYS) GRACE PERIOD 1 HOUR ON o.id = s.id
  EMIT CHANGES;
