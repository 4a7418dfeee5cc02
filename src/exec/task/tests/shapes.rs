//! Plans with any number of topics, fed record by record; and the shapes that need little more.

use super::*;
use crate::plan::{Explode, OnError, PartitionBy, SystemColumn, TimestampColumn};
use crate::window::SessionWindows;

/// Topics `l` and `r`, and a plan whose last node is written to `out`.
pub(super) struct Harness {
    pub topics: Topics,
    pub task: Task,
    plan: Pipeline,
}

impl Harness {
    pub fn new(mut nodes: Vec<Node>) -> Self {
        let last = nodes.len() - 1;
        if !matches!(nodes[last].op, Op::Sink(_)) {
            nodes.push(node("out", vec![last], sink("out")));
        }
        let plan = pipeline(nodes);
        let mut topics = Topics::default();
        for name in ["l", "r"] {
            topics.create(TopicConfig::new(name, 1)).expect("new topic");
        }
        let task = Task::new(&plan, &mut topics).expect("valid plan");
        Self { topics, task, plan }
    }

    /// Appends a record; does not process it.
    pub fn append(&mut self, topic: &str, ts: i64, key: Option<&[u8]>, value: Option<&str>) {
        let id = self.topics.id(topic).expect("created");
        let topic = self.topics.get_mut(id).expect("created");
        let value = value.map(str::as_bytes);
        topic.append(PartitionId(0), key, value, &[], Timestamp(ts)).expect("fits");
    }

    /// Appends a record and processes it.
    pub fn send(&mut self, topic: &str, ts: i64, key: Option<&str>, value: Option<&str>) {
        self.append(topic, ts, key.map(str::as_bytes), value);
        let id = self.topics.id(topic).expect("created");
        assert_eq!(self.task.poll_topic(&mut self.topics, id, 10), 1);
    }

