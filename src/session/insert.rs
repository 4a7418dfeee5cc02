//! The record of an `INSERT INTO … VALUES`, and the row that an `ASSERT` expects.

use crate::chunk::{Chunk, Column, Window};
use crate::exec::expression::Evaluator;
use crate::exec::sink::SinkWriter;
use crate::exec::{Drops, Errors, NodeError};
use crate::plan::{Expr, Sink};
use crate::sql::analyzer::{InsertedValues, plan_format};
use crate::time::Timestamp;
use crate::topic::{Consumer, TopicConfig, Topics};
use crate::value::Value;

/// A record as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordBytes {
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// `ROWTIME`, if the statement gave it.
    pub timestamp: Option<Timestamp>,
}

/// The row that the expressions give.
///
/// # Errors
/// When one cannot be computed.
pub fn row(values: &InsertedValues) -> Result<Chunk, String> {
    let mut row = empty_row();
    for expr in &values.columns {
        row.columns.push(constant(expr)?);
    }
    if let Some(millis) = number(values.timestamp.as_ref())? {
        row.timestamps = vec![Timestamp(millis)];
    }
    let [start, end] = &values.window;
    if let (Some(start), Some(end)) = (number(start.as_ref())?, number(end.as_ref())?) {
        row.windows = vec![Window { start: Timestamp(start), end: Timestamp(end) }];
    }
    Ok(row)
}

/// The record that an `INSERT` writes.
///
/// # Errors
/// When a value cannot be computed or written.
pub fn record(values: &InsertedValues) -> Result<RecordBytes, String> {
    let chunk = row(values)?;
    let source = &values.target;
    let mut topics = Topics::default();
    let name = source.topic.to_string();
    let id = topics.create(TopicConfig::new(name, 1)).map_err(|error| error.to_string())?;
    let (key_format, value_format) =
        (plan_format(source.key_format), plan_format(source.value_format));
    let plan = Sink::new(&*source.topic, key_format, value_format);
    let mut writer =
        SinkWriter::new(&plan, &source.schema, None, id).map_err(|error| error.to_string())?;
    let mut errors = Errors::default();
    errors.turn_on(true);
    writer.write(&chunk, &mut topics, &mut Drops::default(), &mut errors);
    let topic = topics.get(id).ok_or("no topic")?;
    let mut bytes = None;
    Consumer::from_start(topic).poll(topic, 1, usize::MAX, |record| {
        bytes = Some(RecordBytes {
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            timestamp: values.timestamp.is_some().then_some(record.timestamp),
        });
    });
    bytes.ok_or_else(|| match errors.take().0.first() {
        Some(NodeError::Production { message }) => format!("the row cannot be written: {message}"),
        _ => "the row cannot be written".to_owned(),
    })
}

fn empty_row() -> Chunk {
    Chunk {
        timestamps: vec![Timestamp(0)],
        partitions: vec![0],
        offsets: vec![0],
        ..Chunk::default()
    }
}

fn constant(expr: &Expr) -> Result<Column, String> {
    let mut evaluator = Evaluator::new(expr, &[]).map_err(|error| error.to_string())?;
    Ok(evaluator.evaluate(&empty_row()).clone())
}

fn number(expr: Option<&Expr>) -> Result<Option<i64>, String> {
    let Some(expr) = expr else { return Ok(None) };
    match constant(expr)?.value(0) {
        Value::BigInt(number) => Ok(Some(number)),
        _ => Ok(None),
    }
}
