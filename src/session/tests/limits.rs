//! A query that would take all memory or time stops, says why, and leaves the others alone.

use super::*;
use crate::exec::Limits;

const ROWS: &str = "CREATE STREAM rows (k VARCHAR KEY, v INT, text VARCHAR)
    WITH (KAFKA_TOPIC='rows', VALUE_FORMAT='JSON', PARTITIONS=1);
    CREATE STREAM others (k VARCHAR KEY, v INT)
    WITH (KAFKA_TOPIC='others', VALUE_FORMAT='JSON', PARTITIONS=1);
    CREATE STREAM calm AS SELECT k, v FROM rows;";

fn bounded(limits: Limits) -> Session {
    let mut engine = Engine::default();
    engine.set_limits(limits);
    let mut session = Session::new(engine, Mode::Live);
    run(&mut session, ROWS);
    session
}

fn append(session: &mut Session, topic: &str, count: i64, value: &str) {
    let topics = session.engine_mut().topics_mut();
    let topic = topics.id(topic).and_then(|id| topics.get_mut(id)).expect("it was created");
    for at in 0..count {
        let value = Some(value.as_bytes());
        topic.append(PartitionId(0), Some(b"k"), value, &[], Timestamp(at)).expect("it fits");
    }
}

/// The only query that stopped, and why; the calm one must have written `calm` records.
fn stopped(session: &Session, calm: u64) -> String {
    let mut failed = session.engine().queries().filter(|query| query.failure().is_some());
    let first = failed.next().expect("a query stopped");
    assert!(failed.next().is_none(), "the others go on");
    let written = session.engine().topics().by_name("CALM").expect("it was created").appended();
    assert_eq!(written, calm);
    first.failure().expect("it stopped").to_owned()
}

