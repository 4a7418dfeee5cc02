//! Many running queries on one topic against one: what they read of its JSON, they read together.

use streamglass::engine::Engine;
use streamglass::plan::{
    Comparison, Expr, Format, Node, Op, Output, Pipeline, Sink, Source, optimize,
};
use streamglass::schema::{Field, Schema};
use streamglass::time::Micros;
use streamglass::topic::TopicConfig;
use streamglass::value::{DataType, Value};

use super::input::{Record, clicks};
use super::{Loop, Run};

const RECORDS: usize = 32_768;
/// Records that come between two turns: as many as a lab's turn has at most.
pub const TURN: usize = 4_096;
pub const TURN_MICROS: i64 = 100_000;
const QUERIES: usize = 100;

const TOPIC: &str = "clicks";
const RESULTS: &str = "results";
const ONE: &str = "engine: one query on one topic";

pub fn loops() -> Vec<Loop> {
    let records = RECORDS as u64;
    vec![
        Loop {
            name: "engine: 100 queries on one topic",
            records,
            plain: Some(ONE),
            prepare: || run(QUERIES),
        },
        Loop { name: ONE, records, plain: None, prepare: || run(1) },
    ]
}

/// `SELECT … FROM clicks WHERE uid = …`, each for another user and of another column.
fn query(number: usize, uid: &str) -> Pipeline {
    let wanted = ["state", "contentId", "country_code", "url"][number % 4];
    let text = |name: &str| Field::value(name, DataType::Varchar);
    let schema = Schema::new(vec![text("uid"), text(wanted)]);
    let user = Expr::Literal(Value::varchar(uid), DataType::Varchar);
    let is_user = Expr::Compare(Comparison::Equal, Box::new(Expr::Column(0)), Box::new(user));
    let output = Output { field: text(wanted), expr: Expr::Column(1) };
    let ops = [
        Op::Source(Source::new(TOPIC, Format::None, Format::Json, schema)),
        Op::Filter(is_user),
        Op::Project(vec![output]),
        Op::Sink(Sink::new(RESULTS, Format::None, Format::Json)),
    ];
    let node = |(at, op): (usize, Op)| Node {
        name: at.to_string(),
        inputs: at.checked_sub(1).into_iter().collect(),
        op,
    };
    let nodes = ops.into_iter().enumerate().map(node).collect();
    let mut pipeline = Pipeline { name: number.to_string(), nodes };
    optimize(&mut pipeline);
    pipeline
}

fn run(queries: usize) -> Run {
    let records = clicks(RECORDS);
    let uids: Vec<String> = super::input::rows(queries).into_iter().map(|row| row.uid).collect();
    let mut engine = Engine::default();
    for name in [TOPIC, RESULTS] {
        let config = TopicConfig { retention_bytes: Some(8 << 20), ..TopicConfig::new(name, 4) };
        engine.create_topic(config).expect("a new topic");
    }
    for (number, uid) in uids.iter().enumerate() {
        engine.start(query(number, uid)).expect("a valid plan");
    }
    let mut now = Micros(0);
    Box::new(move || {
        for records in records.chunks(TURN) {
            append(&mut engine, TOPIC, records);
            now = now.plus(TURN_MICROS);
            engine.turn(now);
        }
        let figures = engine.queries().map(|query| query.stats(engine.topics()));
        figures.map(|stats| stats.records_in + stats.records_out).sum()
    })
}

/// Appends records to a topic.
pub fn append(engine: &mut Engine, topic: &str, records: &[Record]) {
    let topics = engine.topics_mut();
    let id = topics.id(topic).expect("it was created");
    let topic = topics.get_mut(id).expect("it was created");
    for Record { key, time, value } in records {
        let keyless = |_| unreachable!("without faults every record has a key");
        topic.append_keyed(key.as_deref(), Some(value), &[], *time, keyless).expect("it fits");
    }
}
