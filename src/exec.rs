//! Operators and the task that drives them.
//!
//! A [`Task`] is one running pipeline. Rows flow through its operators in chunks; nothing that
//! comes out depends on where one chunk ends and the next begins. Not here: topics' bytes
//! (`topic`, `format`), window assignment (`window`), state (`state`, `aggregate`), SQL.
//!
//! **Architecture Invariant:** no operator reads a clock. Time comes in rows (event time) and in
//! [`Message::Commit`] (virtual time).

use serde::{Deserialize, Serialize};

use crate::chunk::{Chunk, Column, ColumnData};
use crate::state::checkpoint::{CheckpointError, Reader};
use crate::time::Timestamp;

pub mod aggregate;
pub mod errors;
pub mod event_time;
pub mod explode;
pub mod expression;
mod extract;
pub mod filter;
pub mod identity;
pub mod join;
pub mod limits;
pub mod partition_by;
pub mod partitioner;
pub mod project;
pub mod reader;
pub mod shared;
pub mod sink;
pub mod split;
pub mod task;

pub use errors::{Errors, NodeError};
pub use limits::{Exceeded, Limits};
pub use shared::SharedReads;
pub use task::{PlanError, Task};

/// Rows of one row from which the output is measured,
const MANY_ROWS: usize = 64;
/// or bytes of one.
const MANY_BYTES: usize = 64 << 10;

/// About how many bytes a row of some columns has.
#[must_use]
pub fn row_bytes(columns: &[Column], row: usize) -> usize {
    let of = |column: &Column| match &column.data {
        ColumnData::Varchar(texts) => texts.get(row).len() + 4,
        ColumnData::Nested(values) => 16 + values[row].heap_bytes().min(MANY_BYTES),
        _ => 8,
    };
    columns.iter().map(of).sum::<usize>() + 24
}

/// What a task sends through its operators.
#[derive(Clone, Copy, Debug)]
pub enum Message<'a> {
    /// Rows.
    Chunk(&'a Chunk),
    /// A commit at this virtual time: what was held back to coalesce updates goes out.
    Commit(Timestamp),
}

/// Why rows did not get into a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DropReason {
    /// The window was closed: counted once for each window, so a hopping record can count often.
    Late,
    /// The group key was NULL.
    NullKey,
    /// The row was a deletion, which an aggregate over a stream and WHERE ignore.
    Tombstone,
    /// The record's bytes could not be read.
    Unreadable,
    /// The column that holds the event time was NULL, negative or not in its format.
    InvalidTimestamp,
    /// The result could not be written to its topic.
    Unwritable,
    /// A collected list or set was full.
    CollectLimit,
    /// `EMIT FINAL` lost a window in a jump of stream time, as Kafka Streams does.
    FinalWindowLost,
    /// Retention removed the record before it was read.
    Removed,
    /// An expression failed: not the row was left out, but the value is NULL.
    Failed,
    /// An error is not in the processing log, as there were too many at once or the log took no
    /// more.
    Unlogged,
}

impl DropReason {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Late,
        Self::NullKey,
        Self::Tombstone,
        Self::Unreadable,
        Self::InvalidTimestamp,
        Self::Unwritable,
        Self::CollectLimit,
        Self::FinalWindowLost,
        Self::Removed,
        Self::Failed,
        Self::Unlogged,
    ];
}

/// How much was dropped, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drops([u64; DropReason::ALL.len()]);

impl Drops {
    /// Counts `n` more.
    pub const fn add(&mut self, reason: DropReason, n: u64) {
        self.0[reason as usize] += n;
    }

    /// How often.
    #[must_use]
    pub const fn get(&self, reason: DropReason) -> u64 {
        self.0[reason as usize]
    }

    /// The reasons that occurred, with how often.
    pub fn iter(&self) -> impl Iterator<Item = (DropReason, u64)> {
        DropReason::ALL.into_iter().map(|r| (r, self.get(r))).filter(|(_, n)| *n > 0)
    }
}