#[test]
fn an_array_of_too_many_items_is_not_exploded() {
    let mut session = bounded(Limits::default());
    run(&mut session, "CREATE STREAM bomb AS SELECT k, EXPLODE(GENERATE_SERIES(1, v)) FROM rows;");
    append(&mut session, "rows", 3, r#"{"V": 20000}"#);
    session.turn(Micros(0));
    assert!(session.engine().queries().all(|query| query.failure().is_none()), "at the limit");
    append(&mut session, "rows", 1, r#"{"V": 20001}"#);
    append(&mut session, "rows", 1, r#"{"V": 1}"#);
    for turn in 0..10 {
        session.turn(Micros(turn));
    }
    let why = stopped(&session, 5);
    assert!(why.contains("one row leads to 20001 rows, the limit is 20000"), "{why}");
    let outcome = run(&mut session, "SHOW QUERIES;").pop();
    let Some(Outcome::Lists { lists }) = outcome else { panic!("{outcome:?}") };
    let row = lists[0].rows.iter().find(|row| row[1] == "ERROR").expect("it is shown");
    assert_eq!(row.last(), Some(&why));
    let outcome = run(&mut session, "DESCRIBE rows EXTENDED;").pop();
    let Some(Outcome::Lists { lists }) = outcome else { panic!("{outcome:?}") };
    let figures = lists.last().expect("of the queries");
    assert!(figures.rows.iter().any(|row| row.last() == Some(&why)), "{figures:?}");
}

#[test]
fn a_cross_product_is_stopped() {
    let mut session = bounded(Limits { rows_of_row: 100, ..Limits::default() });
    run(
        &mut session,
        "CREATE STREAM pairs AS SELECT r.k AS k, r.v AS a, o.v AS b FROM rows r
         JOIN others o WITHIN 1 DAY ON r.k = o.k;",
    );
    append(&mut session, "others", 101, r#"{"V": 1}"#);
    session.turn(Micros(0));
    append(&mut session, "rows", 1, r#"{"V": 1}"#);
    session.turn(Micros(0));
    let why = stopped(&session, 1);
    assert!(why.contains("one row leads to 10"), "{why}");
    assert!(why.contains("WITHIN"), "what to do: {why}");
}

#[test]
fn few_rows_cannot_make_too_many_bytes() {
    let mut session = bounded(Limits { output_bytes: 1 << 20, ..Limits::default() });
    run(
        &mut session,
        "CREATE STREAM bomb AS
         SELECT k, EXPLODE(GENERATE_SERIES(1, v)), LPAD(text, 1000, 'x') FROM rows;",
    );
    let text = "y".repeat(1_000);
    append(&mut session, "rows", 1, &format!(r#"{{"V": 10000, "TEXT": "{text}"}}"#));
    session.turn(Micros(0));
    let why = stopped(&session, 1);
    assert!(why.contains("more than 1048576 bytes"), "{why}");
}

#[test]
fn state_has_an_end_and_stops_in_the_same_place_after_a_restore() {
    let run_to = |restore_at: Option<usize>| {
        let mut session = bounded(Limits { state_bytes: 1 << 20, ..Limits::default() });
        run(
            &mut session,
            "CREATE TABLE lists AS SELECT text, COLLECT_LIST(text) AS found FROM rows GROUP BY text;",
        );
        for round in 0..60 {
            let text = "z".repeat(20_000) + &round.to_string();
            append(&mut session, "rows", 5, &format!(r#"{{"V": 1, "TEXT": "{text}"}}"#));
            session.turn(Micros(0));
            if restore_at == Some(round) {
                let checkpoint = session.checkpoint(Vec::new());
                session.restore(&checkpoint).expect("of this session");
            }
        }
        let read: Vec<u64> = session
            .engine()
            .queries()
            .map(|query| query.stats(session.engine().topics()).records_in)
            .collect();
        (stopped(&session, 300), read)
    };
    let (why, read) = run_to(None);
    assert!(why.contains("the limit of a query is 1048576"), "{why}");
    assert!(read[1] < 300, "it read no further: {read:?}");
    for round in [3, 17, 40] {
        assert_eq!(run_to(Some(round)), (why.clone(), read.clone()), "restored after {round}");
    }
}

#[test]
fn a_query_that_has_much_to_read_does_not_hold_up_the_others() {
    let mut session = bounded(Limits::default());
    append(&mut session, "rows", 20_000, r#"{"V": 1, "TEXT": "a text of some length"}"#);
    session.engine_mut().bound_turns(Some(100_000));
    session.turn(Micros(0));
    let lag = |session: &Session| {
        session.engine().queries().map(|q| q.stats(session.engine().topics()).lag).sum::<u64>()
    };
    let first = lag(&session);
    assert!(0 < first && first < 20_000, "{first}");
    let mut turns = 0;
    while lag(&session) > 0 {
        session.turn(Micros(0));
        turns += 1;
        assert!(turns < 200, "it comes to an end");
    }
    assert_eq!(session.engine().topics().by_name("CALM").expect("there").appended(), 20_000);
}

#[test]
fn what_an_expression_makes_has_an_end_and_is_counted() {
    let mut session = bounded(Limits::default());
    run(
        &mut session,
        "CREATE STREAM long AS SELECT k,
           LPAD(text, 2000000, 'x') AS padded,
           REPLACE(LPAD(text, 1000000, 'x'), 'x', LPAD(text, 1000000, 'y')) AS replaced,
           REGEXP_REPLACE(LPAD(text, 1000000, 'x'), 'x', LPAD(text, 1000000, 'y')) AS matched,
           LPAD(text, 1000000, 'x') + LPAD(text, 1000000, 'x') AS joined,
           v FROM rows;",
    );
    append(&mut session, "rows", 1, r#"{"V": 7, "TEXT": "a"}"#);
    session.turn(Micros(0));
    let topic = session.engine().topics().by_name("LONG").expect("it was created");
    let record = topic.read_at(PartitionId(0), crate::record::Offset(0)).expect("one record");
    let value = String::from_utf8_lossy(record.value.expect("a row"));
    assert_eq!(value, r#"{"PADDED":null,"REPLACED":null,"MATCHED":null,"JOINED":null,"V":7}"#);
    let query = session.engine().queries().nth(1).expect("it runs");
    let failed = query.stats(session.engine().topics()).drops.get(crate::exec::DropReason::Failed);
    assert!(failed >= 3, "{failed}");
}

#[test]
fn too_many_windows_of_a_record_are_refused() {
    let mut session = bounded(Limits::default());
    let wrong = refused(
        &mut session,
        "CREATE TABLE w AS SELECT k, COUNT(*) AS n FROM rows
         WINDOW HOPPING (SIZE 1 DAY, ADVANCE BY 1 MILLISECOND) GROUP BY k;",
    );
    assert!(wrong[0].contains("more than 10000 windows"), "{wrong:?}");
}

#[test]
fn deep_nesting_and_what_no_linear_engine_matches_are_refused() {
    let mut session = bounded(Limits::default());
    let deep =
        format!("SELECT {}1{} FROM rows EMIT CHANGES;", "(".repeat(5_000), ")".repeat(5_000));
    assert!(!refused(&mut session, &deep).is_empty());
    let backtracking = "SELECT REGEXP_EXTRACT('(?=(a+)+$)b', text) FROM rows EMIT CHANGES;";
    assert!(refused(&mut session, backtracking)[0].contains("linear time"));
    // Exponential in an engine that goes back; here it is a walk over the text.
    run(
        &mut session,
        "CREATE STREAM s AS SELECT k, REGEXP_EXTRACT('(a+)+$', text) AS x FROM rows;",
    );
    let text = "a".repeat(100_000) + "b";
    append(&mut session, "rows", 1, &format!(r#"{{"V": 1, "TEXT": "{text}"}}"#));
    session.turn(Micros(0));
    assert_eq!(session.engine().topics().by_name("S").expect("it was created").appended(), 1);
}

#[test]
fn limits_can_be_set_for_the_queries_that_follow() {
    let mut session = bounded(Limits::default());
    run(
        &mut session,
        "SET 'streamglass.query.rows.per.row.max' = '3';
         CREATE STREAM bomb AS SELECT k, EXPLODE(GENERATE_SERIES(1, v)) FROM rows;
         UNSET 'streamglass.query.rows.per.row.max';
         CREATE STREAM free AS SELECT k, EXPLODE(GENERATE_SERIES(1, v)) FROM rows;",
    );
    let checkpoint = session.checkpoint(Vec::new());
    session.restore(&checkpoint).expect("whole");
    append(&mut session, "rows", 1, r#"{"V": 4}"#);
    session.turn(Micros(0));
    let why = stopped(&session, 1);
    assert!(why.contains("one row leads to 4 rows, the limit is 3"), "{why}");
    assert!(why.contains("SET 'streamglass.query.rows.per.row.max'"), "what to do: {why}");
}

#[test]
fn limits_are_listed_and_refused_with_what_they_may_be() {
    let mut session = bounded(Limits::default());
    let name = "streamglass.query.state.bytes.max";
    let wrong = refused(&mut session, &format!("SET '{name}' = 'much';"));
    assert_eq!(
        wrong,
        [format!("{name} cannot be 'much': it is a whole number from 65536 to 1073741824")]
    );
    let wrong = refused(&mut session, "SET 'streamglass.query.memory' = '1';");
    assert!(wrong[0].contains("no property streamglass.query.memory"), "{wrong:?}");
    run(&mut session, &format!("SET '{name}' = '65536'; SET 'ksql.service.id' = 'x';"));
    let outcome = run(&mut session, "SHOW PROPERTIES;").pop();
    let Some(Outcome::Lists { lists }) = outcome else { panic!("{outcome:?}") };
    let row = lists[0].rows.iter().find(|row| row[0] == name).expect("it is listed");
    assert_eq!((row[1].as_str(), row[2].as_str()), ("65536", "134217728"));
    assert!(lists[0].rows.iter().any(|row| row[0] == "ksql.service.id"));
}
