-- What the topics of a run are to SQL. Keys are Kafka texts; event time is the record's own.
CREATE STREAM raw (`key` VARCHAR KEY, payload VARCHAR)
  WITH (KAFKA_TOPIC='${mixed}', VALUE_FORMAT='KAFKA');

CREATE STREAM clicks (
    session VARCHAR KEY, `timestamp` DOUBLE, url VARCHAR, useragent VARCHAR, statuscode VARCHAR,
    state VARCHAR, statesVisited ARRAY<VARCHAR>, sid BIGINT, uid VARCHAR, isSubscriber INT,
    campaign VARCHAR, channel VARCHAR, contentId VARCHAR, subContentId VARCHAR, gender VARCHAR,
    age VARCHAR, latitude VARCHAR, longitude VARCHAR, place_name VARCHAR, country_code VARCHAR,
    timezone VARCHAR
  ) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');

CREATE STREAM sessions (
    session VARCHAR KEY, `timestamp` DOUBLE, useragent VARCHAR, statesVisited ARRAY<VARCHAR>,
    sid BIGINT, uid VARCHAR, isSubscriber INT, campaign VARCHAR, channel VARCHAR, gender VARCHAR,
    age VARCHAR, place_name VARCHAR, country_code VARCHAR, timezone VARCHAR, home INT, content INT,
    clickbait INT, subscribe INT, plusContent INT, affiliateLink INT, exitSession INT
  ) WITH (KAFKA_TOPIC='sessions', VALUE_FORMAT='JSON');

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

CREATE TABLE clicks_by_state (state VARCHAR PRIMARY KEY, clicks BIGINT)
  WITH (KAFKA_TOPIC='clicks-by-state', VALUE_FORMAT='JSON',
        WINDOW_TYPE='TUMBLING', WINDOW_SIZE='1 MINUTE');

CREATE TABLE top_content (content VARCHAR PRIMARY KEY, clicks BIGINT)
  WITH (KAFKA_TOPIC='top-content', VALUE_FORMAT='JSON',
        WINDOW_TYPE='HOPPING', WINDOW_SIZE='10 MINUTES');

CREATE TABLE users_by_country (country VARCHAR PRIMARY KEY, users BIGINT)
  WITH (KAFKA_TOPIC='users-by-country', VALUE_FORMAT='JSON',
        WINDOW_TYPE='TUMBLING', WINDOW_SIZE='5 MINUTES');
