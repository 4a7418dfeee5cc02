//! A stream joined with a table: each stream row takes what the table holds at that moment. A
//! change of the table emits nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Form, Values};
use crate::chunk::Chunk;
use crate::exec::identity::RowKeys;
use crate::exec::{Collector, DropReason, Operator, OperatorStats};
use crate::plan::JoinKind;
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::keys::entry_of;
use crate::state::rows::RowStore;

/// Looks stream rows up in a table.
pub struct LookupJoin {
    name: String,
    form: Form,
    kind: JoinKind,
    keys: RowKeys,
    table: Table,
}

#[derive(Debug, Serialize, Deserialize)]
struct Table {
    rows: RowStore,
    /// The row of each key.
    by_key: Vec<u32>,
}

impl fmt::Debug for LookupJoin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupJoin").field("name", &self.name).finish_non_exhaustive()
    }
}

impl LookupJoin {
    /// An inner or a left join; the table is the right input.
    #[must_use]
    pub fn new(name: String, form: Form, is_windowed: bool, kind: JoinKind) -> Self {
        let keys = RowKeys::new(&form.keys, is_windowed);
        let table = Table { rows: form.store(1), by_key: Vec::new() };
        Self { name, form, kind, keys, table }
    }

    fn change(&mut self, chunk: &Chunk, row: usize, drops: &mut crate::exec::Drops) {
        let id = self.keys.id(row);
        if id == NONE {
            drops.add(DropReason::NullKey, 1);
            return;
        }
        let kept = entry_of(&mut self.table.by_key, id);
        if *kept != NONE {
            self.table.rows.remove(*kept);
            self.keys.release(id);
            *kept = NONE;
        }
        if !chunk.is_tombstone(row) {
            *kept = self.form.keep(&mut self.table.rows, chunk, row);
            self.keys.retain(id);
        }
    }

    fn look_up(&self, chunk: &Chunk, row: usize, out: &mut Collector) {
        let id = self.keys.id(row);
        if chunk.is_tombstone(row) {
            out.drops.add(DropReason::Tombstone, 1);
            return;
        }
        let kept = match id {
            NONE => NONE,
            id => self.table.by_key.get(id as usize).copied().unwrap_or(NONE),
        };
        let found = match kept {
            NONE if self.kind.keeps_left() => Values::Missing,
            NONE => {
                out.drops.add(DropReason::NullKey, u64::from(id == NONE));
                return;
            }
            kept => Values::Kept(&self.table.rows, kept),
        };
        let rows = &mut out.output;
        rows.push_meta_from(chunk, row);
        if !rows.tombstones.is_empty() {
            rows.mark_last(false);
        }
        self.form.push_key(chunk, row, &mut rows.columns);
        self.form.push_values(0, Values::Row(chunk, row), found, &mut rows.columns);
    }
}

impl Operator for LookupJoin {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        self.process_input(0, chunk, out);
    }

    fn process_input(&mut self, input: usize, chunk: &Chunk, out: &mut Collector) {
        self.keys.assign(chunk);
        for row in 0..chunk.len() {
            if input == 0 {
                self.look_up(chunk, row, out);
            } else {
                self.change(chunk, row, &mut out.drops);
            }
        }
        self.keys.sweep();
    }

    fn checkpoint(&self, out: &mut Vec<u8>) {
        self.keys.checkpoint(out);
        put(out, "table", &self.table);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.keys.restore(from)?;
        self.table = from.read("table")?;
        Ok(())
    }

    fn stats(&self) -> OperatorStats {
        OperatorStats {
            keys: self.keys.table().len() as u64,
            groups: self.table.rows.len() as u64,
            state_bytes: (self.keys.size_bytes() + self.table.rows.size_bytes()) as u64,
            ..OperatorStats::default()
        }
    }
}
