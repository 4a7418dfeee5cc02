-- Enrich clicks
-- Each click with what was known of its user at that moment: a stream–table join.

DROP STREAM IF EXISTS clicks_with_users DELETE TOPIC;

CREATE STREAM clicks_with_users WITH (KAFKA_TOPIC='clicks-with-users') AS
  SELECT
    c.uid AS uid,
    c.state AS state,
    u.version AS user_version,
    u.place_name AS lives_in,
    c.place_name AS clicked_in
  FROM clicks c
  LEFT JOIN users u ON c.uid = u.id
  EMIT CHANGES;

SELECT uid, state, user_version, lives_in, clicked_in FROM clicks_with_users EMIT CHANGES LIMIT 500;
