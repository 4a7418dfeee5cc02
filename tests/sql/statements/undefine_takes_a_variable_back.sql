--@test: Undefine takes a variable back
--@expected.message: no variable `n` is defined
DEFINE n = 'x';
UNDEFINE n;
CREATE STREAM ${n} (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
