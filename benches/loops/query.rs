//! The windowed queries as plans, and how a task runs them over records or rows.

use streamglass::aggregate::AggregateFunction;
use streamglass::chunk::Chunk;
use streamglass::exec::Task;
use streamglass::plan::{
    Aggregate, AggregateCall, Emit, Expr, Format, Node, Op, Output, Pipeline, Source,
};
use streamglass::schema::{Field, Schema};
use streamglass::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use streamglass::topic::{TopicConfig, Topics};
use streamglass::value::{DataType, Value};
use streamglass::window::{SessionWindows, TimeWindows, WindowSpec};

use super::input::Click;

/// The topic that is read.
pub const CLICKS: &str = "clicks";
/// Size of the tumbling windows and advance of the hopping ones.
pub const STEP_MS: i64 = MINUTE_MS;
/// Size of the hopping windows.
pub const HOPPING_MS: i64 = HOUR_MS;
/// Gap of the session windows.
pub const GAP_MS: i64 = 30 * MINUTE_MS;
/// Logarithm of the registers of a sketch.
pub const LG_K: u8 = 12;

/// How late a click may be.
pub const GRACE_MS: i64 = MINUTE_MS;
const ROWS: usize = 2_048;
/// More than a session has.
const LIMIT: u32 = 10_000;

/// A windowed query over clicks.
pub struct Query {
    columns: Vec<(&'static str, DataType)>,
    keys: usize,
    window: WindowSpec,
    calls: Vec<(AggregateFunction, Option<usize>)>,
}

/// Count and distinct users by content and state, a minute each.
pub fn tumbling(distinct: AggregateFunction) -> Query {
    let windows = TimeWindows::tumbling(STEP_MS).and_then(|w| w.with_grace(GRACE_MS));
    Query {
        columns: ["contentId", "state", "uid"].map(|name| (name, DataType::Varchar)).into(),
        keys: 2,
        window: WindowSpec::Tumbling(windows.expect("valid")),
        calls: vec![(AggregateFunction::Count, None), (distinct, Some(2))],
    }
}

/// Count by country of an hour, every minute.
pub fn hopping() -> Query {
    let windows = TimeWindows::hopping(HOPPING_MS, STEP_MS).and_then(|w| w.with_grace(GRACE_MS));
    Query {
        columns: vec![("country_code", DataType::Varchar)],
        keys: 1,
        window: WindowSpec::Hopping(windows.expect("valid")),
        calls: vec![(AggregateFunction::Count, None)],
    }
}

/// The states of each session.
pub fn sessions() -> Query {
    let windows = SessionWindows::new(GAP_MS).and_then(|w| w.with_grace(GRACE_MS));
    Query {
        columns: vec![("sid", DataType::BigInt), ("state", DataType::Varchar)],
        keys: 1,
        window: WindowSpec::Session(windows.expect("valid")),
        calls: vec![(AggregateFunction::CollectList { limit: LIMIT }, Some(1))],
    }
}

impl Query {
    /// A task that gives out each window's result when it closes. With `keep` closed windows stay
    /// readable until the end.
    pub fn task(&self, topics: &mut Topics, keep: bool) -> Task {
        let field = |(name, data_type): &(&str, DataType)| Field::value(name, data_type.clone());
        let schema = Schema::new(self.columns.iter().map(field).collect());
        let source = Source::new(CLICKS, Format::None, Format::Json, schema);
        let group_by = self.columns[..self.keys].iter().enumerate();
        let group_by = group_by.map(|(index, (name, data_type))| Output {
            field: Field::key(name, data_type.clone()),
            expr: Expr::Column(index),
        });
        let calls = self.calls.iter().map(|&(function, column)| {
            let data_type = function.result_type(column.map(|column| &self.columns[column].1));
            let field = Field::value(&format!("{function:?}"), data_type.expect("valid"));
            AggregateCall { field, function, argument: column.map(Expr::Column) }
        });
        let aggregate = Aggregate {
            group_by: group_by.collect(),
            repartition: Some(4),
            window: Some(self.window),
            retention_ms: keep.then_some(7 * DAY_MS),
            calls: calls.collect(),
            emit: Emit::Final,
        };
        let node = |name: &str, inputs, op| Node { name: name.to_owned(), inputs, op };
        let nodes = vec![
            node("read", vec![], Op::Source(source)),
            node("aggregate", vec![0], Op::Aggregate(aggregate)),
        ];
        Task::new(&Pipeline { name: "bench".to_owned(), nodes }, topics).expect("a valid plan")
    }

    /// The clicks as chunks of the query's columns.
    pub fn chunks(&self, rows: &[Click]) -> Vec<Chunk> {
        let types: Vec<DataType> = self.columns.iter().map(|(_, t)| t.clone()).collect();
        let mut chunks = Vec::new();
        for rows in rows.chunks(ROWS) {
            let mut chunk = Chunk::new(&types);
            for (row, click) in rows.iter().enumerate() {
                for (column, (name, _)) in chunk.columns.iter_mut().zip(&self.columns) {
                    column.push(&click.member(name));
                }
                chunk.timestamps.push(Timestamp(click.time));
                chunk.partitions.push(0);
                chunk.offsets.push(row as i64);
            }
            chunks.push(chunk);
        }
        chunks
    }
}

impl Click {
    fn member(&self, name: &str) -> Value {
        match name {
            "contentId" => Value::varchar(&self.content_id),
            "state" => Value::varchar(&self.state),
            "uid" => Value::varchar(&self.uid),
            "country_code" => Value::varchar(&self.country),
            "sid" => Value::BigInt(self.sid),
            _ => unreachable!("no query reads {name}"),
        }
    }
}

/// Topics with an empty one for a task that is given rows.
pub fn no_records() -> Topics {
    let mut topics = Topics::default();
    topics.create(TopicConfig::new(CLICKS, 4)).expect("a new topic");
    topics
}

/// Lets a task read all records.
pub fn poll_all(task: &mut Task, topics: &mut Topics) {
    while task.poll(topics, usize::MAX) > 0 {}
}

/// Gives a task all rows.
pub fn push_all(task: &mut Task, topics: &mut Topics, chunks: &[Chunk]) {
    for chunk in chunks {
        task.push_rows(0, chunk, topics);
    }
}

/// What a task did, as one number.
pub fn sum(task: &Task, topics: &Topics) -> u64 {
    let stats = &task.stats(topics)[1];
    stats.included + stats.rows_out
}

/// All results of a task whose closed windows were kept, one line each, sorted.
pub fn results(task: &mut Task) -> Vec<String> {
    let mut table = task.new_chunk(1);
    task.read_table(1, &mut table);
    let mut lines: Vec<String> = (0..table.len())
        .map(|row| {
            let mut line = table.windows[row].start.0.to_string();
            for column in &table.columns {
                line.push(' ');
                line.push_str(&text(&column.value(row)));
            }
            line
        })
        .collect();
    lines.sort_unstable();
    lines
}

fn text(value: &Value) -> String {
    match value {
        Value::Varchar(text) => text.to_string(),
        Value::BigInt(number) => number.to_string(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        other => unreachable!("no query gives {other:?}"),
    }
}
