//! Aggregation over a table: its changes take the old row out of the old group and add the new one
//! to its group. Both groups are emitted, the old one first; once where they are the same.

use std::fmt;

use super::table::State;
use super::{Batch, Core, Inputs};
use crate::chunk::{Chunk, Column};
use crate::exec::expression::Evaluator;
use crate::exec::identity::RowKeys;
use crate::exec::{Collector, DropReason, Operator, OperatorStats};
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::rows::RowStore;
use crate::time::Timestamp;

/// Groups the rows of a table.
pub struct ChangeAggregate {
    name: String,
    inputs: Inputs,
    changes: Changes,
}

struct Changes {
    state: State,
    keys: RowKeys,
    /// For each key of the table the key of its group and its arguments in `rows`.
    held: Vec<(u32, u32)>,
    rows: RowStore,
    /// The arguments of a row on its way out: one row each.
    old: Vec<Option<Column>>,
    /// The same without gaps.
    scratch: Vec<Column>,
}

impl fmt::Debug for ChangeAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeAggregate").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ChangeAggregate {
    /// The operator of a checked plan. `keys` are the table's.
    #[must_use]
    pub fn new(name: String, inputs: Inputs, core: Core, keys: RowKeys) -> Self {
        let arguments = || inputs.arguments.iter().map(|a| a.as_ref().map(Evaluator::data_type));
        let old = arguments().map(|data_type| data_type.map(Column::new)).collect();
        let scratch = arguments().flatten().map(Column::new).collect();
        let rows = RowStore::new(arguments().flatten().cloned().collect());
        let state = State::new(core);
        Self {
            name,
            inputs,
            changes: Changes { state, keys, held: Vec::new(), rows, old, scratch },
        }
    }
}

impl Changes {
    fn process(&mut self, batch: &Batch<'_>, out: &mut Collector) {
        self.state.core.assign_changes(batch, &mut out.drops);
        self.keys.assign(batch.chunk);
        for row in 0..batch.chunk.len() {
            match self.keys.id(row) {
                NONE => out.drops.add(DropReason::NullKey, 1),
                key => self.row(batch, row, key, out),
            }
        }
        self.state.core.finish(batch, out);
        self.keys.sweep();
    }

    fn row(&mut self, batch: &Batch<'_>, row: usize, key: u32, out: &mut Collector) {
        let offset = batch.chunk.offsets[row];
        let (old, new) = (self.take(key), self.state.core.ids[row]);
        if old != NONE {
            let group = self.state.touch(batch, row, old);
            self.state.core.groups.retract(group, &self.old);
            if old != new {
                self.state.changed(old, offset, out);
            }
        }
        if new != NONE {
            let group = self.state.touch(batch, row, new);
            self.state.core.groups.add(row, group);
            self.state.core.groups.flush(&batch.arguments);
            self.state.core.included += 1;
            self.hold(batch, row, key, new);
            self.state.changed(new, offset, out);
        }
    }

    /// Forgets what is held of a key: its arguments go to `old`; gives its group, or [`NONE`].
    fn take(&mut self, key: u32) -> u32 {
        let Some(held) = self.held.get_mut(key as usize) else { return NONE };
        let (group, row) = std::mem::replace(held, (NONE, NONE));
        if group == NONE {
            return NONE;
        }
        self.scratch.iter_mut().for_each(Column::clear);
        self.rows.push_into(row, &mut self.scratch);
        self.rows.remove(row);
        self.keys.release(key);
        for (old, value) in self.old.iter_mut().flatten().zip(&self.scratch) {
            old.clear();
            old.push_from(value, 0);
        }
        group
    }

    fn hold(&mut self, batch: &Batch<'_>, row: usize, key: u32, group: u32) {
        if self.held.len() <= key as usize {
            self.held.resize(key as usize + 1, (NONE, NONE));
        }
        let arguments = batch.arguments.iter().flatten().copied();
        self.held[key as usize] = (group, self.rows.insert(arguments, row));
        self.keys.retain(key);
    }
}

impl Operator for ChangeAggregate {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        self.changes.process(&self.inputs.evaluate(chunk, out), out);
    }

    fn commit(&mut self, _now: Timestamp, out: &mut Collector) {
        self.changes.state.commit(out);
    }

    fn checkpoint(&self, out: &mut Vec<u8>) {
        self.changes.state.checkpoint(out);
        self.changes.keys.checkpoint(out);
        put(out, "held", &(&self.changes.held, &self.changes.rows));
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.changes.state.restore(from)?;
        self.changes.keys.restore(from)?;
        (self.changes.held, self.changes.rows) = from.read("held")?;
        Ok(())
    }

    fn stats(&self) -> OperatorStats {
        let stats = self.changes.state.stats();
        let bytes = self.changes.keys.size_bytes() + self.changes.rows.size_bytes();
        OperatorStats { state_bytes: stats.state_bytes + bytes as u64, ..stats }
    }

    fn read_table(&mut self, out: &mut Chunk) {
        self.changes.state.read(out);
    }
}
