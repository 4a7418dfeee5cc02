//! Sliding windows `[t − d, t]`, both ends included: one that ends at each record, and one that
//! starts just after each record that has later ones (Kafka Streams `SlidingWindows`).
//!
//! Records are kept by key and time as slices, as long as a window can still begin with them; a
//! window that comes into being is merged from them in order of time, and one that is there takes
//! records as they arrive. Windows may start before the epoch. Speed is not this operator's aim:
//! each record is in as many windows as there are records near it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::windowed::{TableRows, Windowed};
use super::{Batch, Core, Inputs, Meta, Times};
use crate::chunk::Chunk;
use crate::exec::{Collector, DropReason, Operator, OperatorStats};
use crate::plan::Emit;
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::groups::GroupStore;
use crate::time::Timestamp;
use crate::window::SlidingWindows;

/// Groups by key and sliding window.
pub struct SlidingAggregate {
    name: String,
    inputs: Inputs,
    state: State,
}

struct State {
    core: Core,
    windows: SlidingWindows,
    grace_ms: i64,
    kept: Kept,
    starts: Vec<i64>,
    near: Vec<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    windowed: Windowed,
    /// What arrived, by key and time.
    records: GroupStore,
}

impl fmt::Debug for SlidingAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlidingAggregate").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SlidingAggregate {
    /// The operator of a checked plan.
    #[must_use]
    pub fn new(
        name: String,
        inputs: Inputs,
        core: Core,
        windows: SlidingWindows,
        times: Times,
    ) -> Self {
        let windowed = Windowed::new(&core, times.retention_ms);
        let kept = Kept { windowed, records: GroupStore::default() };
        let (starts, near) = (Vec::new(), Vec::new());
        let state = State { core, windows, grace_ms: times.grace_ms, kept, starts, near };
        Self { name, inputs, state }
    }
}

