//! A session from inside: what a script does as a whole, rows that are followed, and the way back.

use super::*;
use crate::record::PartitionId;
use crate::time::Timestamp;

mod limits;
mod processing_log;

const CLICKS: &str = "CREATE STREAM clicks (user VARCHAR KEY, page VARCHAR, ms INT)
    WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON', PARTITIONS=2);";

fn session() -> Session {
    let mut session = Session::default();
    run(&mut session, CLICKS);
    session
}

/// Runs a script that must be taken.
fn run(session: &mut Session, script: &str) -> Vec<Outcome> {
    let answers = session.execute(script, Micros(0));
    let outcomes: Vec<Outcome> = answers.into_iter().map(|answer| answer.outcome).collect();
    for outcome in &outcomes {
        assert!(!matches!(outcome, Outcome::Refused { .. }), "{script}: {outcome:?}");
    }
    outcomes
}

/// The messages of a script that must be refused.
fn refused(session: &mut Session, script: &str) -> Vec<String> {
    let answers = session.execute(script, Micros(0));
    let Some(Answer { outcome: Outcome::Refused { diagnostics }, .. }) = answers.last() else {
        panic!("{script}: {answers:?}");
    };
    diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect()
}

fn click(session: &mut Session, user: &str, ms: i32, at: i64) {
    let topics = session.engine_mut().topics_mut();
    let topic = topics.id("clicks").and_then(|id| topics.get_mut(id)).expect("it was created");
    let value = format!("{{\"PAGE\":\"home\",\"MS\":{ms}}}");
    let partition = partition_for_key(user.as_bytes(), 2);
    topic
        .append(partition, Some(user.as_bytes()), Some(value.as_bytes()), &[], Timestamp(at))
        .expect("it fits");
}

fn rows(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Rows { rows, .. } => rows.iter().map(|row| row.join(" ")).collect(),
        other => panic!("{other:?}"),
    }
}

fn pushed(session: &mut Session, id: u32) -> Vec<String> {
    let rows = session.take_rows(id).expect("it runs").rows;
    rows.iter().map(|row| row.join(" ")).collect()
}

#[test]
fn a_script_with_an_error_does_nothing_and_tells_all_of_them() {
    let mut session = session();
    let wrong = refused(
        &mut session,
        "CREATE STREAM a AS SELECT user, pag FROM clicks;
         CREATE STREAM b AS SELECT * FROM nowhere;
         CREATE STREAM c AS SELECT user, ms FROM clicks;
         SELECT * FROM a EMIT CHANGES;
         CREATE STREAM d AS SELECT user, UCASE(ms) AS x FROM c;
         DROP STREAM nothing; TERMINATE nobody;",
    );
    assert_eq!(wrong.len(), 5, "what follows from another error is no news: {wrong:#?}");
    assert_eq!(session.engine().queries().len(), 0);
    assert!(session.workspace().catalog.source("C").is_none());
}

#[test]
fn a_topic_that_is_not_there_needs_a_number_of_partitions() {
    let mut session = Session::default();
    let create = "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');";
    assert_eq!(refused(&mut session, create), ["there is no topic s"]);
    session.engine_mut().create_topic(TopicConfig::new("s", 3)).expect("new");
    run(&mut session, create);
}

#[test]
fn a_push_query_shows_what_comes_and_ends_at_its_limit() {
    let mut session = session();
    click(&mut session, "before", 1, 0);
    let outcomes =
        run(&mut session, "SELECT ms, user FROM clicks WHERE ms > 1 EMIT CHANGES LIMIT 2;");
    let Outcome::Push { id, columns } = &outcomes[0] else { panic!("{outcomes:?}") };
    let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["MS", "USER"], "in the order of the select list");
    for (user, ms) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
        click(&mut session, user, ms, 0);
    }
    session.turn(Micros(0));
    let rows = session.take_rows(*id).expect("it runs");
    assert_eq!((rows.rows.len(), rows.dropped, rows.ended), (2, 0, true));
    assert_eq!(rows.rows[0], ["2", "\"b\""]);
    assert!(session.end_push(*id) && !session.end_push(*id));
}

