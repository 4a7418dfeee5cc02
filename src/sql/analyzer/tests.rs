//! Rules of statements: each with a script that breaks it and the diagnostic that says so.

use crate::plan::{Emit, Op, Pipeline};
use crate::sql::parse;
use crate::sql::workspace::{Step, Workspace};

const SOURCES: &str = "
    CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT, tags ARRAY<VARCHAR>,
                          extra MAP<VARCHAR, INT>, place STRUCT<city VARCHAR, zip INT>)
        WITH (KAFKA_TOPIC = 'clicks', VALUE_FORMAT = 'JSON');
    CREATE STREAM views (user VARCHAR KEY, page VARCHAR, ms BIGINT)
        WITH (KAFKA_TOPIC = 'views', VALUE_FORMAT = 'JSON');
    CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, age INT)
        WITH (KAFKA_TOPIC = 'users', VALUE_FORMAT = 'JSON');
    CREATE STREAM sessions (user VARCHAR KEY, n INT)
        WITH (KAFKA_TOPIC = 'sessions', VALUE_FORMAT = 'JSON', WINDOW_TYPE = 'SESSION');
    CREATE STREAM pairs (a INT KEY, b INT KEY, c INT)
        WITH (KAFKA_TOPIC = 'pairs', FORMAT = 'JSON');
";

/// The codes of what is wrong with the last statement of a script, and the last plan.
fn run(statement: &str) -> (Vec<String>, Option<Pipeline>) {
    let script = format!("{SOURCES}{statement}");
    let (statements, diagnostics) = parse(&script);
    assert!(diagnostics.is_empty(), "{statement}: {diagnostics:?}");
    let mut workspace = Workspace::default();
    let mut last = None;
    for statement in &statements {
        match workspace.take(statement, Emit::Update, &|_| None) {
            Ok(Step::Start(planned)) => last = Some(planned.pipeline),
            Ok(_) => {}
            Err(diagnostics) => {
                let codes = diagnostics.iter().map(|d| d.code.to_string()).collect();
                return (codes, None);
            }
        }
    }
    (Vec::new(), last)
}

fn check(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (statement, expected) in cases {
        let codes = run(&format!("{statement};")).0.join(" ");
        if codes != *expected {
            wrong.push(format!("{statement}: {codes:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_are_resolved() {
    check(&[
        ("CREATE STREAM o AS SELECT * FROM clicks", ""),
        ("CREATE STREAM o AS SELECT * FROM click", "SG-0201"),
        ("CREATE STREAM o AS SELECT user, pge FROM clicks", "SG-0202"),
        ("CREATE STREAM o AS SELECT user, pge, msec FROM clicks", "SG-0202 SG-0202"),
        ("CREATE STREAM o AS SELECT c.user, c.page FROM clicks c", ""),
        ("CREATE STREAM o AS SELECT clicks.user, page FROM clicks c", "SG-0201"),
        ("CREATE STREAM o AS SELECT user, x.* FROM clicks", "SG-0201"),
        ("CREATE STREAM o AS SELECT user, NOSUCH(page) FROM clicks", "SG-0204"),
        ("CREATE STREAM o AS SELECT user, place->city FROM clicks", ""),
        ("CREATE STREAM o AS SELECT user, place->town FROM clicks", "SG-0206"),
        ("CREATE STREAM clicks AS SELECT * FROM views", "SG-0208"),
        ("CREATE STREAM IF NOT EXISTS clicks AS SELECT * FROM views", ""),
        ("CREATE STREAM o AS SELECT user, ROWTIME FROM clicks", "SG-0209"),
        ("CREATE STREAM o AS SELECT user, ms AS ROWTIME FROM clicks", "SG-0209"),
        ("CREATE STREAM o AS SELECT user, ROWTIME AS t FROM clicks", ""),
        ("CREATE STREAM o AS SELECT user, page, ms AS page FROM clicks", "SG-0210"),
    ]);
}

#[test]
fn types_are_checked() {
    check(&[
        ("CREATE STREAM o AS SELECT user, ms + 1, page + 'x', ms * 1E0 FROM clicks", ""),
        ("CREATE STREAM o AS SELECT user, ms + page FROM clicks", "SG-0302"),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE ms > 'a'", "SG-0301"),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE ms = NULL", "SG-0301"),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE tags < tags", "SG-0301"),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE tags = tags", ""),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE page", "SG-0303"),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE ms IN (1, '2')", ""),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE ms IN (1, 'two')", "SG-0303"),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE ms IN (1, page)", "SG-0303"),
        ("CREATE STREAM o AS SELECT user, NULL AS n FROM clicks", "SG-0306"),
        ("CREATE STREAM o AS SELECT user, CAST(NULL AS INT) AS n FROM clicks", ""),
        ("CREATE STREAM o AS SELECT user, ARRAY[NULL] AS n FROM clicks", "SG-0306"),
        ("CREATE STREAM o AS SELECT user, CAST(ms AS ARRAY<INT>) AS n FROM clicks", "SG-0305"),
        (
            "CREATE STREAM o AS SELECT user, CASE WHEN ms > 1 THEN 1 ELSE 'a' END FROM clicks",
            "SG-0303",
        ),
        ("CREATE STREAM o AS SELECT user, ms[1] FROM clicks", "SG-0303"),
        ("CREATE STREAM o AS SELECT user, 1.5 AS d FROM clicks", "SG-0901"),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE ms > 1.5", ""),
    ]);
}

