//! Windowed queries over rows in memory, each beside the plain loop that one would write first:
//! typed structs and the standard hash map. Reading JSON is measured elsewhere.

#![allow(missing_docs, reason = "criterion's macros make undocumented items")]
#![allow(clippy::disallowed_types, reason = "the plain loops use what a plain loop uses")]

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use datasketches::hash::value::raw_bytes;
use datasketches::hll::{HllSketch, HllType};
use streamglass::chunk::Chunk;
use streamglass::exec::Task;
use streamglass::plan::{
    Aggregate, AggregateCall, AggregateFunction, Emit, Expr, Format, Node, Op, Output, Pipeline,
    Source,
};
use streamglass::rng::Seed;
use streamglass::schema::{Field, Schema};
use streamglass::time::{HOUR_MS, MINUTE_MS, Timestamp};
use streamglass::topic::{TopicConfig, Topics};
use streamglass::value::{DataType, Value};
use streamglass::window::{SessionWindows, TimeWindows, WindowSpec};

const ROWS: usize = 1_000_000;
const CHUNK_ROWS: usize = 2_048;
const LG_K: u8 = 12;
const GRACE_MS: i64 = MINUTE_MS;
const STATES: [&str; 7] = ["home", "content", "search", "subscribe", "pay", "login", "exit"];

struct Row {
    ts: i64,
    content_id: String,
    state: &'static str,
    user: String,
    country: String,
    sid: String,
}

/// Four hours of 100,000 users on 7 contents, in 7 states and 60 countries; records up to two
/// seconds out of order, about ten to a session.
fn generate() -> Vec<Row> {
    let mut stream = Seed(1).stream("bench");
    let mut sessions = vec![0_u32; 100_000];
    (0..ROWS)
        .map(|i| {
            let user = stream.below(100_000);
            let session = &mut sessions[user as usize];
            *session += u32::from(stream.chance(0.1));
            Row {
                ts: i as i64 * 4 * HOUR_MS / ROWS as i64 + 10_000 - i64::from(stream.below(2_000)),
                content_id: format!("Content {}", stream.below(7)),
                state: STATES[stream.below(7) as usize],
                user: format!("user-{user:06}"),
                country: format!("country {}", stream.below(60)),
                sid: format!("{user:06x}-{session:04x}-5e55-1011"),
            }
        })
        .collect()
}

const COLUMNS: [&str; 5] = ["contentId", "state", "uid", "country", "sid"];

fn chunks(rows: &[Row]) -> Vec<Chunk> {
    rows.chunks(CHUNK_ROWS)
        .map(|rows| {
            let mut chunk = Chunk::new(&[const { DataType::Varchar }; 5]);
            for (i, row) in rows.iter().enumerate() {
                let texts = [&row.content_id, row.state, &row.user, &row.country, &row.sid];
                for (column, text) in chunk.columns.iter_mut().zip(texts) {
                    column.push(&Value::varchar(text));
                }
                chunk.timestamps.push(Timestamp(row.ts));
                chunk.partitions.push(0);
                chunk.offsets.push(i as i64);
            }
            chunk
        })
        .collect()
}

fn task(
    group_by: &[usize],
    window: WindowSpec,
    calls: &[(AggregateFunction, Option<usize>)],
) -> (Task, Topics) {
    let fields = COLUMNS.map(|name| Field::value(name, DataType::Varchar)).to_vec();
    let source = Source {
        topic: "clicks".to_owned(),
        key_format: Format::None,
        value_format: Format::Json,
        schema: Schema::new(fields),
        dead_letters: None,
    };
    let group_by = group_by.iter().map(|&index| Output {
        field: Field::key(COLUMNS[index], DataType::Varchar),
        expr: Expr::Column(index),
    });
    let calls = calls.iter().enumerate().map(|(i, &(function, column))| {
        let argument = column.map(Expr::Column);
        let data_type =
            function.result_type(argument.as_ref().map(|_| &DataType::Varchar)).expect("valid");
        let field = Field::value(&format!("C{i}"), data_type);
        AggregateCall { field, function, argument }
    });
    let aggregate = Aggregate {
        group_by: group_by.collect(),
        repartition: Some(4),
        window: Some(window),
        retention_ms: None,
        calls: calls.collect(),
        emit: Emit::Final,
    };
    let node = |name: &str, inputs, op| Node { name: name.to_owned(), inputs, op };
    let nodes = vec![
        node("source", vec![], Op::Source(source)),
        node("aggregate", vec![0], Op::Aggregate(aggregate)),
    ];
    let mut topics = Topics::default();
    topics.create(TopicConfig::new("clicks", 4)).expect("new topic");
    let task = Task::new(&Pipeline { name: "bench".to_owned(), nodes }, &mut topics);
    (task.expect("valid plan"), topics)
}

