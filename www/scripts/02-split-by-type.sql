-- Split by type
-- The mixed topic by recordType, as the article does it: texts first, columns once it is known what they are.

-- So that it can be run again.
DROP STREAM IF EXISTS news_clicks;
DROP STREAM IF EXISTS news_users;
DROP STREAM IF EXISTS news_click_texts DELETE TOPIC;
DROP STREAM IF EXISTS news_session_texts DELETE TOPIC;
DROP STREAM IF EXISTS news_user_texts DELETE TOPIC;

CREATE STREAM news_click_texts WITH (KAFKA_TOPIC='news-clicks', VALUE_FORMAT='KAFKA') AS
  SELECT session, payload
  FROM raw
  WHERE EXTRACTJSONFIELD(payload, '$.recordType') = 'click'
  EMIT CHANGES;

CREATE STREAM news_session_texts WITH (KAFKA_TOPIC='news-sessions', VALUE_FORMAT='KAFKA') AS
  SELECT session, payload
  FROM raw
  WHERE EXTRACTJSONFIELD(payload, '$.recordType') = 'session'
  EMIT CHANGES;

CREATE STREAM news_user_texts WITH (KAFKA_TOPIC='news-users', VALUE_FORMAT='KAFKA') AS
  SELECT session, payload
  FROM raw
  WHERE EXTRACTJSONFIELD(payload, '$.recordType') = 'user'
  EMIT CHANGES;

-- The same bytes, read as JSON.
CREATE STREAM news_clicks (session VARCHAR KEY, state VARCHAR, uid VARCHAR, country_code VARCHAR)
  WITH (KAFKA_TOPIC='news-clicks', VALUE_FORMAT='JSON');
CREATE STREAM news_users (uid_key VARCHAR KEY, uid VARCHAR, version INT, place_name VARCHAR)
  WITH (KAFKA_TOPIC='news-users', VALUE_FORMAT='JSON');

SELECT state, uid, country_code FROM news_clicks EMIT CHANGES LIMIT 100;
