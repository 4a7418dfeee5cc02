-- Dead letters
-- What cannot be read, with the reason; send some with the knob “Malformed”.

DROP STREAM IF EXISTS unreadable DELETE TOPIC;

CREATE STREAM unreadable WITH (KAFKA_TOPIC='unreadable', VALUE_FORMAT='JSON') AS
  SELECT
    session,
    CASE
      WHEN NOT IS_JSON_STRING(payload) THEN 'no JSON'
      WHEN EXTRACTJSONFIELD(payload, '$.recordType') IS NULL THEN 'no recordType'
      ELSE 'recordType ' + EXTRACTJSONFIELD(payload, '$.recordType')
    END AS reason,
    payload
  FROM raw
  WHERE CASE
      WHEN IS_JSON_STRING(payload)
        THEN COALESCE(EXTRACTJSONFIELD(payload, '$.recordType'), '')
          NOT IN ('click', 'session', 'user')
      ELSE TRUE
    END
  EMIT CHANGES;

SELECT reason, SUBSTRING(payload, 1, 60) AS begins FROM unreadable EMIT CHANGES;
