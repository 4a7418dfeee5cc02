//! A pipeline of one aggregate with rows from a test, and its output as text.

use streamglass::chunk::Chunk;
use streamglass::exec::{OperatorStats, Task};
use streamglass::plan::{
    Aggregate, AggregateCall, AggregateFunction, Emit, Expr, Format, Node, Op, Output, Pipeline,
    Source,
};
use streamglass::schema::{Field, Schema};
use streamglass::time::Timestamp;
use streamglass::topic::{TopicConfig, Topics};
use streamglass::value::{DataType, Value};
use streamglass::window::WindowSpec;

/// One row: event time, partition, key and value.
#[derive(Clone, Debug)]
pub struct Row {
    pub ts: i64,
    pub partition: u32,
    pub key: Option<String>,
    pub value: Option<i64>,
}

pub fn row(ts: i64, key: &str, value: i64) -> Row {
    Row { ts, partition: 0, key: Some(key.to_owned()), value: Some(value) }
}

pub fn rows(times: &[i64]) -> Vec<Row> {
    times.iter().map(|ts| row(*ts, "k", 1)).collect()
}

pub fn chunk(rows: &[Row], first_offset: usize) -> Chunk {
    let mut chunk = Chunk::new(&[DataType::Varchar, DataType::BigInt]);
    for (i, row) in rows.iter().enumerate() {
        let key = row.key.as_deref().map_or(Value::Null, Value::varchar);
        chunk.columns[0].push(&key);
        chunk.columns[1].push(&row.value.map_or(Value::Null, Value::BigInt));
        chunk.timestamps.push(Timestamp(row.ts));
        chunk.partitions.push(row.partition);
        chunk.offsets.push((first_offset + i) as i64);
    }
    chunk
}

/// `COUNT(*)`, `SUM(V)`, … grouped by K.
pub fn aggregate(window: Option<WindowSpec>, emit: Emit, calls: &[AggregateFunction]) -> Aggregate {
    let big_int = DataType::BigInt;
    let call = |(i, function): (usize, &AggregateFunction)| {
        let argument = (*function != AggregateFunction::Count).then_some(Expr::Column(1));
        let data_type =
            function.result_type(argument.as_ref().map(|_| &big_int)).expect("valid call");
        let field = Field::value(&format!("C{i}"), data_type);
        AggregateCall { field, function: *function, argument }
    };
    Aggregate {
        group_by: vec![Output { field: Field::key("K", DataType::Varchar), expr: Expr::Column(0) }],
        repartition: None,
        window,
        retention_ms: None,
        calls: calls.iter().enumerate().map(call).collect(),
        emit,
    }
}

pub fn pipeline(aggregate: Aggregate) -> Pipeline {
    let source = Source {
        topic: "in".to_owned(),
        key_format: Format::None,
        value_format: Format::Json,
        schema: Schema::new(vec![
            Field::value("K", DataType::Varchar),
            Field::value("V", DataType::BigInt),
        ]),
        dead_letters: None,
    };
    let node = |name: &str, inputs, op| Node { name: name.to_owned(), inputs, op };
    Pipeline {
        name: "test".to_owned(),
        nodes: vec![
            node("source", vec![], Op::Source(source)),
            node("aggregate", vec![0], Op::Aggregate(aggregate)),
        ],
    }
}

/// A running aggregate.
pub struct Harness {
    pub topics: Topics,
    pub task: Task,
    plan: Aggregate,
    fed: usize,
}

impl Harness {
    pub fn new(plan: Aggregate) -> Self {
        let mut topics = Topics::default();
        topics.create(TopicConfig::new("in", 4)).expect("new topic");
        let mut task = Task::new(&pipeline(plan.clone()), &mut topics).expect("valid plan");
        task.subscribe(1);
        Self { topics, task, plan, fed: 0 }
    }

    pub fn feed(&mut self, rows: &[Row]) {
        self.task.push_rows(0, &chunk(rows, self.fed), &mut self.topics);
        self.fed += rows.len();
    }

    pub fn commit(&mut self) {
        self.task.commit(Timestamp(0), &mut self.topics);
    }

    pub fn take(&mut self) -> Vec<String> {
        let mut out = self.task.new_chunk(1);
        self.task.take_rows(1, &mut out);
        lines(&out)
    }

    pub fn table(&mut self) -> Vec<String> {
        let mut out = self.task.new_chunk(1);
        self.task.read_table(1, &mut out);
        lines(&out)
    }

    pub fn stats(&self) -> OperatorStats {
        self.task.stats(&self.topics).remove(1)
    }

    /// Throws the task away and goes on with another one from its checkpoint.
    pub fn crash(&mut self) {
        let saved = self.task.checkpoint();
        let mut other = Self::new(self.plan.clone());
        other.task.restore(&saved).expect("restores");
        assert_eq!(other.task.checkpoint(), saved, "a restored task has the same state");
        other.fed = self.fed;
        *self = other;
    }
}

/// One line a row: `key @timestamp [start,end] values`, `gone` instead of values for a tombstone.
pub fn lines(chunk: &Chunk) -> Vec<String> {
    (0..chunk.len()).map(|row| line(chunk, row)).collect()
}

fn line(chunk: &Chunk, row: usize) -> String {
    let mut text = format!("{} @{}", show(&chunk.columns[0].value(row)), chunk.timestamps[row].0);
    if let Some(window) = chunk.windows.get(row) {
        text += &format!(" [{},{}]", window.start.0, window.end.0);
    }
    if chunk.is_tombstone(row) {
        return text + " gone";
    }
    for column in &chunk.columns[1..] {
        text += &format!(" {}", show(&column.value(row)));
    }
    text
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::BigInt(v) => v.to_string(),
        Value::Double(v) => v.to_string(),
        Value::Varchar(v) => v.to_string(),
        Value::Array(items) => {
            format!("{{{}}}", items.iter().map(show).collect::<Vec<_>>().join(" "))
        }
        other => format!("{other:?}"),
    }
}