impl State {
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
        let (timestamp, offset) = (batch.chunk.timestamps[row].0, batch.chunk.offsets[row]);
        let partition = self.core.keys.partition(key);
        self.kept.windowed.rows += 1;
        let clock = self.kept.windowed.clocks.of(partition);
        if timestamp > clock.stream_time {
            clock.stream_time = timestamp;
            clock.first_open = self.windows.first_open(Timestamp(timestamp), self.grace_ms);
            self.advance(partition, out);
        }
        let first_open = self.kept.windowed.clocks.of(partition).first_open;
        self.find_starts(key, timestamp);
        for i in 0..self.starts.len() {
            let start = self.starts[i];
            if start < first_open {
                out.drops.add(DropReason::Late, 1);
                continue;
            }
            let group = self.window(key, start);
            self.kept.windowed.store.touch(group, timestamp, offset);
            self.core.groups.add(row, group);
            self.core.included += 1;
            self.changed(batch, group, offset, out);
        }
        if timestamp >= first_open {
            self.window_after(batch, key, (timestamp, offset), out);
            self.keep(batch, row, key);
        }
    }

    /// The starts of the windows that hold a record at `timestamp`, ascending.
    fn find_starts(&mut self, key: u32, timestamp: i64) {
        let difference_ms = self.windows.difference_ms();
        let (from, to) = (timestamp - difference_ms - 1, timestamp + difference_ms + 1);
        self.kept.records.of_key(key, &(from..to), &mut self.near);
        self.starts.clear();
        self.starts.push(timestamp - difference_ms);
        for &record in &self.near {
            let other = self.kept.records.start(record);
            if other < timestamp {
                self.starts.push(other + 1);
            } else {
                self.starts.push(other - difference_ms);
            }
        }
        self.starts.sort_unstable();
        self.starts.dedup();
    }

    /// The group of an open window; one that is new is merged from the records in it.
    fn window(&mut self, key: u32, start: i64) -> u32 {
        if let Some(group) = self.kept.windowed.store.find(key, start) {
            return group;
        }
        let group = self.kept.windowed.insert(&mut self.core, key, start);
        let end = start + self.windows.difference_ms();
        self.kept.records.of_key(key, &(start..end + 1), &mut self.near);
        for &record in &self.near {
            self.core.groups.merge(group, record);
            let (timestamp, offset) = self.kept.records.latest(record);
            self.kept.windowed.store.touch(group, timestamp, offset);
        }
        group
    }

    /// Makes the window that starts just after a record, if there are later records for it.
    fn window_after(
        &mut self,
        batch: &Batch<'_>,
        key: u32,
        (timestamp, offset): (i64, i64),
        out: &mut Collector,
    ) {
        let start = timestamp + 1;
        if self.kept.windowed.store.find(key, start).is_some() {
            return;
        }
        let end = start + self.windows.difference_ms();
        self.kept.records.of_key(key, &(start..end + 1), &mut self.near);
        if !self.near.is_empty() {
            let group = self.window(key, start);
            self.changed(batch, group, offset, out);
        }
    }

    /// Keeps a record for windows to come.
    fn keep(&mut self, batch: &Batch<'_>, row: usize, key: u32) {
        let (timestamp, offset) = (batch.chunk.timestamps[row].0, batch.chunk.offsets[row]);
        let record = self.kept.records.find(key, timestamp).unwrap_or_else(|| {
            let record = self.core.groups.alloc();
            self.core.keys.retain(key);
            let partition = self.core.keys.partition(key);
            self.kept.records.insert(record, key, timestamp, partition);
            record
        });
        self.kept.records.touch(record, timestamp, offset);
        self.core.groups.add(row, record);
        self.core.groups.flush(&batch.arguments);
    }

    fn changed(&mut self, batch: &Batch<'_>, group: u32, offset: i64, out: &mut Collector) {
        self.core.groups.flush(&batch.arguments);
        let windowed = &mut self.kept.windowed;
        match self.core.emit {
            Emit::Final => {}
            Emit::Commit => windowed.mark(group),
            Emit::Update => {
                let window = self.windows.window(windowed.store.start(group));
                let (timestamp, _) = windowed.store.latest(group);
                let meta = Meta { window: Some(window), timestamp, offset };
                let key = windowed.store.key(group);
                self.core.push_group(key, meta, group, &mut out.output);
            }
        }
    }

    /// Closes what stream time has passed, by start.
    fn advance(&mut self, partition: u32, out: &mut Collector) {
        let Kept { windowed, records } = &mut self.kept;
        let clock = *windowed.clocks.of(partition);
        while let Some(start) = windowed.store.first_start(partition) {
            if start >= clock.first_open {
                break;
            }
            let groups = windowed.store.take(partition, start);
            let mut closing: Vec<_> = groups.iter().map(|&g| windowed.closing(g)).collect();
            let window = self.windows.window(start);
            windowed.close(&mut self.core, &mut closing, (window, false), out);
            groups.iter().for_each(|&group| windowed.remove(&mut self.core, group));
            windowed.store.recycle(groups);
        }
        // An open window can hold a record one difference before which there is another one, whose
        // windows then count as closed for it.
        let oldest = clock.first_open.saturating_sub(self.windows.difference_ms() + 1);
        while let Some(start) = records.first_start(partition) {
            if start >= oldest {
                break;
            }
            let groups = records.take(partition, start);
            for &record in &groups {
                self.core.keys.release(records.key(record));
                records.remove(record);
                self.core.groups.release(record);
            }
            records.recycle(groups);
        }
        windowed.closed.expire(partition, clock.stream_time, &mut self.core.keys);
    }

    fn commit(&mut self, out: &mut Collector) {
        let windowed = &mut self.kept.windowed;
        let dirty = windowed.take_dirty();
        for &(group, row) in &dirty {
            let closing = windowed.closing(group);
            let window = self.windows.window(windowed.store.start(group));
            windowed.defer(&mut self.core, row, &closing, window);
        }
        windowed.recycle_dirty(dirty);
        windowed.emit_deferred(out);
    }

    fn read(&mut self, out: &mut Chunk) {
        let mut rows = TableRows::new(&self.core);
        let windowed = &self.kept.windowed;
        windowed.read_closed(&self.core, &mut rows);
        for group in windowed.store.iter() {
            let (key, (timestamp, offset)) =
                (windowed.store.key(group), windowed.store.latest(group));
            let window = self.windows.window(windowed.store.start(group));
            let meta = Meta { window: Some(window), timestamp, offset };
            self.core.push_group(key, meta, group, rows.push(key, window));
        }
        rows.finish(&self.core, out);
    }
}

impl Operator for SlidingAggregate {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        self.state.process(&self.inputs.evaluate(chunk, out), out);
    }

    fn commit(&mut self, _now: Timestamp, out: &mut Collector) {
        if self.state.core.emit == Emit::Commit {
            self.state.commit(out);
        }
    }

    fn checkpoint(&self, out: &mut Vec<u8>) {
        self.state.core.checkpoint(out);
        put(out, "sliding", &self.state.kept);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.state.core.restore(from)?;
        self.state.kept = from.read("sliding")?;
        self.state.kept.windowed.store.rebuild();
        self.state.kept.records.rebuild();
        Ok(())
    }

    fn stats(&self) -> OperatorStats {
        let State { core, kept: Kept { windowed, records }, .. } = &self.state;
        let bytes = core.size_bytes()
            + windowed.store.size_bytes()
            + records.size_bytes()
            + windowed.closed.size_bytes();
        OperatorStats {
            included: core.included,
            keys: core.keys.len() as u64,
            groups: (windowed.store.len() + records.len()) as u64,
            closed: windowed.closed.len() as u64,
            state_bytes: bytes as u64,
            stream_time: windowed.clocks.range(),
            ..OperatorStats::default()
        }
    }

    fn read_table(&mut self, out: &mut Chunk) {
        self.state.read(out);
    }
}