#[test]
fn keys_are_selected_once() {
    check(&[
        ("CREATE STREAM o AS SELECT page FROM clicks", "SG-0404"),
        ("CREATE STREAM o AS SELECT user AS u, page FROM clicks", ""),
        ("CREATE STREAM o AS SELECT user, user AS u, page FROM clicks", "SG-0404"),
        ("CREATE STREAM o AS SELECT user, AS_VALUE(user) AS u FROM clicks", ""),
        ("CREATE STREAM o AS SELECT user FROM clicks", "SG-0404"),
        ("CREATE STREAM o AS SELECT a, c FROM pairs", "SG-0404"),
        ("CREATE STREAM o AS SELECT * FROM clicks PARTITION BY page", ""),
        ("CREATE STREAM o AS SELECT user, ms FROM clicks PARTITION BY page", "SG-0404"),
        ("CREATE STREAM o AS SELECT * FROM clicks PARTITION BY extra", "SG-0404"),
        ("CREATE TABLE o AS SELECT * FROM users PARTITION BY name", "SG-0404"),
        (
            "CREATE STREAM s (a INT PRIMARY KEY, b INT) WITH (KAFKA_TOPIC='s', FORMAT='JSON')",
            "SG-0404",
        ),
        ("CREATE TABLE s (a INT KEY, b INT) WITH (KAFKA_TOPIC='s', FORMAT='JSON')", "SG-0404"),
        ("CREATE TABLE s (a INT, b INT) WITH (KAFKA_TOPIC='s', FORMAT='JSON')", "SG-0404"),
    ]);
}

#[test]
fn aggregates_have_their_rules() {
    check(&[
        ("CREATE TABLE o AS SELECT page, COUNT(*) AS n FROM clicks GROUP BY page", ""),
        ("CREATE STREAM o AS SELECT page, COUNT(*) AS n FROM clicks GROUP BY page", "SG-0409"),
        ("CREATE TABLE o AS SELECT page, ms, COUNT(*) FROM clicks GROUP BY page", "SG-0405"),
        ("CREATE TABLE o AS SELECT page, COUNT(*) FROM clicks", "SG-0405 SG-0405"),
        ("CREATE TABLE o AS SELECT page FROM clicks GROUP BY page", "SG-0405"),
        ("CREATE TABLE o AS SELECT page, SUM(COUNT(*)) FROM clicks GROUP BY page", "SG-0405"),
        ("CREATE TABLE o AS SELECT COUNT(*) FROM clicks GROUP BY SUM(ms)", "SG-0405"),
        (
            "CREATE TABLE o AS SELECT page, COUNT(*) FROM clicks GROUP BY page, clicks.page",
            "SG-0405",
        ),
        ("CREATE TABLE o AS SELECT COUNT(*) FROM clicks GROUP BY page", "SG-0404"),
        ("CREATE STREAM o AS SELECT user, page FROM clicks HAVING ms > 1", "SG-0405"),
        ("CREATE STREAM o AS SELECT * FROM clicks WHERE COUNT(*) > 1", "SG-0405"),
        (
            "CREATE TABLE o AS SELECT page, MAX(ms) FROM clicks GROUP BY page HAVING ms > 1",
            "SG-0405",
        ),
        ("CREATE TABLE o AS SELECT age, MAX(age) FROM users GROUP BY age", "SG-0405"),
        ("CREATE TABLE o AS SELECT age, COUNT(*) FROM users GROUP BY age", ""),
    ]);
}

