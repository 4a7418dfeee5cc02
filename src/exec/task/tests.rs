//! Tasks from records to topics, and back from checkpoints.

use super::*;
use crate::exec::DropReason;
use crate::plan::{
    Aggregate, AggregateCall, AggregateFunction, Comparison, Emit, Expr, Format, Node, Op, Output,
    Sink, Source,
};
use crate::record::Record;
use crate::schema::Field;
use crate::state::checkpoint::CheckpointError;
use crate::topic::Topic;
use crate::value::Value;
use crate::window::{SessionWindows, TimeWindows};

mod joins;
mod pushed;
mod shapes;
mod tables;

fn source_plan(schema: Schema) -> Source {
    Source::new("", Format::Kafka, Format::Json, schema)
}

fn clicks() -> Source {
    let schema = Schema::new(vec![
        Field::key("sid", DataType::Varchar),
        Field::value("state", DataType::Varchar),
        Field::value("age", DataType::Int),
    ]);
    Source {
        topic: "clicks".to_owned(),
        dead_letters: Some("dead".to_owned()),
        ..source_plan(schema)
    }
}

fn node(name: &str, inputs: Vec<NodeId>, op: Op) -> Node {
    Node { name: name.to_owned(), inputs, op }
}

fn adults() -> Op {
    let age = Box::new(Expr::Literal(Value::Int(18), DataType::Int));
    Op::Filter(Expr::Compare(Comparison::GreaterOrEqual, Box::new(Expr::Column(2)), age))
}

fn count_by_state(window: WindowSpec, emit: Emit) -> Op {
    Op::Aggregate(Aggregate {
        group_by: vec![Output {
            field: Field::key("state", DataType::Varchar),
            expr: Expr::Column(1),
        }],
        repartition: Some(2),
        window: Some(window),
        retention_ms: None,
        calls: vec![AggregateCall {
            field: Field::value("n", DataType::BigInt),
            function: AggregateFunction::Count,
            argument: None,
        }],
        emit,
    })
}

fn sink(topic: &str) -> Op {
    Op::Sink(Sink::new(topic, Format::Kafka, Format::Json))
}

fn pipeline(nodes: Vec<Node>) -> Pipeline {
    Pipeline { name: "test".to_owned(), nodes }
}

fn minutes() -> WindowSpec {
    WindowSpec::Tumbling(TimeWindows::tumbling(60_000).expect("valid"))
}

fn topics() -> Topics {
    let mut topics = Topics::default();
    topics.create(TopicConfig::new("clicks", 2)).expect("new topic");
    topics
}

fn send(topics: &mut Topics, ts: i64, sid: &str, value: Option<&str>) {
    let id = topics.id("clicks").expect("created");
    let topic = topics.get_mut(id).expect("created");
    let (key, value) = (Some(sid.as_bytes()), value.map(str::as_bytes));
    topic.append_keyed(key, value, &[], Timestamp(ts), |_| PartitionId(0)).expect("fits");
}