#[test]
fn a_push_query_can_begin_with_what_is_there_and_aggregate() {
    let mut session = session();
    click(&mut session, "a", 1, 0);
    let outcomes = run(
        &mut session,
        "SET 'auto.offset.reset' = 'earliest';
         SELECT user, COUNT(*) AS n FROM clicks GROUP BY user EMIT CHANGES;",
    );
    let Outcome::Push { id, .. } = outcomes[1] else { panic!("{outcomes:?}") };
    click(&mut session, "a", 1, 0);
    session.turn(Micros(0));
    assert_eq!(pushed(&mut session, id), ["\"a\" 2"], "one update a turn");
    click(&mut session, "a", 1, 0);
    session.turn(Micros(0));
    assert_eq!(pushed(&mut session, id), ["\"a\" 3"]);
}

#[test]
fn rows_that_nobody_takes_are_dropped_and_counted() {
    let mut session = session();
    let outcomes = run(&mut session, "SELECT ms FROM clicks EMIT CHANGES; PRINT clicks;");
    let ids: Vec<u32> = session.pushes().collect();
    assert_eq!((ids.len(), outcomes.len()), (2, 2));
    for ms in 0..1_500 {
        click(&mut session, "a", ms, 0);
    }
    session.turn(Micros(0));
    for id in ids {
        let rows = session.take_rows(id).expect("it runs");
        assert_eq!((rows.rows.len(), rows.dropped), (MOST_WAITING, 500));
    }
}

#[test]
fn there_are_not_too_many_push_queries() {
    let mut session = session();
    for _ in 0..MOST_PUSHES {
        run(&mut session, "SELECT ms FROM clicks EMIT CHANGES;");
    }
    let wrong = refused(&mut session, "PRINT clicks;");
    assert!(wrong[0].contains("push queries run already"), "{wrong:?}");
}

#[test]
fn a_pull_query_looks_tables_up() {
    let mut session = session();
    run(
        &mut session,
        "CREATE TABLE n AS SELECT user, COUNT(*) AS n FROM clicks
             WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY user EMIT CHANGES;
         CREATE TABLE total AS SELECT user, SUM(ms) AS ms FROM clicks GROUP BY user
             HAVING SUM(ms) < 10 EMIT CHANGES;",
    );
    for (user, ms, at) in [("b", 1, 1_000), ("a", 2, 2_000), ("a", 3, 12_000), ("b", 10, 12_000)] {
        click(&mut session, user, ms, at);
    }
    session.turn(Micros(1));
    session.turn(Micros(10_000_000));
    let ask = |session: &mut Session, text: &str| rows(&run(session, text)[0]);
    assert_eq!(ask(&mut session, "SELECT * FROM total;"), ["\"a\" 5"], "b is over the limit");
    let n = "SELECT user, WINDOWSTART, n FROM n WHERE user = 'a' AND WINDOWSTART >= 10000;";
    assert_eq!(ask(&mut session, n), ["\"a\" 10000 1"]);
    let all = ask(&mut session, "SELECT * FROM n WHERE user = 'b';");
    assert_eq!(all, ["\"b\" 0 10000 1", "\"b\" 10000 20000 1"], "with its windows");
    assert_eq!(ask(&mut session, "SELECT n FROM n;").len(), 4);
    assert_eq!(ask(&mut session, "SELECT n FROM n LIMIT 3;").len(), 3);
    assert_eq!(ask(&mut session, "SELECT ms FROM clicks WHERE ms > 2;"), ["3", "10"]);
}

