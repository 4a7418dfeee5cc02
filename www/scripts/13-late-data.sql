-- Late data
-- One count with three grace periods: turn the knob “Late records” and compare what each of them drops.

DROP TABLE IF EXISTS strict_counts DELETE TOPIC;
DROP TABLE IF EXISTS patient_counts DELETE TOPIC;
DROP TABLE IF EXISTS very_patient_counts DELETE TOPIC;

CREATE TABLE strict_counts WITH (KAFKA_TOPIC='strict-counts') AS
  SELECT channel, COUNT(*) AS clicks FROM clicks
  WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 0 SECONDS)
  GROUP BY channel EMIT CHANGES;

CREATE TABLE patient_counts WITH (KAFKA_TOPIC='patient-counts') AS
  SELECT channel, COUNT(*) AS clicks FROM clicks
  WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 1 MINUTE)
  GROUP BY channel EMIT CHANGES;

CREATE TABLE very_patient_counts WITH (KAFKA_TOPIC='very-patient-counts') AS
  SELECT channel, COUNT(*) AS clicks FROM clicks
  WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 1 HOUR)
  GROUP BY channel EMIT CHANGES;

SELECT channel, WINDOWSTART, clicks FROM very_patient_counts EMIT CHANGES;
