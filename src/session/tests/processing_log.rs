//! The processing log: what queries could not read, compute or write.

use super::*;
use crate::engine::processing_log::TOPIC;
use crate::exec::DropReason;
use crate::record::Offset;

const SCRIPT: &str = "CREATE STREAM s (a INT, t VARCHAR)
      WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
    CREATE STREAM first AS SELECT a, CAST(t AS BIGINT) AS b FROM s;
    CREATE STREAM second AS SELECT a FROM s WHERE CAST(t AS INT) > 1;";

fn session_of(script: &str) -> Session {
    let mut session = Session::new(Engine::default(), Mode::Live);
    run(&mut session, script);
    session
}

fn append(session: &mut Session, values: &[&[u8]]) {
    let topics = session.engine_mut().topics_mut();
    let topic = topics.id("s").and_then(|id| topics.get_mut(id)).expect("it was created");
    for value in values {
        topic.append(PartitionId(0), None, Some(value), &[], Timestamp(7)).expect("it fits");
    }
}

fn turn(session: &mut Session) {
    session.turn(Micros(5_000_000));
}

/// The records of the log.
fn logged(session: &Session) -> Vec<String> {
    let topic = session.engine().topics().by_name(TOPIC).expect("it is there");
    let end = topic.log_end(PartitionId(0)).expect("a partition").0;
    let record = |offset| topic.read_at(PartitionId(0), Offset(offset)).expect("it is kept");
    (0..end)
        .map(record)
        .map(|record| {
            assert_eq!(record.timestamp, Timestamp(5_000), "virtual time");
            String::from_utf8(record.value.expect("a value").to_vec()).expect("UTF-8")
        })
        .collect()
}

#[test]
fn each_query_logs_what_it_cannot_read_or_compute() {
    let mut session = session_of(SCRIPT);
    append(&mut session, &[&b"{\"a\": \"x\"}"[..], b"\xff", b"{\"a\": 1, \"t\": \"no\"}"]);
    turn(&mut session);
    let logged = logged(&session);
    assert_eq!(logged.len(), 6, "{logged:#?}");
    assert!(session.engine().shared_reads().0 > 0, "they read together");
    let (first, others) = logged.split_first().expect("six");
    assert_eq!(
        first,
        "{\"level\":\"ERROR\",\"logger\":\"processing.CSAS_FIRST_1.S.deserializer\",\"time\":5000,\
         \"message\":{\"type\":0,\"deserializationError\":{\"target\":\"value\",\"errorMessage\":\
         \"value: cannot become INT: a string at byte 7 in member \\\"a\\\"\",\"recordB64\":\
         \"eyJhIjogIngifQ==\",\"cause\":[],\"topic\":\"s\",\"partition\":0,\"offset\":0},\
         \"recordProcessingError\":null,\"productionError\":null,\"serializationError\":null,\
         \"kafkaStreamsThreadError\":null}}"
    );
    assert!(others[0].contains("\"recordB64\":\"/w==\""), "bytes that are no text: {}", others[0]);
    assert!(
        others[1].contains("\"type\":1")
            && others[1].contains("Error computing expression CAST(T AS BIGINT) for column B")
            && others[1].contains("\"record\":\"{\\\"A\\\":1,\\\"T\\\":\\\"no\\\"}\""),
        "{}",
        others[1]
    );
    assert!(others[2].contains("CSAS_SECOND_2.S.deserializer"), "{}", others[2]);
    assert!(others[4].contains("Error evaluating predicate"), "{}", others[4]);
}