#[test]
fn windows_have_their_rules() {
    check(&[
        (
            "CREATE TABLE o AS SELECT page, COUNT(*) FROM clicks WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY page EMIT FINAL",
            "",
        ),
        ("CREATE TABLE o AS SELECT page, COUNT(*) FROM clicks GROUP BY page EMIT FINAL", "SG-0406"),
        (
            "CREATE TABLE o AS SELECT page, COUNT(*) FROM clicks WINDOW HOPPING (SIZE 1 HOUR, ADVANCE BY 2 HOURS) GROUP BY page",
            "SG-0406",
        ),
        (
            "CREATE TABLE o AS SELECT page, MIN(WINDOWSTART) FROM clicks WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY page",
            "SG-0202",
        ),
        (
            "CREATE TABLE o AS SELECT page, WINDOWSTART AS s, COUNT(*) FROM clicks GROUP BY page",
            "SG-0406",
        ),
        (
            "CREATE STREAM o AS SELECT user, page FROM clicks WINDOW TUMBLING (SIZE 1 HOUR)",
            "SG-0406",
        ),
        ("CREATE STREAM o AS SELECT * FROM sessions PARTITION BY n", "SG-0406"),
    ]);
}

#[test]
fn joins_have_their_rules() {
    check(&[
        (
            "CREATE STREAM o AS SELECT c.user, v.page FROM clicks c JOIN views v WITHIN 1 HOUR ON c.user = v.user",
            "",
        ),
        (
            "CREATE STREAM o AS SELECT c.user, v.page FROM clicks c JOIN views v ON c.user = v.user",
            "SG-0407",
        ),
        (
            "CREATE STREAM o AS SELECT c.page FROM clicks c JOIN views v WITHIN 1 HOUR ON c.user = v.user",
            "SG-0404",
        ),
        (
            "CREATE STREAM o AS SELECT c.user, page FROM clicks c JOIN views v WITHIN 1 HOUR ON c.user = v.user",
            "SG-0203",
        ),
        (
            "CREATE STREAM o AS SELECT * FROM clicks c JOIN views v WITHIN 1 HOUR ON c.ms = v.ms",
            "SG-0407",
        ),
        (
            "CREATE STREAM o AS SELECT * FROM clicks c JOIN views v WITHIN 1 HOUR ON c.user = 'x'",
            "SG-0407",
        ),
        (
            "CREATE STREAM o AS SELECT * FROM clicks c JOIN views v WITHIN 1 HOUR ON c.user > v.user",
            "SG-0407",
        ),
        ("CREATE STREAM o AS SELECT c.user, name FROM clicks c JOIN users u ON c.user = u.id", ""),
        (
            "CREATE STREAM o AS SELECT c.user, name FROM clicks c JOIN users u WITHIN 1 HOUR ON c.user = u.id",
            "SG-0407",
        ),
        (
            "CREATE STREAM o AS SELECT * FROM clicks c RIGHT JOIN users u ON c.user = u.id",
            "SG-0407",
        ),
        ("CREATE STREAM o AS SELECT * FROM users u JOIN clicks c ON c.user = u.id", "SG-0407"),
        ("CREATE STREAM o AS SELECT * FROM clicks c JOIN users u ON c.page = u.name", "SG-0407"),
        (
            "CREATE STREAM o AS SELECT * FROM clicks c JOIN sessions s WITHIN 1 HOUR ON c.user = s.user",
            "SG-0407",
        ),
        (
            "CREATE STREAM o AS SELECT * FROM clicks c JOIN clicks d WITHIN 1 HOUR ON c.user = d.user",
            "SG-0407",
        ),
    ]);
}