fn push_all((mut task, mut topics): (Task, Topics), chunks: &[Chunk]) -> Task {
    for chunk in chunks {
        task.push_rows(0, chunk, &mut topics);
    }
    task
}

type Distinct<'a> = HashMap<(i64, &'a str, &'a str), (u64, HllSketch)>;

fn plain_tumbling(rows: &[Row]) -> Distinct<'_> {
    let mut groups = Distinct::new();
    for row in rows {
        let start = row.ts - row.ts.rem_euclid(MINUTE_MS);
        let (count, users) = groups
            .entry((start, &*row.content_id, row.state))
            .or_insert_with(|| (0, HllSketch::new(LG_K, HllType::Hll8).expect("valid")));
        *count += 1;
        users.update(raw_bytes::from_str(&row.user));
    }
    groups
}

fn plain_hopping(rows: &[Row]) -> HashMap<(i64, &str), u64> {
    let mut groups = HashMap::new();
    for row in rows {
        let last = row.ts - row.ts.rem_euclid(MINUTE_MS);
        let mut start = (last - HOUR_MS + MINUTE_MS).max(0);
        while start <= last {
            *groups.entry((start, &*row.country)).or_default() += 1;
            start += MINUTE_MS;
        }
    }
    groups
}

/// What one writes second: counts by minute, to be added up when an hour is read.
fn plain_hopping_by_minute(rows: &[Row]) -> HashMap<(i64, &str), u64> {
    let mut groups = HashMap::new();
    for row in rows {
        let minute = row.ts - row.ts.rem_euclid(MINUTE_MS);
        *groups.entry((minute, &*row.country)).or_default() += 1;
    }
    groups
}

type Sessions<'a> = HashMap<&'a str, Vec<(i64, i64, Vec<&'a str>)>>;

fn plain_sessions(rows: &[Row]) -> Sessions<'_> {
    let gap_ms = 30 * MINUTE_MS;
    let mut sessions = Sessions::new();
    for row in rows {
        let of_sid = sessions.entry(&*row.sid).or_default();
        match of_sid.last_mut() {
            Some((start, end, states)) if row.ts - *end <= gap_ms && *start - row.ts <= gap_ms => {
                (*start, *end) = ((*start).min(row.ts), (*end).max(row.ts));
                states.push(row.state);
            }
            _ => of_sid.push((row.ts, row.ts, vec![row.state])),
        }
    }
    sessions
}

fn engine(c: &mut Criterion) {
    let rows = generate();
    let chunks = chunks(&rows);
    let tumbling = TimeWindows::tumbling(MINUTE_MS).and_then(|w| w.with_grace(GRACE_MS));
    let hopping = TimeWindows::hopping(HOUR_MS, MINUTE_MS).and_then(|w| w.with_grace(GRACE_MS));
    let sessions = SessionWindows::new(30 * MINUTE_MS).and_then(|w| w.with_grace(GRACE_MS));
    let tumbling = WindowSpec::Tumbling(tumbling.expect("valid"));
    let hopping = WindowSpec::Hopping(hopping.expect("valid"));
    let sessions = WindowSpec::Session(sessions.expect("valid"));
    let count = (AggregateFunction::Count, None);
    let users = (AggregateFunction::ApproxCountDistinct { lg_k: LG_K }, Some(2));
    let states = (AggregateFunction::CollectList { limit: 1_000 }, Some(1));

    let mut group = c.benchmark_group("tumbling 1 min: count, approximate distinct users");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("plain", |b| b.iter_with_large_drop(|| plain_tumbling(black_box(&rows))));
    group.bench_function("engine", |b| {
        b.iter_batched(
            || task(&[0, 1], tumbling, &[count, users]),
            |task| push_all(task, &chunks),
            BatchSize::PerIteration,
        );
    });
    group.finish();

    let mut group = c.benchmark_group("hopping 1 h by 1 min: count by country");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("plain", |b| b.iter_with_large_drop(|| plain_hopping(black_box(&rows))));
    group.bench_function("plain by minute", |b| {
        b.iter_with_large_drop(|| plain_hopping_by_minute(black_box(&rows)));
    });
    group.bench_function("engine", |b| {
        b.iter_batched(
            || task(&[3], hopping, &[count]),
            |task| push_all(task, &chunks),
            BatchSize::PerIteration,
        );
    });
    group.finish();

    let mut group = c.benchmark_group("session 30 min by sid: states");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("plain", |b| b.iter_with_large_drop(|| plain_sessions(black_box(&rows))));
    group.bench_function("engine", |b| {
        b.iter_batched(
            || task(&[4], sessions, &[states]),
            |task| push_all(task, &chunks),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