#[test]
fn what_cannot_be_written_is_logged_with_the_reason() {
    // Five texts under the limit of one make a record over that of a topic.
    let texts = format!("ARRAY[{}]", ["RPAD('', 900000, 'x')"; 5].join(", "));
    let mut session = session_of(&format!(
        "CREATE STREAM s (a BIGINT, t VARCHAR, u ARRAY<VARCHAR>)
           WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
         CREATE STREAM large AS SELECT a, {texts} AS u FROM s;
         CREATE STREAM timed WITH (TIMESTAMP='A') AS SELECT a, t FROM s;"
    ));
    append(&mut session, &[&b"{\"t\": \"no\"}"[..]]);
    turn(&mut session);
    let logged = logged(&session);
    let [large, timed] = &logged[..] else { panic!("{logged:#?}") };
    assert!(
        large.contains("\"logger\":\"processing.CSAS_LARGE_1.")
            && large.contains("\"type\":2")
            && large.contains("\"productionError\":{\"errorMessage\":\"a record of 4500")
            && large.contains("is over the topic's limit of 4194304\"}"),
        "{large}"
    );
    assert!(
        timed.contains("\"logger\":\"processing.CSAS_TIMED_2.")
            && timed.contains("\"type\":1")
            && timed.contains("timestamp column holds no time")
            && timed.contains("\"record\":\"{\\\"A\\\":null,\\\"T\\\":\\\"no\\\"}\""),
        "{timed}"
    );
    let too_large = format!("INSERT INTO s (u) VALUES ({texts});");
    let why = refused(&mut session, &too_large);
    assert!(why[0].contains("cannot be written: a record of 4500"), "{why:?}");
    for (query, reason) in [(0, DropReason::Unwritable), (1, DropReason::InvalidTimestamp)] {
        let query = session.engine().queries().nth(query).expect("it runs");
        assert_eq!(query.stats(session.engine().topics()).drops.get(reason), 1);
    }
}

#[test]
fn the_log_is_a_stream_and_part_of_checkpoints() {
    let mut session = session_of(SCRIPT);
    run(
        &mut session,
        "CREATE STREAM errors AS SELECT logger, message->deserializationError->`offset` AS place
         FROM KSQL_PROCESSING_LOG WHERE message->type = 0;",
    );
    append(&mut session, &[&b"{"[..]]);
    turn(&mut session);
    let checkpoint = session.checkpoint(Vec::new());
    append(&mut session, &[&b"{"[..], &b"["[..]]);
    turn(&mut session);
    let there = logged(&session);
    let errors = |session: &Session| {
        session.engine().topics().by_name("ERRORS").expect("it was created").appended()
    };
    assert_eq!((there.len(), errors(&session)), (6, 6));
    session.restore(&checkpoint).expect("whole");
    assert_eq!((logged(&session).len(), errors(&session)), (2, 2));
    append(&mut session, &[&b"{"[..], &b"["[..]]);
    turn(&mut session);
    assert_eq!((logged(&session), errors(&session)), (there, 6));
}

#[test]
fn the_log_is_bounded_and_says_what_is_not_in_it() {
    let mut session = session_of(SCRIPT);
    append(&mut session, &[&b"{"[..]; 300]);
    turn(&mut session);
    assert_eq!(logged(&session).len(), 2 * 256);
    for query in session.engine().queries() {
        let drops = query.stats(session.engine().topics()).drops;
        assert_eq!(drops.get(DropReason::Unreadable), 300);
        assert_eq!(drops.get(DropReason::Unlogged), 44);
    }
}

#[test]
fn a_query_over_the_log_does_not_feed_itself() {
    let mut session = session_of(SCRIPT);
    run(
        &mut session,
        "CREATE STREAM bad AS SELECT CAST(logger AS INT) AS n FROM KSQL_PROCESSING_LOG;",
    );
    append(&mut session, &[&b"{"[..]]);
    turn(&mut session);
    turn(&mut session);
    assert_eq!(logged(&session).len(), 2);
}

#[test]
fn without_its_topic_errors_are_counted() {
    let mut session = session_of(SCRIPT);
    run(&mut session, "DROP STREAM KSQL_PROCESSING_LOG DELETE TOPIC;");
    append(&mut session, &[&b"{"[..]]);
    turn(&mut session);
    for query in session.engine().queries() {
        let drops = query.stats(session.engine().topics()).drops;
        assert_eq!(drops.get(DropReason::Unlogged), 1);
    }
}
