//! What a node could not read, compute or write, until the engine writes it to the processing log.
//!
//! While nothing goes wrong nothing is here: what fails is found by those who count it. Bounded;
//! what is over the bound is counted by name. Not here: the log's form (`engine`).

use std::sync::Arc;

use super::expression::Evaluator;
use super::reader::RecordError;
use super::{DropReason, Drops};
use crate::chunk::Chunk;
use crate::format::json;
use crate::record::Record;
use crate::schema::Schema;
use crate::topic::AppendError;

/// The most errors of a node that wait to be logged: those of one turn.
const MOST_WAITING: usize = 256;
/// Their bytes, above which no more wait.
const MOST_BYTES: usize = 8 << 20;

/// Of a result whose timestamp column holds no time.
pub const RESULT_WITHOUT_TIME: &str = "a result's timestamp column holds no time";

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeError {
    /// A record could not be read.
    Record {
        /// Whether it is the key that could not.
        in_key: bool,
        /// Why.
        message: String,
        /// The bytes that could not be read.
        bytes: Option<Vec<u8>>,
        /// The topic.
        topic: String,
        /// The partition.
        partition: u32,
        /// The offset.
        offset: i64,
    },
    /// A record or a result has no event time.
    Timestamp {
        /// Why.
        message: String,
        /// The record's value, or the result as JSON.
        bytes: Vec<u8>,
    },
    /// An expression was NULL in a row, as it failed.
    Expression {
        /// Its place among those of the node.
        expression: u32,
        /// The row that the node took, as JSON.
        row: Vec<u8>,
    },
    /// A result could not be written to its topic.
    Production {
        /// Why.
        message: String,
    },
}

impl NodeError {
    fn bytes(&self) -> usize {
        match self {
            Self::Record { bytes, .. } => bytes.as_ref().map_or(0, Vec::len),
            Self::Timestamp { bytes: row, .. } | Self::Expression { row, .. } => row.len(),
            Self::Production { message } => message.len(),
        }
    }
}

/// The errors of a node that wait to be logged.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    /// Whether they are logged at all.
    is_on: bool,
    /// Row of the present chunk and place of the expression.
    faults: Vec<(u32, u32)>,
    waiting: Vec<NodeError>,
    bytes: usize,
    /// Errors beyond the bound.
    over: u64,
}

impl Errors {
    /// Keeps errors from now on, or none.
    pub fn turn_on(&mut self, on: bool) {
        *self = Self { is_on: on, ..Self::default() };
    }

    fn has_room(&self) -> bool {
        self.waiting.len() + self.faults.len() < MOST_WAITING && self.bytes < MOST_BYTES
    }

    fn add(&mut self, error: NodeError) {
        self.bytes += error.bytes();
        self.waiting.push(error);
    }

    /// A record could not be read.
    #[cold]
    pub fn record(&mut self, error: &RecordError, record: &Record<'_>, topic: &str) {
        if matches!(error, RecordError::NoKey) || !self.takes_one() {
            return;
        }
        let message = error.to_string();
        if matches!(error, RecordError::Timestamp) {
            let bytes = record.value.unwrap_or_default().to_vec();
            return self.add(NodeError::Timestamp { message, bytes });
        }
        let in_key = matches!(error, RecordError::Key(_) | RecordError::Window(_));
        let bytes = if in_key { record.key } else { record.value };
        self.add(NodeError::Record {
            in_key,
            message,
            bytes: bytes.map(<[u8]>::to_vec),
            topic: topic.to_owned(),
            partition: record.partition.0,
            offset: record.offset.0,
        });
    }

    /// A result could not be written to its topic.
    #[cold]
    pub fn production(&mut self, why: &AppendError) {
        if self.takes_one() {
            self.add(NodeError::Production { message: why.to_string() });
        }
    }

    /// A result of these columns has no event time.
    #[cold]
    pub fn result_without_time(&mut self, chunk: &Chunk, row: usize, names: &[Arc<str>]) {
        if self.takes_one() {
            let (message, mut bytes) = (RESULT_WITHOUT_TIME.to_owned(), Vec::new());
            json::write_row(&mut bytes, names, &chunk.columns, row);
            self.add(NodeError::Timestamp { message, bytes });
        }
    }

    /// Whether there is somebody to log the next error, and room for it: else it is counted.
    fn takes_one(&mut self) -> bool {
        let has_room = self.has_room();
        self.over += u64::from(self.is_on && !has_room);
        self.is_on && has_room
    }

    /// Whether expressions failed in the present chunk.
    pub(super) const fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Turns what failed in a chunk of these columns into errors with their rows.
    #[cold]
    pub(super) fn describe(&mut self, chunk: &Chunk, schema: &Schema) {
        let names: Vec<&str> = schema.fields.iter().map(|field| &*field.name).collect();
        for (row, expression) in std::mem::take(&mut self.faults) {
            let mut text = Vec::new();
            json::write_row(&mut text, &names, &chunk.columns, row as usize);
            self.add(NodeError::Expression { expression, row: text });
        }
    }

    /// Gives what waits, and how much was over the bound.
    pub fn take(&mut self) -> (Vec<NodeError>, u64) {
        self.bytes = 0;
        (std::mem::take(&mut self.waiting), std::mem::take(&mut self.over))
    }

    /// Whether anything waits or was over the bound.
    pub(super) const fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.over == 0
    }
}

/// Counts the rows of a chunk in which an expression failed, the node's `expression`th.
#[inline]
pub fn count_failed(
    evaluator: &mut Evaluator,
    expression: usize,
    drops: &mut Drops,
    errors: &mut Errors,
) {
    let failed = evaluator.take_failed();
    if failed > 0 {
        note_failed(evaluator, failed, expression, drops, errors);
    }
}

#[cold]
fn note_failed(
    evaluator: &Evaluator,
    failed: u64,
    expression: usize,
    drops: &mut Drops,
    errors: &mut Errors,
) {
    drops.add(DropReason::Failed, failed);
    if !errors.is_on {
        return;
    }
    for &row in evaluator.faults() {
        if errors.has_room() {
            errors.faults.push((row, expression as u32));
        } else {
            errors.over += 1;
        }
    }
}
