--@test: A statement that is wrong does not hide the next
--@expected.message: `;` is missing
CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON')
CREATE STREAM t (v NUMBER) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