/// Takes what an operator gives out.
#[derive(Clone, Debug, Default)]
pub struct Collector {
    /// The rows that were emitted and not yet passed on, with the operator's columns.
    pub output: Chunk,
    /// What was dropped since the start.
    pub drops: Drops,
    /// What went wrong and waits to be logged.
    pub errors: Errors,
    /// What the query may use.
    pub limits: Limits,
    /// The limit that the operator is over: it gives out nothing more, and the query stops.
    pub exceeded: Option<Exceeded>,
}

impl Collector {
    /// An empty collector for rows of an operator's columns.
    #[must_use]
    pub fn new<'a>(types: impl IntoIterator<Item = &'a crate::value::DataType>) -> Self {
        Self { output: Chunk::new(types), ..Self::default() }
    }

    /// Whether `rows` rows of one, of about so many bytes each, may be added to the output. When
    /// not, the limit is noted.
    pub fn admits(&mut self, rows: usize, row_bytes: usize) -> bool {
        let most = self.limits.rows_of_row;
        if rows > most {
            self.exceeded = Some(Exceeded::RowsOfRow { rows, most });
        } else if rows > MANY_ROWS || row_bytes > MANY_BYTES {
            // Only then, as the output is measured as a whole.
            let bytes = self.output.bytes() + rows as u64 * row_bytes as u64;
            let most = self.limits.output_bytes;
            if bytes > most {
                self.exceeded = Some(Exceeded::OutputBytes { most });
            }
        }
        self.exceeded.is_none()
    }
}

/// Figures of an operator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorStats {
    /// The node's name.
    pub name: String,
    /// Rows taken, or records for a source.
    pub rows_in: u64,
    /// Rows given out, or records for a sink.
    pub rows_out: u64,
    /// Rows counted into windows: a row counts once for each window that took it.
    pub included: u64,
    /// What was dropped, by reason.
    pub drops: Drops,
    /// Keys in the state.
    pub keys: u64,
    /// Groups (windows, slices, sessions) in the state.
    pub groups: u64,
    /// Closed windows that can still be queried.
    pub closed: u64,
    /// Memory that the state holds, bytes; nested values counted by their handles only. It depends
    /// on how the state came to be (a restored one is tight), so it is for people, not for digests.
    pub state_bytes: u64,
    /// The smallest and the largest stream time of the partitions; `None` before the first row.
    pub stream_time: Option<(Timestamp, Timestamp)>,
    /// Records behind the end of the topic: of a source.
    pub lag: u64,
}

/// One step of a running pipeline. Only name and [`Operator::process`] are required.
pub trait Operator {
    /// The node's name.
    fn name(&self) -> &str;

    /// Takes rows, in order.
    fn process(&mut self, chunk: &Chunk, out: &mut Collector);

    /// Takes rows of one of several inputs, numbered as in the plan; those with one input need not
    /// care.
    fn process_input(&mut self, _input: usize, chunk: &Chunk, out: &mut Collector) {
        self.process(chunk, out);
    }

    /// Emits what was held back until the commit.
    fn commit(&mut self, _now: Timestamp, _out: &mut Collector) {}

    /// Adds the state to a checkpoint.
    fn checkpoint(&self, _out: &mut Vec<u8>) {}

    /// Replaces the state by a checkpoint's.
    ///
    /// # Errors
    /// When the checkpoint does not hold this operator's state.
    fn restore(&mut self, _from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        Ok(())
    }

    /// Figures of the state. The task adds name, rows and drops.
    fn stats(&self) -> OperatorStats {
        OperatorStats::default()
    }

    /// Appends the present results, closed windows in retention among them, to a chunk of the
    /// operator's columns in order of key and window; what a pull query reads. Operators without
    /// a table have none.
    fn read_table(&mut self, _out: &mut Chunk) {}
}