#[test]
fn lists_and_descriptions_tell_what_there_is() {
    let mut session = session();
    run(&mut session, "CREATE TABLE n AS SELECT user, COUNT(*) AS n FROM clicks GROUP BY user;");
    let outcomes = run(
        &mut session,
        "SHOW STREAMS; SHOW TABLES; SHOW TOPICS; SHOW QUERIES; SHOW FUNCTIONS; DEFINE x = 'y';
         SHOW VARIABLES; DESCRIBE n EXTENDED; DESCRIBE FUNCTION substring; SHOW PROPERTIES;
         DESCRIBE STREAMS; SHOW TYPES;",
    );
    let list = |at: usize| match &outcomes[at] {
        Outcome::Lists { lists } => lists[0].clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(list(0).rows, [["CLICKS", "clicks", "KAFKA", "JSON", "no"].map(String::from)]);
    assert_eq!(list(1).rows[0][0], "N");
    let topics: Vec<String> = list(2).rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(topics, ["clicks", "N"]);
    assert_eq!(list(3).rows[0][..2], ["CTAS_N_1", "RUNNING"].map(String::from));
    assert!(list(4).rows.len() > 100);
    assert_eq!(list(6).rows, [["X", "y"].map(String::from)]);
    assert_eq!(list(7).rows[0], ["USER", "VARCHAR", "PRIMARY KEY"].map(String::from));
    assert!(list(8).rows.iter().any(|row| row[1].starts_with("SUBSTRING(")));
}

#[test]
fn a_plan_names_columns_and_windows() {
    let mut session = session();
    let outcomes = run(
        &mut session,
        "EXPLAIN CREATE TABLE n AS SELECT page, COUNT(*) AS n FROM clicks
             WINDOW TUMBLING (SIZE 1 MINUTE) WHERE ms > 3 GROUP BY page;",
    );
    let Outcome::Plan { nodes } = &outcomes[0] else { panic!("{outcomes:?}") };
    let tree = explain::tree(nodes);
    for part in [
        "write [",
        "topic N",
        "aggregate [",
        "by PAGE",
        "tumbling windows of 60000 ms",
        "filter [",
        "MS > 3",
        "read [CLICKS]",
        "repartitions into 2",
    ] {
        assert!(tree.contains(part), "{part} in\n{tree}");
    }
    assert_eq!(session.engine().queries().len(), 0, "nothing runs");
    refused(&mut session, "EXPLAIN SHOW TOPICS;");
}

#[test]
fn a_plan_shows_a_condition_where_it_is_looked_at() {
    let mut session = session();
    let outcomes = run(
        &mut session,
        "CREATE TABLE people (id VARCHAR PRIMARY KEY, name VARCHAR)
           WITH (KAFKA_TOPIC='people', VALUE_FORMAT='JSON', PARTITIONS=2);
         EXPLAIN SELECT c.page, p.name FROM clicks c JOIN people p ON c.user = p.id
           WHERE c.ms > 3 AND p.name <> 'x' EMIT CHANGES;",
    );
    let Outcome::Plan { nodes } = &outcomes[1] else { panic!("{outcomes:?}") };
    let tree = explain::tree(nodes);
    let at = |part: &str| tree.find(part).unwrap_or_else(|| panic!("{part} in\n{tree}"));
    let order = ["P_NAME <> 'x'", "inner join [", "MS > 3", "read [CLICKS]", "read [PEOPLE]"];
    assert!(order.map(at).is_sorted(), "{tree}");
}

#[test]
fn a_checkpoint_brings_statements_and_queries_back() {
    let mut session = session();
    run(&mut session, "CREATE TABLE n AS SELECT user, COUNT(*) AS n FROM clicks GROUP BY user;");
    click(&mut session, "a", 1, 0);
    session.turn(Micros(0));
    let checkpoint = session.checkpoint(Vec::new());
    assert!(session.engine().size_bytes() > 0);
    run(
        &mut session,
        "DROP TABLE n DELETE TOPIC; CREATE STREAM o AS SELECT * FROM clicks; DEFINE x = 'y';",
    );
    session.restore(&checkpoint).expect("of this session");
    let names: Vec<&str> =
        session.engine().queries().map(|query| &*query.pipeline().name).collect();
    assert_eq!(names, ["CTAS_N_1"]);
    assert!(session.workspace().catalog.source("O").is_none());
    click(&mut session, "a", 1, 0);
    session.turn(Micros(0));
    session.turn(Micros(10_000_000));
    assert_eq!(rows(&run(&mut session, "SELECT * FROM n;")[0]), ["\"a\" 2"]);
    let topic = session.engine().topics().by_name("N").expect("it is there again");
    assert!(
        topic.read_at(PartitionId(0), crate::record::Offset(0)).is_some() || topic.appended() > 0
    );
}

#[test]
fn statements_that_only_look_are_known() {
    let (statements, _) = crate::sql::parse(
        "SELECT a FROM s EMIT CHANGES; SHOW TOPICS; EXPLAIN SELECT a FROM s EMIT CHANGES; PRINT s;
         CREATE STREAM x AS SELECT * FROM s; SET 'a'='b'; DEFINE a='b'; TERMINATE ALL;
         INSERT INTO s VALUES (1); DROP STREAM s;",
    );
    let changes: Vec<bool> = statements.iter().map(|s| changes_run(&s.kind)).collect();
    assert_eq!(changes, [false, false, false, false, true, true, true, true, true, true]);
}
