//! Tasks that share what they read against the same tasks that do not.

use proptest::prelude::*;

use super::*;
use crate::plan::{Node, Op, Pipeline, Sink};
use crate::record::PartitionId;
use crate::topic::{TopicConfig, Topics};
use crate::value::DataType;

/// Records that some sources read, some cannot, and some not at all.
const VALUES: [Option<&str>; 9] = [
    Some(r#"{"a":1,"b":"x","c":[1,2],"t":5}"#),
    Some(r#"{"b":"yy","a":2,"t":7}"#),
    Some(r#"{"a":"no number","b":"z","c":[3],"t":9}"#),
    Some(r#"{"a":3,"b":"w","c":7,"t":-1}"#),
    Some(r#"{"a":4,"b":["#),
    Some("{}"),
    Some(r#"{"a":6,"b":"{\"x\":[1,{}]}","t":3}"#),
    Some(r#"{"A":5,"b":"\u00e9","t":11}"#),
    None,
];

fn sources() -> Vec<Source> {
    let key = || Field::key("k", DataType::Varchar);
    let a = || Field::value("a", DataType::BigInt);
    let b = || Field::value("b", DataType::Varchar);
    let c = Field::value("c", DataType::Array(Box::new(DataType::Int)));
    let t = || Field::value("t", DataType::BigInt);
    let source = |fields: Vec<Field>| {
        let source = Source::new("in", Format::Kafka, Format::Json, Schema::new(fields));
        Source { dead_letters: Some("dead".to_owned()), ..source }
    };
    let by_time = TimestampColumn { column: 1, format: None, on_invalid: Default::default() };
    vec![
        source(vec![key(), a()]),
        source(vec![key(), b(), a()]),
        source(vec![key(), Field::value("a", DataType::Varchar)]),
        Source {
            system_columns: vec![SystemColumn::RowOffset, SystemColumn::RowTime],
            ..source(vec![key(), c, b()])
        },
        Source { timestamp: Some(by_time), ..source(vec![key(), t(), b()]) },
        Source { table: true, ..source(vec![key(), b()]) },
        // Of another form: it has no one to share with.
        Source { key_format: Format::None, ..source(vec![a()]) },
        source(vec![key()]),
        // Other formats, which share when all their columns are the same.
        in_text(&[("v", "$.b")]),
        in_text(&[("v", "$.a"), ("v", "$.b")]),
        in_text(&[]),
        Source {
            system_columns: vec![SystemColumn::RowTime],
            extracts: vec![Extract { column: 1, path: "$.x".to_owned() }],
            ..source(vec![key(), b()])
        },
    ]
}

/// A source of whole values as text, with what it finds in columns.
fn in_text(extracts: &[(&str, &str)]) -> Source {
    let fields = vec![Field::key("k", DataType::Varchar), Field::value("v", DataType::Varchar)];
    let extracts = extracts.iter().map(|(column, path)| Extract {
        column: fields.iter().position(|field| *field.name == **column).expect("a column"),
        path: (*path).to_owned(),
    });
    let extracts = extracts.collect();
    let source = Source::new("in", Format::Kafka, Format::Kafka, Schema::new(fields));
    Source { extracts, ..source }
}

fn pipeline(at: usize, source: Source) -> Pipeline {
    let node = |name: &str, inputs, op| Node { name: name.to_owned(), inputs, op };
    let value = if source.output().values().next().is_none() { Format::None } else { Format::Json };
    let sink = Sink::new(format!("out{at}"), source.key_format, value);
    let nodes = vec![node("in", vec![], Op::Source(source)), node("out", vec![0], Op::Sink(sink))];
    Pipeline { name: at.to_string(), nodes }
}

/// Tasks over one topic, with what they share if they do.
struct Side {
    topics: Topics,
    tasks: Vec<Task>,
    shared: SharedReads,
}

impl Side {
    fn new(sources: Vec<Source>, shares: bool) -> Self {
        let mut topics = Topics::default();
        topics.create(TopicConfig::new("in", 2)).expect("new");
        let start = |(at, source)| Task::new(&pipeline(at, source), &mut topics).expect("valid");
        let mut tasks: Vec<Task> = sources.into_iter().enumerate().map(start).collect();
        let shared =
            if shares { SharedReads::of(tasks.iter_mut()) } else { SharedReads::default() };
        Self { topics, tasks, shared }
    }

    fn append(&mut self, n: usize, has_key: bool) {
        let id = self.topics.id("in").expect("created");
        let topic = self.topics.get_mut(id).expect("created");
        let key = has_key.then_some(&b"key"[..]);
        let (partition, at) = (PartitionId(n as u32 / 3 % 2), Timestamp(n as i64));
        let value = VALUES[n % VALUES.len()].map(str::as_bytes);
        topic.append(partition, key, value, &[], at).expect("fits");
    }

    fn poll(&mut self, task: usize, most: usize) -> usize {
        self.tasks[task].poll_shared(&mut self.topics, &mut self.shared, most)
    }

    /// Every record of every topic but the first, and the state of every task.
    fn all(&self) -> (Vec<String>, Vec<Vec<u8>>) {
        let written = self.topics.iter().skip(1).flat_map(|(_, topic)| {
            let name = topic.name();
            topic.last(usize::MAX).into_iter().map(move |record| format!("{name} {record:?}"))
        });
        (written.collect(), self.tasks.iter().map(Task::checkpoint).collect())
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Append(usize, bool),
    Poll(usize, usize),
    Turn,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_usize..27, prop::bool::weighted(0.9)).prop_map(|(n, key)| Step::Append(n, key)),
        4 => (0..sources().len(), 1_usize..6).prop_map(|(task, most)| Step::Poll(task, most)),
        1 => Just(Step::Turn),
    ]
}

proptest! {
    #[test]
    fn what_is_shared_changes_nothing(steps in prop::collection::vec(step(), 0..80)) {
        let mut sides = [Side::new(sources(), true), Side::new(sources(), false)];
        for step in steps {
            for side in &mut sides {
                match step {
                    Step::Append(n, has_key) => side.append(n, has_key),
                    Step::Poll(task, most) => _ = side.poll(task, most),
                    Step::Turn => side.shared.clear(),
                }
            }
        }
        for task in 0..sides[0].tasks.len() {
            sides.iter_mut().for_each(|side| _ = side.poll(task, 1_000));
        }
        let [shared, alone] = &sides;
        prop_assert_eq!(shared.all(), alone.all());
    }
}

/// Three queries of two columns.
fn alike() -> Side {
    let source = || sources().swap_remove(0);
    Side::new(vec![source(), source(), sources().swap_remove(1)], true)
}

#[test]
fn records_are_read_once_for_all() {
    let mut side = alike();
    (0..100).for_each(|_| side.append(0, true));
    (0..3).for_each(|task| _ = side.poll(task, 1_000));
    assert_eq!(side.shared.counts(), (100, 300));
    side.shared.clear();
    side.append(0, true);
    (0..3).for_each(|task| _ = side.poll(task, 1_000));
    assert_eq!(side.shared.counts(), (101, 303));
}

#[test]
fn texts_are_read_and_searched_once_for_all() {
    let mut side = Side::new(vec![in_text(&[("v", "$.b")]), in_text(&[("v", "$.b")])], true);
    (0..10).for_each(|n| side.append(n % 2, true));
    (0..2).for_each(|task| assert_eq!(side.poll(task, 1_000), 10));
    assert_eq!(side.shared.counts(), (10, 20));
    let found = |topic: &str| {
        let records = side.topics.by_name(topic).expect("written").last(1);
        String::from_utf8(records[0].value.expect("a value").to_vec()).expect("UTF-8")
    };
    assert_eq!(found("out0"), found("out1"));
    assert!(found("out0").ends_with(r#"$.b')":"yy"}"#), "{}", found("out0"));
}

#[test]
fn a_query_alone_reads_for_itself() {
    let mut side = Side::new(vec![sources().swap_remove(0), sources().swap_remove(6)], true);
    side.append(0, true);
    assert_eq!((side.poll(0, 9), side.poll(1, 9)), (1, 1));
    assert_eq!(side.shared.counts(), (0, 0));
}

#[test]
fn queries_at_different_places_share_from_where_they_meet() {
    let mut side = alike();
    (0..10).for_each(|_| side.append(0, true));
    (0..2).for_each(|task| _ = side.poll(task, 1_000));
    assert_eq!(side.shared.counts(), (10, 20));
    side.shared.clear();
    (0..10).for_each(|_| side.append(0, true));
    // The third begins: nobody is with it, until it comes to the tenth record.
    assert_eq!(side.poll(0, 1_000), 10);
    assert_eq!(side.shared.counts(), (20, 30));
    assert_eq!(side.poll(2, 1_000), 20);
    assert_eq!(side.shared.counts(), (20, 40));
    assert_eq!(side.poll(1, 1_000), 10);
    assert_eq!(side.shared.counts(), (20, 50));
}

#[test]
fn who_is_ahead_begins_anew_where_it_is() {
    let mut side = alike();
    (0..10).for_each(|_| side.append(0, true));
    (0..2).for_each(|task| _ = side.poll(task, 1_000));
    (0..10).for_each(|_| side.append(0, true));
    side.shared.clear();
    // The one that is behind comes first, and not as far as where the others are.
    assert_eq!(side.poll(2, 4), 4);
    for (most, expected) in [(1, (14, 24)), (9, (23, 33))] {
        assert_eq!(side.poll(0, most), most);
        assert_eq!(side.shared.counts(), expected, "{most}");
    }
    assert_eq!(side.poll(1, 1_000), 10);
    assert_eq!(side.shared.counts(), (23, 42));
}