    /// A value `{"V":n}`.
    pub fn number(&mut self, topic: &str, ts: i64, key: &str, v: Option<i64>) {
        let value = v.map(|v| format!(r#"{{"V":{v}}}"#));
        self.send(topic, ts, Some(key), value.as_deref());
    }

    /// Stops, and goes on with another task from a checkpoint.
    pub fn crash(&mut self) {
        let saved = self.task.checkpoint();
        self.task = Task::new(&self.plan, &mut self.topics).expect("valid plan");
        self.task.restore(&saved).expect("restores");
    }

    pub fn out(&self) -> Vec<String> {
        records(&self.topics, "out")
    }

    pub fn drops(&self, node: usize, reason: DropReason) -> u64 {
        self.task.stats(&self.topics)[node].drops.get(reason)
    }
}

/// A stream or a table of key `K` and value `V`.
pub(super) fn keyed(topic: &str, table: bool) -> Source {
    let schema =
        Schema::new(vec![Field::key("K", DataType::Varchar), Field::value("V", DataType::BigInt)]);
    Source { topic: topic.to_owned(), table, ..source_plan(schema) }
}

pub(super) fn keyed_node(topic: &str, table: bool) -> Node {
    node(topic, vec![], Op::Source(keyed(topic, table)))
}

fn output(field: Field, column: usize) -> Output {
    Output { field, expr: Expr::Column(column) }
}

#[test]
fn a_new_key_may_be_null_and_a_tombstone_stays_one() {
    let plan = PartitionBy {
        outputs: vec![
            output(Field::key("V", DataType::BigInt), 1),
            output(Field::value("K", DataType::Varchar), 0),
        ],
        repartition: Some(1),
    };
    let mut it = Harness::new(vec![
        keyed_node("l", false),
        node("by", vec![0], Op::PartitionBy(plan)),
        node("out", vec![1], Op::Sink(Sink::new("out", Format::Json, Format::Json))),
    ]);
    it.number("l", 1, "a", Some(7));
    it.send("l", 2, Some("b"), Some("{}"));
    it.number("l", 3, "c", None);
    let expected = [r#"7 {\"K\":\"a\"} @1"#, r#"- {\"K\":\"b\"} @2"#, "- - @3"];
    assert_eq!(it.out(), expected);
}

#[test]
fn arrays_of_different_length_are_padded() {
    let ints = DataType::Array(Box::new(DataType::Int));
    let schema = Schema::new(vec![
        Field::key("K", DataType::Varchar),
        Field::value("A", ints.clone()),
        Field::value("B", ints),
    ]);
    let source = Source { topic: "l".to_owned(), ..source_plan(schema) };
    let functions = vec![
        output(Field::value("X", DataType::Int), 1),
        output(Field::value("Y", DataType::Int), 2),
    ];
    let mut it = Harness::new(vec![
        node("l", vec![], Op::Source(source)),
        node("explode", vec![0], Op::Explode(Explode { functions })),
        node(
            "xy",
            vec![1],
            Op::Project(vec![
                output(Field::key("K", DataType::Varchar), 0),
                output(Field::value("X", DataType::Int), 3),
                output(Field::value("Y", DataType::Int), 4),
            ]),
        ),
    ]);
    it.send("l", 1, Some("a"), Some(r#"{"A":[1,null,3],"B":[4]}"#));
    it.send("l", 2, Some("b"), Some(r#"{"A":[],"B":null}"#));
    it.send("l", 3, Some("c"), None);
    it.send("l", 4, Some("d"), Some(r#"{"B":[5]}"#));
    let row = |key, x, y, ts| format!(r#"{key} {{\"X\":{x},\"Y\":{y}}} @{ts}"#);
    let expected = [
        row("a", "1", "4", 1),
        row("a", "null", "null", 1),
        row("a", "3", "null", 1),
        row("d", "null", "5", 4),
    ];
    assert_eq!(it.out(), expected);
    assert_eq!(it.drops(1, DropReason::Tombstone), 1);
}

fn timed(on_invalid: OnError) -> Vec<Node> {
    let schema =
        Schema::new(vec![Field::key("K", DataType::Varchar), Field::value("T", DataType::Varchar)]);
    let format = Some("yyyy-MM-dd".to_owned());
    let source = Source {
        topic: "l".to_owned(),
        value_format: Format::Delimited('|'),
        system_columns: vec![SystemColumn::RowTime, SystemColumn::RowOffset],
        timestamp: Some(TimestampColumn { column: 1, format, on_invalid }),
        ..source_plan(schema)
    };
    vec![
        node("l", vec![], Op::Source(source)),
        node("out", vec![0], Op::Sink(Sink::new("out", Format::Kafka, Format::Delimited(',')))),
    ]
}

#[test]
fn event_time_comes_from_a_column() {
    let mut it = Harness::new(timed(OnError::Skip));
    for value in [Some("1970-01-02"), Some("x"), Some(""), Some("1970|01"), None] {
        it.send("l", 5, Some("a"), value);
    }
    assert_eq!(it.out(), ["a 1970-01-02,86400000,0 @86400000", "a - @5"]);
    assert_eq!(it.drops(0, DropReason::InvalidTimestamp), 1);
    assert_eq!(it.drops(0, DropReason::Unreadable), 2, "no value and two values for one column");
    assert_eq!(it.task.failure(), None);
}

#[test]
fn a_query_that_shall_fail_stops() {
    let mut it = Harness::new(timed(OnError::Fail));
    it.send("l", 5, Some("a"), Some("1970-01-02"));
    it.send("l", 5, Some("a"), Some("x"));
    assert_eq!(it.task.failure(), Some("l: l-0@1: the timestamp column holds no time"));
    it.crash();
    it.append("l", 6, Some(b"a"), Some("1970-01-03"));
    assert_eq!(it.task.poll(&mut it.topics, 10), 0);
    assert_eq!(it.out().len(), 1);
}

#[test]
fn results_take_their_time_from_a_column() {
    let column = TimestampColumn { column: 1, format: None, on_invalid: OnError::Skip };
    let written = Sink {
        null_keys: false,
        timestamp: Some(column),
        partitions: Some(3),
        ..Sink::new("out", Format::Kafka, Format::JsonBare)
    };
    let mut it =
        Harness::new(vec![keyed_node("l", false), node("out", vec![0], Op::Sink(written))]);
    for v in [Some(8), Some(-1), None] {
        it.number("l", 5, "a", v);
    }
    assert_eq!(it.out(), ["a 8 @8", "a - @5"]);
    assert_eq!(it.drops(1, DropReason::InvalidTimestamp), 1);
    assert_eq!(it.topics.by_name("out").map(Topic::partitions), Some(3));
}

#[test]
fn windowed_keys_are_read_and_written() {
    for (spec, key) in [
        (minutes(), &b"a\0\0\0\0\0\0\0\x01"[..]),
        (
            WindowSpec::Session(SessionWindows::new(1).expect("valid")),
            b"a\0\0\0\0\0\0\xea\x61\0\0\0\0\0\0\0\x01",
        ),
    ] {
        let source = Source {
            window: Some(spec),
            system_columns: vec![SystemColumn::WindowStart, SystemColumn::WindowEnd],
            ..keyed("l", false)
        };
        let mut it = Harness::new(vec![node("l", vec![], Op::Source(source))]);
        it.append("l", 9, Some(key), Some(r#"{"V":1}"#));
        it.append("l", 9, Some(b"short"), Some(r#"{"V":1}"#));
        assert_eq!(it.task.poll(&mut it.topics, 10), 2);
        let out = it.topics.by_name("out").expect("created").last(10);
        assert_eq!(out.len(), 1);
        assert_eq!(out[0].key, Some(key));
        assert_eq!(out[0].value, Some(&br#"{"V":1,"WINDOWSTART":1,"WINDOWEND":60001}"#[..]));
        assert_eq!(it.drops(0, DropReason::Unreadable), 1);
    }
}