fn click(topics: &mut Topics, ts: i64, sid: &str, state: &str, age: i32) {
    send(topics, ts, sid, Some(&format!(r#"{{"age":{age},"x":[1],"state":"{state}"}}"#)));
}

/// Key, value and timestamp of every record of a topic in append order, as text.
fn records(topics: &Topics, name: &str) -> Vec<String> {
    let topic = topics.by_name(name).expect("there is the topic");
    topic.last(1_000).iter().map(show).collect()
}

fn show(record: &Record<'_>) -> String {
    let text = |bytes: Option<&[u8]>| {
        bytes.map_or("-".to_owned(), |b| String::from_utf8_lossy(b).escape_debug().to_string())
    };
    format!("{} {} @{}", text(record.key), text(record.value), record.timestamp.0)
}

fn counting(emit: Emit) -> Pipeline {
    pipeline(vec![
        node("source", vec![], Op::Source(clicks())),
        node("adults", vec![0], adults()),
        node("count", vec![1], count_by_state(minutes(), emit)),
        node("sink", vec![2], sink("counts")),
    ])
}

#[test]
fn records_become_counts_in_a_topic() {
    let mut topics = topics();
    let mut task = Task::new(&counting(Emit::Update), &mut topics).expect("valid plan");
    click(&mut topics, 61_000, "1", "home", 30);
    click(&mut topics, 62_000, "2", "home", 17);
    click(&mut topics, 63_000, "3", "home", 18);
    assert_eq!(task.lag(&topics), 3);
    assert_eq!(task.poll(&mut topics, 100), 3);
    assert_eq!(records(&topics, "counts").len(), 2);
    let record = topics.by_name("counts").expect("created").last(1);
    let (key, window) =
        crate::format::kafka::split_time_window(record[0].key.expect("key"), 60_000).expect("time");
    assert_eq!((key, window.start), (&b"home"[..], Timestamp(60_000)));
    assert_eq!(record[0].value, Some(&br#"{"n":2}"#[..]));
    assert_eq!(record[0].timestamp, Timestamp(63_000));
    let stats = task.stats(&topics);
    let flow: Vec<(u64, u64)> = stats.iter().map(|s| (s.rows_in, s.rows_out)).collect();
    assert_eq!(flow, [(3, 3), (3, 2), (2, 2), (2, 2)]);
    assert_eq!(task.lag(&topics), 0);
}

#[test]
fn unreadable_records_go_to_dead_letters_and_deletions_are_counted() {
    let mut topics = topics();
    let mut task = Task::new(&counting(Emit::Update), &mut topics).expect("valid plan");
    send(&mut topics, 1, "1", Some(r#"{"age":"#));
    send(&mut topics, 2, "2", Some(r#"{"age":true,"state":"home"}"#));
    send(&mut topics, 3, "3", None);
    click(&mut topics, 4, "4", "home", 20);
    assert_eq!(task.poll(&mut topics, 100), 4);
    let dead = topics.by_name("dead").expect("created").last(10);
    let errors: Vec<&[u8]> =
        dead.iter().map(|r| r.headers.last().expect("reason").value.as_slice()).collect();
    assert_eq!(errors.len(), 2);
    assert!(errors[0].starts_with(b"value: "), "{errors:?}");
    assert_eq!(dead[0].value, Some(&br#"{"age":"#[..]));
    let stats = task.stats(&topics);
    assert_eq!(stats[0].drops.get(DropReason::Unreadable), 2);
    assert_eq!(stats[1].drops.get(DropReason::Tombstone), 1);
    assert_eq!(stats[2].included, 1);
}

#[test]
fn a_checkpoint_goes_on_where_it_was() {
    let feed = |topics: &mut Topics, from: i64| {
        for i in from..from + 50 {
            click(topics, i * 3_000, &i.to_string(), ["home", "pay"][(i % 2) as usize], 20);
        }
    };
    let run = |crashes: bool| {
        let mut topics = topics();
        let mut task = Task::new(&counting(Emit::Commit), &mut topics).expect("valid plan");
        feed(&mut topics, 0);
        while task.poll(&mut topics, 7) > 0 {
            if crashes {
                let saved = task.checkpoint();
                task = Task::new(&counting(Emit::Commit), &mut topics).expect("valid plan");
                task.restore(&saved).expect("restores");
            }
            task.commit(Timestamp(0), &mut topics);
        }
        let mut table = task.new_chunk(2);
        task.read_table(2, &mut table);
        // Memory depends on how it came to be.
        let figures = |s| OperatorStats { state_bytes: 0, ..s };
        let stats: Vec<_> = task.stats(&topics).into_iter().map(figures).collect();
        (records(&topics, "counts"), stats, table)
    };
    assert_eq!(run(true), run(false));
}

#[test]
fn checkpoints_of_other_plans_and_damaged_ones_are_refused() {
    let mut topics = topics();
    let mut task = Task::new(&counting(Emit::Commit), &mut topics).expect("valid plan");
    click(&mut topics, 1, "1", "home", 20);
    task.poll(&mut topics, 1);
    let saved = task.checkpoint();
    let mut other = Task::new(&counting(Emit::Update), &mut topics).expect("valid plan");
    assert_eq!(other.restore(&saved), Err(CheckpointError::OtherPipeline));
    assert_eq!(task.restore(b"nothing"), Err(CheckpointError::NotACheckpoint));
    for length in (8..saved.len()).step_by(7) {
        assert!(task.restore(&saved[..length]).is_err(), "cut at {length}");
    }
    assert_eq!(task.restore(&saved), Ok(()));
}

#[test]
fn sessions_reach_their_topic_with_end_and_start_and_deletions_without_value() {
    let mut topics = topics();
    let sessions = WindowSpec::Session(SessionWindows::new(1_000).expect("valid"));
    let plan = pipeline(vec![
        node("source", vec![], Op::Source(clicks())),
        node("count", vec![0], count_by_state(sessions, Emit::Update)),
        node("sink", vec![1], sink("sessions")),
    ]);
    let mut task = Task::new(&plan, &mut topics).expect("valid plan");
    click(&mut topics, 1, "1", "pay", 20);
    click(&mut topics, 3, "1", "pay", 20);
    task.poll(&mut topics, 10);
    let written = topics.by_name("sessions").expect("created").last(10);
    let shown: Vec<_> = written
        .iter()
        .map(|r| {
            let key = r.key.expect("key");
            let (key, window) = crate::format::kafka::split_session_window(key).expect("session");
            (key, window.start.0, window.end.0, r.value)
        })
        .collect();
    assert_eq!(
        shown,
        [
            (&b"pay"[..], 1, 1, Some(&br#"{"n":1}"#[..])),
            (&b"pay"[..], 1, 1, None),
            (&b"pay"[..], 1, 3, Some(&br#"{"n":2}"#[..])),
        ]
    );
}

#[test]
fn a_projection_passes_deletions_on() {
    let mut topics = topics();
    let column = |field, index| Output { field, expr: Expr::Column(index) };
    let outputs = vec![
        column(Field::key("sid", DataType::Varchar), 0),
        column(Field::value("age", DataType::Int), 2),
    ];
    let plan = pipeline(vec![
        node("source", vec![], Op::Source(clicks())),
        node("project", vec![0], Op::Project(outputs)),
        node("sink", vec![1], sink("ages")),
    ]);
    let mut task = Task::new(&plan, &mut topics).expect("valid plan");
    click(&mut topics, 1, "a", "pay", 20);
    send(&mut topics, 2, "b", None);
    click(&mut topics, 3, "c", "pay", 30);
    task.poll(&mut topics, 10);
    let expected = [r#"a {\"age\":20} @1"#, "b - @2", r#"c {\"age\":30} @3"#];
    assert_eq!(records(&topics, "ages"), expected);
}

#[test]
fn plans_that_make_no_sense_name_the_node() {
    let refused = |nodes: Vec<Node>| {
        Task::new(&pipeline(nodes), &mut topics()).expect_err("refused").to_string()
    };
    let source = || node("source", vec![], Op::Source(clicks()));
    let final_table = Op::Aggregate(Aggregate {
        group_by: vec![Output {
            field: Field::key("state", DataType::Varchar),
            expr: Expr::Column(1),
        }],
        repartition: None,
        window: None,
        retention_ms: None,
        calls: vec![],
        emit: Emit::Final,
    });
    let no_topic = Source { topic: "none".to_owned(), ..clicks() };
    let window = minutes();
    for (nodes, expected) in [
        (vec![node("s", vec![], Op::Source(no_topic))], "node s: there is no topic none"),
        (vec![source(), source()], "node source: another node has this name"),
        (vec![source(), node("f", vec![], adults())], "node f: it needs 1 inputs and has 0"),
        (vec![source(), node("f", vec![1], adults())], "node f: its input 1 is not before it"),
        (
            vec![source(), node("f", vec![0], Op::Filter(Expr::Column(2)))],
            "node f: the predicate is of type INT, not BOOLEAN",
        ),
        (vec![source(), node("f", vec![0], Op::Filter(Expr::Column(9)))], "node f: column 9 of 3"),
        (vec![source(), node("a", vec![0], final_table)], "node a: EMIT FINAL needs a window"),
        (
            vec![
                source(),
                node("a", vec![0], count_by_state(window, Emit::Final)),
                node("b", vec![1], count_by_state(window, Emit::Final)),
            ],
            "node b: column state is declared VARCHAR but is BIGINT",
        ),
    ] {
        assert_eq!(refused(nodes), expected);
    }
}
