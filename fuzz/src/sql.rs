//! SQL of any bytes: it is parsed, planned and carried out, or refused with its place; nothing panics,
//! and what a diagnostic points at is in the text.

use streamglass::engine::Engine;
use streamglass::session::{Mode, Outcome, Session};
use streamglass::time::Micros;

/// What scripts can speak of.
const SOURCES: &str = "
    CREATE STREAM s (id INT KEY, a BIGINT, b VARCHAR, c DOUBLE, d ARRAY<VARCHAR>,
      e STRUCT<x INT, y VARCHAR>, f MAP<VARCHAR, BIGINT>) WITH (KAFKA_TOPIC='s', FORMAT='JSON');
    CREATE TABLE t (id INT PRIMARY KEY, a BIGINT) WITH (KAFKA_TOPIC='t', FORMAT='JSON');
    INSERT INTO s (id, a, b, c, d) VALUES (1, 2, 'x', 3.5, ARRAY['y', 'z']);
    INSERT INTO t VALUES (1, 2);";

/// The input is a script.
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(4_096)]);
    let mut session = Session::new(Engine::default(), Mode::Test);
    let declared = session.execute(SOURCES, Micros(0));
    assert!(declared.iter().all(|answer| !matches!(answer.outcome, Outcome::Refused { .. })));
    for answer in session.execute(&text, Micros(0)) {
        if let Outcome::Refused { diagnostics } = answer.outcome {
            assert!(!diagnostics.is_empty(), "a refusal says why");
            for diagnostic in diagnostics {
                let (start, end) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
                assert!(text.get(start..end).is_some(), "{start}..{end} is not in the text");
            }
        }
    }
}

/// Scripts of many kinds.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "CREATE STREAM u AS SELECT id, a + 1 AS a1, UCASE(b) AS ub FROM s WHERE a > 1 EMIT CHANGES;",
        "CREATE TABLE v AS SELECT b, COUNT(*) AS n, SUM(a) FROM s WINDOW TUMBLING (SIZE 5 SECONDS, GRACE PERIOD 1 SECOND) GROUP BY b HAVING COUNT(*) > 1 EMIT FINAL;",
        "CREATE TABLE w AS SELECT b, COLLECT_LIST(c) AS l FROM s WINDOW SESSION (30 MINUTES) GROUP BY b;",
        "CREATE STREAM j AS SELECT s.id, s.a, t.a AS ta FROM s LEFT JOIN t ON s.id = t.id;",
        "CREATE STREAM x AS SELECT id, EXPLODE(d) AS e, e->x, f['k'] FROM s PARTITION BY id;",
        "SELECT CASE WHEN a BETWEEN 1 AND 3 THEN 'a' ELSE b END, c IS NOT NULL, b LIKE 'x!_%' ESCAPE '!' FROM s EMIT CHANGES LIMIT 3;",
        "DEFINE n = 'q'; CREATE STREAM ${n} (`Key` VARCHAR KEY, v INT) WITH (KAFKA_TOPIC='q', PARTITIONS=1, VALUE_FORMAT='DELIMITED'); INSERT INTO q VALUES ('k', 1); ASSERT VALUES q (`Key`, v) VALUES ('k', 1);",
        "SHOW STREAMS; DESCRIBE s EXTENDED; EXPLAIN SELECT * FROM s EMIT CHANGES; PRINT 's' FROM BEGINNING LIMIT 1; DROP STREAM IF EXISTS s DELETE TOPIC; TERMINATE ALL;",
        "SELECT id, REGEXP_EXTRACT('(.*)y', b, 1), SPLIT(b, ','), EXTRACTJSONFIELD(b, '$.a[0].b'), CAST(c AS VARCHAR), LPAD(b, 9, '-') FROM s EMIT CHANGES;",
    ]
    .map(|script| script.as_bytes().to_vec())
    .into()
}
