//! `WHERE` and `HAVING`: lets the rows pass for which an expression is true.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::errors::count_failed;
use super::expression::Evaluator;
use super::identity::RowKeys;
use super::{Collector, DropReason, Operator, OperatorStats};
use crate::chunk::{Chunk, ColumnData};
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::value::DataType;

/// Lets rows pass. Tombstones never do, even where the expression would be true (ksqlDB).
#[derive(Debug)]
pub struct Filter {
    name: String,
    predicate: Evaluator,
    selected: Vec<u32>,
}

impl Filter {
    /// With a predicate that the plan has checked to be a BOOLEAN.
    #[must_use]
    pub const fn new(name: String, predicate: Evaluator) -> Self {
        Self { name, predicate, selected: Vec::new() }
    }
}

impl Operator for Filter {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        self.predicate.evaluate(chunk);
        count_failed(&mut self.predicate, 0, &mut out.drops, &mut out.errors);
        let column = self.predicate.evaluated(chunk);
        let ColumnData::Boolean(values) = &column.data else {
            unreachable!("the predicate is a BOOLEAN")
        };
        let tombstones = chunk.tombstones.iter().filter(|t| **t).count();
        out.drops.add(DropReason::Tombstone, tombstones as u64);
        self.selected.clear();
        let passes = |row: &u32| {
            let row = *row as usize;
            values[row] && column.valid[row] && !chunk.is_tombstone(row)
        };
        self.selected.extend((0..chunk.len() as u32).filter(passes));
        out.output.gather(chunk, &self.selected);
    }
}

/// `WHERE` and `HAVING` on a table: passes what is true, and deletes a key's row when it no longer
/// is, as Kafka Streams' `KTable.filter` on a materialised table.
pub struct TableFilter {
    name: String,
    predicate: Evaluator,
    keys: RowKeys,
    /// How long after its end a window can still change, milliseconds; `None` without windows.
    keep_ms: Option<i64>,
    state: Passed,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Passed {
    /// Of each key whether its row passed.
    passed: Vec<bool>,
    /// Keys that passed by partition and end of their window, to be forgotten.
    by_end: BTreeMap<(u32, i64), Vec<u32>>,
    /// Of each partition.
    stream_times: Vec<i64>,
}

impl fmt::Debug for TableFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableFilter").field("name", &self.name).finish_non_exhaustive()
    }
}

impl TableFilter {
    /// With a predicate that the plan has checked to be a BOOLEAN. `key_types` are those of the
    /// first columns; `keep_ms` is how long after its end a window can still change.
    #[must_use]
    pub fn new(
        name: String,
        predicate: Evaluator,
        key_types: &[DataType],
        keep_ms: Option<i64>,
    ) -> Self {
        let keys = RowKeys::new(key_types, keep_ms.is_some());
        Self { name, predicate, keys, keep_ms, state: Passed::default() }
    }

    fn row(&mut self, chunk: &Chunk, row: usize, passes: bool, out: &mut Collector) {
        let id = self.keys.id(row);
        if id == NONE {
            out.drops.add(DropReason::NullKey, 1);
            return;
        }
        let at = id as usize;
        if self.state.passed.len() <= at {
            self.state.passed.resize(at + 1, false);
        }
        let passed = std::mem::replace(&mut self.state.passed[at], passes);
        if passes && !passed {
            self.keys.retain(id);
            if let (Some(_), Some(window)) = (self.keep_ms, chunk.windows.get(row)) {
                let bucket = self.state.by_end.entry((chunk.partitions[row], window.end.0));
                bucket.or_default().push(id);
                self.keys.retain(id);
            }
        } else if passed && !passes {
            self.keys.release(id);
        }
        if passes {
            out.output.push_row_from(chunk, row);
        } else if passed {
            out.output.push_deletion_of(chunk, row, self.keys.columns());
        }
    }

    /// Forgets windows that cannot change any more.
    fn expire(&mut self, chunk: &Chunk) {
        let Some(keep_ms) = self.keep_ms else { return };
        let Passed { passed, by_end, stream_times } = &mut self.state;
        for (partition, timestamp) in chunk.partitions.iter().zip(&chunk.timestamps) {
            let at = *partition as usize;
            if stream_times.len() <= at {
                stream_times.resize(at + 1, i64::MIN);
            }
            stream_times[at] = stream_times[at].max(timestamp.0);
        }
        for (partition, stream_time) in stream_times.iter().enumerate() {
            let partition = partition as u32;
            while let Some((&(_, end), _)) =
                by_end.range((partition, i64::MIN)..).next().filter(|((of, end), _)| {
                    *of == partition && end.saturating_add(keep_ms) < *stream_time
                })
            {
                for id in by_end.remove(&(partition, end)).unwrap_or_default() {
                    if std::mem::take(&mut passed[id as usize]) {
                        self.keys.release(id);
                    }
                    self.keys.release(id);
                }
            }
        }
    }
}

impl Operator for TableFilter {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        self.keys.assign(chunk);
        self.predicate.evaluate(chunk);
        count_failed(&mut self.predicate, 0, &mut out.drops, &mut out.errors);
        let column = self.predicate.evaluated(chunk);
        let ColumnData::Boolean(values) = &column.data else {
            unreachable!("the predicate is a BOOLEAN")
        };
        let passes: Vec<bool> = (0..chunk.len())
            .map(|row| values[row] && column.valid[row] && !chunk.is_tombstone(row))
            .collect();
        for (row, passes) in passes.into_iter().enumerate() {
            self.row(chunk, row, passes, out);
        }
        self.expire(chunk);
        self.keys.sweep();
    }

    fn checkpoint(&self, out: &mut Vec<u8>) {
        self.keys.checkpoint(out);
        put(out, "passed", &self.state);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.keys.restore(from)?;
        self.state = from.read("passed")?;
        Ok(())
    }

    fn stats(&self) -> OperatorStats {
        OperatorStats {
            keys: self.keys.table().len() as u64,
            state_bytes: (self.keys.size_bytes() + self.state.passed.len()) as u64,
            ..OperatorStats::default()
        }
    }
}
