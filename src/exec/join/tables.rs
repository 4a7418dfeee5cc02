//! Two tables joined into one: every change of either gives the key's new joined row or a
//! tombstone, by the rules of Kafka Streams' `KTable` joins.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Form, Values};
use crate::chunk::{Chunk, Column};
use crate::exec::identity::RowKeys;
use crate::exec::{Collector, DropReason, Operator, OperatorStats};
use crate::plan::JoinKind;
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::rows::RowStore;

/// Joins two tables.
pub struct TableJoin {
    name: String,
    form: Form,
    kind: JoinKind,
    keys: RowKeys,
    sides: [Side; 2],
}

#[derive(Debug, Serialize, Deserialize)]
struct Side {
    rows: RowStore,
    /// Row and timestamp of each key.
    by_key: Vec<(u32, i64)>,
}

impl Side {
    fn of(&self, id: u32) -> (u32, i64) {
        self.by_key.get(id as usize).copied().unwrap_or((NONE, i64::MIN))
    }
}

impl fmt::Debug for TableJoin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableJoin").field("name", &self.name).finish_non_exhaustive()
    }
}

impl TableJoin {
    /// Of two empty tables.
    #[must_use]
    pub fn new(name: String, form: Form, is_windowed: bool, kind: JoinKind) -> Self {
        let keys = RowKeys::new(&form.keys, is_windowed);
        let sides = [0, 1].map(|side| Side { rows: form.store(side), by_key: Vec::new() });
        Self { name, form, kind, keys, sides }
    }

    fn row(&mut self, side: usize, chunk: &Chunk, row: usize, out: &mut Collector) {
        let id = self.keys.id(row);
        if id == NONE {
            out.drops.add(DropReason::NullKey, 1);
            return;
        }
        let had_old = self.store(side, id, chunk, row);
        let is_deleted = chunk.is_tombstone(row);
        let (other, other_timestamp) = self.sides[1 - side].of(id);
        let has_other = other != NONE;
        let keeps = [self.kind.keeps_left(), self.kind.keeps_right()];
        // Without the other's row there is a result only if this side is kept without a match; and
        // a full join does not delete what never was.
        let is_full = self.kind == JoinKind::Full;
        if !has_other && (!keeps[side] || is_full && is_deleted && !had_old) {
            return;
        }
        let rows = &mut out.output;
        rows.push_meta_from(chunk, row);
        let last = rows.timestamps.last_mut().expect("one was pushed");
        last.0 = last.0.max(other_timestamp);
        self.form.push_key(chunk, row, &mut rows.columns);
        let is_result = !is_deleted || has_other && keeps[1 - side];
        rows.mark_last(!is_result);
        if is_result {
            let mine = if is_deleted { Values::Missing } else { Values::Row(chunk, row) };
            let other = match other {
                NONE => Values::Missing,
                other => Values::Kept(&self.sides[1 - side].rows, other),
            };
            self.form.push_values(side, mine, other, &mut rows.columns);
        } else {
            rows.columns[self.form.keys()..].iter_mut().for_each(Column::push_null);
        }
    }

    /// Puts a change into its side's table; gives whether there was a row.
    fn store(&mut self, side: usize, id: u32, chunk: &Chunk, row: usize) -> bool {
        let Side { rows, by_key } = &mut self.sides[side];
        if by_key.len() <= id as usize {
            by_key.resize(id as usize + 1, (NONE, i64::MIN));
        }
        let kept = &mut by_key[id as usize];
        let had_old = kept.0 != NONE;
        if had_old {
            rows.remove(kept.0);
            self.keys.release(id);
            *kept = (NONE, i64::MIN);
        }
        if !chunk.is_tombstone(row) {
            *kept = (self.form.keep(rows, chunk, row), chunk.timestamps[row].0);
            self.keys.retain(id);
        }
        had_old
    }
}

impl Operator for TableJoin {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        self.process_input(0, chunk, out);
    }

    fn process_input(&mut self, input: usize, chunk: &Chunk, out: &mut Collector) {
        self.keys.assign(chunk);
        (0..chunk.len()).for_each(|row| self.row(input, chunk, row, out));
        self.keys.sweep();
    }

    fn checkpoint(&self, out: &mut Vec<u8>) {
        self.keys.checkpoint(out);
        put(out, "tables", &self.sides);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.keys.restore(from)?;
        self.sides = from.read("tables")?;
        Ok(())
    }

    fn stats(&self) -> OperatorStats {
        let rows = self.sides.iter().map(|side| side.rows.len() as u64).sum();
        let bytes: usize = self.sides.iter().map(|side| side.rows.size_bytes()).sum();
        OperatorStats {
            keys: self.keys.table().len() as u64,
            groups: rows,
            state_bytes: (self.keys.size_bytes() + bytes) as u64,
            ..OperatorStats::default()
        }
    }
}
