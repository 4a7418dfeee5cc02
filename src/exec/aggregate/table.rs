//! Aggregation without windows: a table over all time. Nothing is ever late.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::windowed::TableRows;
use super::{Batch, Clocks, Core, Inputs, Meta};
use crate::chunk::{Chunk, Window};
use crate::exec::{Collector, Operator, OperatorStats};
use crate::plan::Emit;
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::keys::entry_of;
use crate::time::Timestamp;

/// Groups by key alone.
pub struct TableAggregate {
    name: String,
    inputs: Inputs,
    state: State,
}

/// The groups of a table.
pub(super) struct State {
    pub core: Core,
    table: Table,
}

#[derive(Debug, Serialize, Deserialize)]
struct Table {
    /// The group of each key.
    groups: Vec<u32>,
    /// Largest timestamp and offset of each group's records.
    latest: Vec<(i64, i64)>,
    changed: Vec<bool>,
    /// Keys that changed since the last commit, in order of their first change.
    changes: Vec<u32>,
    clocks: Clocks,
}

impl fmt::Debug for TableAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableAggregate").field("name", &self.name).finish_non_exhaustive()
    }
}

impl TableAggregate {
    /// The operator of a checked plan.
    #[must_use]
    pub fn new(name: String, inputs: Inputs, core: Core) -> Self {
        Self { name, inputs, state: State::new(core) }
    }
}

impl State {
    pub const fn new(core: Core) -> Self {
        let table = Table {
            groups: Vec::new(),
            latest: Vec::new(),
            changed: Vec::new(),
            changes: Vec::new(),
            clocks: Clocks::NONE,
        };
        Self { core, table }
    }

    fn process(&mut self, batch: &Batch<'_>, out: &mut Collector) {
        self.core.assign(batch, &mut out.drops);
        for row in 0..batch.chunk.len() {
            let key = self.core.ids[row];
            if key != NONE {
                self.row(batch, row, key, out);
            }
        }
        self.core.finish(batch, out);
    }

    fn row(&mut self, batch: &Batch<'_>, row: usize, key: u32, out: &mut Collector) {
        let group = self.touch(batch, row, key);
        self.core.groups.add(row, group);
        self.core.included += 1;
        if self.core.emit == Emit::Update {
            self.core.groups.flush(&batch.arguments);
        }
        self.changed(key, batch.chunk.offsets[row], out);
    }

    /// The group of a key, which the row belongs to.
    pub fn touch(&mut self, batch: &Batch<'_>, row: usize, key: u32) -> u32 {
        let (timestamp, offset) = (batch.chunk.timestamps[row].0, batch.chunk.offsets[row]);
        let clock = self.table.clocks.of(self.core.keys.partition(key));
        clock.stream_time = clock.stream_time.max(timestamp);
        let group = self.group(key);
        let latest = &mut self.table.latest[group as usize];
        *latest = (latest.0.max(timestamp), latest.1.max(offset));
        group
    }

    /// Emits what the row at `offset` made of a group, or notes that it is to be emitted.
    pub fn changed(&mut self, key: u32, offset: i64, out: &mut Collector) {
        let group = self.table.groups[key as usize];
        if self.core.emit == Emit::Update {
            let (timestamp, _) = self.table.latest[group as usize];
            let meta = Meta { window: None, timestamp, offset };
            self.core.push_group(key, meta, group, &mut out.output);
        } else if !std::mem::replace(&mut self.table.changed[group as usize], true) {
            self.table.changes.push(key);
        }
    }

    fn group(&mut self, key: u32) -> u32 {
        let group = entry_of(&mut self.table.groups, key);
        if *group == NONE {
            *group = self.core.groups.alloc();
            self.core.keys.retain(key);
            self.table.latest.push((i64::MIN, i64::MIN));
            self.table.changed.push(false);
        }
        *group
    }

    fn push(&mut self, key: u32, out: &mut Chunk) {
        let group = self.table.groups[key as usize];
        let (timestamp, offset) = self.table.latest[group as usize];
        self.core.push_group(key, Meta { window: None, timestamp, offset }, group, out);
    }
}

impl State {
    pub fn commit(&mut self, out: &mut Collector) {
        let changes = std::mem::take(&mut self.table.changes);
        for &key in &changes {
            let group = self.table.groups[key as usize];
            self.table.changed[group as usize] = false;
            self.push(key, &mut out.output);
        }
    }

    pub fn checkpoint(&self, out: &mut Vec<u8>) {
        self.core.checkpoint(out);
        put(out, "table", &self.table);
    }

    pub fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.core.restore(from)?;
        self.table = from.read("table")?;
        Ok(())
    }

    pub fn stats(&self) -> OperatorStats {
        OperatorStats {
            included: self.core.included,
            keys: self.core.keys.len() as u64,
            groups: self.core.keys.len() as u64,
            state_bytes: self.core.size_bytes() as u64,
            stream_time: self.table.clocks.range(),
            ..OperatorStats::default()
        }
    }

    pub fn read(&mut self, out: &mut Chunk) {
        let mut rows = TableRows::new(&self.core);
        for key in 0..self.table.groups.len() as u32 {
            if self.table.groups[key as usize] != NONE {
                let everything = Window { start: Timestamp::MIN, end: Timestamp::MIN };
                self.push(key, rows.push(key, everything));
            }
        }
        rows.finish(&self.core, out);
    }
}

impl Operator for TableAggregate {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        self.state.process(&self.inputs.evaluate(chunk, out), out);
    }

    fn commit(&mut self, _now: Timestamp, out: &mut Collector) {
        self.state.commit(out);
    }

    fn checkpoint(&self, out: &mut Vec<u8>) {
        self.state.checkpoint(out);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.state.restore(from)
    }

    fn stats(&self) -> OperatorStats {
        self.state.stats()
    }

    fn read_table(&mut self, out: &mut Chunk) {
        self.state.read(out);
    }
}