#[test]
fn properties_and_formats_are_checked() {
    let create = |with: &str| format!("CREATE STREAM s (a INT KEY, b INT) WITH ({with})");
    let mut cases = Vec::new();
    for (with, expected) in [
        ("KAFKA_TOPIC='s', VALUE_FORMAT='JSON'", ""),
        ("VALUE_FORMAT='JSON'", "SG-0402"),
        ("KAFKA_TOPIC='s'", "SG-0402"),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='XML'", "SG-0401 SG-0402"),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='AVRO'", "SG-0901 SG-0402"),
        ("KAFKA_TOPIC='s', FORMAT='JSON', KEY_FORMAT='JSON'", "SG-0402"),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='JSON', VALUE_FROMAT='JSON'", "SG-0211"),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='DELIMITED', VALUE_DELIMITER='ab'", "SG-0401"),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='DELIMITED', WRAP_SINGLE_VALUE=TRUE", "SG-0403"),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='NONE'", "SG-0403"),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='JSON', WINDOW_TYPE='HOPPING'", "SG-0402"),
        (
            "KAFKA_TOPIC='s', VALUE_FORMAT='JSON', WINDOW_TYPE='SESSION', WINDOW_SIZE='1 DAY'",
            "SG-0402",
        ),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='JSON', TIMESTAMP='c'", "SG-0202"),
        ("KAFKA_TOPIC='s', VALUE_FORMAT='JSON', TIMESTAMP='b'", "SG-0402"),
    ] {
        cases.push((create(with), expected));
    }
    let cases: Vec<_> =
        cases.iter().map(|(create, expected)| (create.as_str(), *expected)).collect();
    check(&cases);
}

#[test]
fn inserts_must_fit() {
    check(&[
        ("INSERT INTO views SELECT user, page, CAST(ms AS BIGINT) AS ms FROM clicks", ""),
        ("INSERT INTO views SELECT user, page, ms FROM clicks", "SG-0408"),
        ("INSERT INTO users SELECT user, page FROM clicks", "SG-0408 SG-0408"),
        ("INSERT INTO views SELECT * FROM views", "SG-0411"),
        ("INSERT INTO nowhere SELECT * FROM views", "SG-0201"),
        ("INSERT INTO views (user, ms) VALUES ('u', 1)", ""),
        ("INSERT INTO views (user, ms) VALUES ('u')", "SG-0408"),
        ("INSERT INTO views (user, msec) VALUES ('u', 1)", "SG-0202"),
        ("INSERT INTO users (name) VALUES ('u')", "SG-0408"),
        ("DROP STREAM users", "SG-0409"),
        ("DROP STREAM nothing", "SG-0201"),
        ("DROP STREAM IF EXISTS nothing", ""),
        ("TERMINATE nothing", "SG-0207"),
    ]);
}

#[test]
fn a_plan_has_the_clauses_in_ksqldbs_order() {
    let (codes, pipeline) = run(
        "CREATE TABLE o AS SELECT page, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 1 HOUR)
         WHERE ms > 1 GROUP BY page HAVING COUNT(*) > 2;",
    );
    assert!(codes.is_empty(), "{codes:?}");
    let nodes = pipeline.expect("a plan").nodes;
    let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["CLICKS", "where", "aggregate", "having", "select", "to O"]);
    let Op::Aggregate(aggregate) = &nodes[2].op else { panic!("{:?}", nodes[2]) };
    // The count of HAVING is that of SELECT.
    assert_eq!((aggregate.calls.len(), aggregate.repartition), (1, Some(1)));
}
