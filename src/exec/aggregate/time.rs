//! Tumbling and hopping windows.
//!
//! Where all calls allow it and not every update is emitted, overlapping windows share slices
//! (panes, Li et al. 2005): a record is added to one slice, and a window's value is merged from
//! its slices when it is emitted, read or closed. A late record that reaches a slice of open and
//! closed windows cannot change the closed ones: their values were computed when they closed.

use std::fmt;

use super::windowed::{Closing, TableRows, Windowed};
use super::{Batch, Core, Inputs, Meta, Times};
use crate::chunk::{Chunk, Window};
use crate::exec::{Collector, DropReason, Operator, OperatorStats};
use crate::plan::Emit;
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::keys::entry_of;
use crate::time::Timestamp;
use crate::window::{Starts, TimeWindows};

mod slices;

/// With more slices in a window than this for each window of a record, merging costs more than
/// sharing saves.
const SLICES_PER_OVERLAP: i64 = 8;

/// Groups by key and time window.
pub struct TimeAggregate {
    name: String,
    inputs: Inputs,
    state: State,
}

struct State {
    core: Core,
    windows: TimeWindows,
    grace_ms: i64,
    /// The length of the slices that windows share, if they do.
    slice_ms: Option<i64>,
    windowed: Windowed,
    /// Windows of one record, when none is cut off at the epoch or by lateness.
    overlap: u64,
    /// Whether the advance divides the size, so that every record has as many windows.
    is_even: bool,
    scratch: Scratch,
}

/// Buffers that mean nothing between calls.
#[derive(Default)]
struct Scratch {
    closing: Vec<Closing>,
    /// For each key its place in `closing`.
    places: Vec<u32>,
    groups: Vec<u32>,
}

impl fmt::Debug for TimeAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeAggregate").field("name", &self.name).finish_non_exhaustive()
    }
}

impl TimeAggregate {
    /// The operator of a checked plan.
    #[must_use]
    pub fn new(
        name: String,
        inputs: Inputs,
        core: Core,
        windows: TimeWindows,
        times: Times,
    ) -> Self {
        let overlap = (windows.size_ms() - 1) / windows.advance_ms() + 1;
        let worthwhile = overlap > 1
            && windows.size_ms() / windows.slice_ms() <= overlap.saturating_mul(SLICES_PER_OVERLAP);
        let shares = worthwhile && core.shares_slices();
        let windowed = Windowed::new(&core, times.retention_ms);
        let state = State {
            core,
            windows,
            grace_ms: times.grace_ms,
            slice_ms: shares.then_some(windows.slice_ms()),
            windowed,
            overlap: overlap as u64,
            is_even: windows.size_ms() % windows.advance_ms() == 0,
            scratch: Scratch::default(),
        };
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
        let timestamp = batch.chunk.timestamps[row].0;
        let partition = self.core.keys.partition(key);
        self.windowed.rows += 1;
        let mut starts = self.starts(partition, timestamp);
        let clock = self.windowed.clocks.of(partition);
        clock.stream_time = clock.stream_time.max(timestamp);
        if timestamp >= clock.open_until {
            self.core.groups.flush(&batch.arguments);
            self.advance(partition, out);
        }
        let first_open = self.windowed.clocks.of(partition).first_open;
        let late = starts.skip_below(first_open);
        out.drops.add(DropReason::Late, late);
        if starts.smallest() > starts.largest() {
            return;
        }
        match self.slice_ms {
            Some(slice_ms) => {
                let advance_ms = self.windows.advance_ms();
                let slice = if slice_ms == advance_ms {
                    starts.largest()
                } else {
                    timestamp - timestamp.rem_euclid(slice_ms)
                };
                self.core.included += if late == 0 && timestamp >= self.windows.size_ms() {
                    self.count(&starts)
                } else {
                    starts.count() as u64
                };
                self.add(batch, row, key, slice);
            }
            None => {
                for start in starts {
                    self.core.included += 1;
                    let group = self.add(batch, row, key, start);
                    if self.core.emit == Emit::Update {
                        self.core.groups.flush(&batch.arguments);
                        self.emit_update(group, batch.chunk.offsets[row], out);
                    }
                }
            }
        }
    }

    /// Number of starts when none is cut off: the same for every record if the advance divides the
    /// size.
    fn count(&self, starts: &Starts) -> u64 {
        if self.is_even { self.overlap } else { starts.count() as u64 }
    }

    /// The starts of a record's windows. Rows come nearly in order, so most are in the newest
    /// window of the row before; then no division is needed.
    #[inline]
    fn starts(&mut self, partition: u32, timestamp: i64) -> Starts {
        let clock = self.windowed.clocks.of(partition);
        let advance_ms = self.windows.advance_ms();
        let since = timestamp.wrapping_sub(clock.last_start);
        if self.is_even && (0..advance_ms).contains(&since) {
            let largest = clock.last_start;
            let smallest = largest - (self.windows.size_ms() - advance_ms);
            // As in `starts_for`: no window of a record from the epoch on starts before it.
            let smallest = if timestamp >= 0 { smallest.max(0) } else { smallest };
            return Starts::between(smallest, largest, advance_ms);
        }
        let starts = self.windows.starts_for(Timestamp(timestamp));
        clock.last_start = starts.largest();
        starts
    }

    /// Counts a record into the group that starts at `start`.
    #[inline]
    fn add(&mut self, batch: &Batch<'_>, row: usize, key: u32, start: i64) -> u32 {
        let group = match self.windowed.store.find(key, start) {
            Some(group) => group,
            None => self.windowed.insert(&mut self.core, key, start),
        };
        let timestamp = batch.chunk.timestamps[row].0;
        self.windowed.store.touch(group, timestamp, batch.chunk.offsets[row]);
        self.core.groups.add(row, group);
        if self.core.emit == Emit::Commit {
            self.windowed.mark(group);
        }
        group
    }

    fn emit_update(&mut self, group: u32, offset: i64, out: &mut Collector) {
        let key = self.windowed.store.key(group);
        let (timestamp, _) = self.windowed.store.latest(group);
        let window = self.windows.window(self.windowed.store.start(group));
        let meta = Meta { window: Some(window), timestamp, offset };
        self.core.push_group(key, meta, group, &mut out.output);
    }

    /// Closes what stream time has reached. All rows before the present one have been added.
    #[cold]
    fn advance(&mut self, partition: u32, out: &mut Collector) {
        let clock = self.windowed.clocks.of(partition);
        let (stream_time, was_open) = (clock.stream_time, clock.first_open);
        let first_open = self.windows.first_open(Timestamp(stream_time), self.grace_ms);
        let length_ms = self.windows.size_ms() + self.grace_ms;
        clock.first_open = first_open;
        clock.open_until = first_open.saturating_add(length_ms);
        // With EMIT FINAL, Kafka Streams' store has dropped windows that start this long before the
        // newest one, which is the present row's.
        let lost_below = match self.core.emit {
            Emit::Final => {
                let newest = self.windows.starts_for(Timestamp(stream_time)).largest();
                newest.saturating_sub(length_ms)
            }
            Emit::Commit | Emit::Update => i64::MIN,
        };
        if self.slice_ms.is_some() {
            self.close_from_slices(partition, was_open..first_open, lost_below, out);
        }
        while let Some(start) = self.windowed.store.first_start(partition) {
            if start >= first_open {
                break;
            }
            self.close_bucket(partition, start, start < lost_below, out);
        }
        self.windowed.closed.expire(partition, stream_time, &mut self.core.keys);
    }

    /// Removes the groups that start at `start`; windows among them are closed, slices are not.
    fn close_bucket(&mut self, partition: u32, start: i64, is_lost: bool, out: &mut Collector) {
        let groups = self.windowed.store.take(partition, start);
        if self.slice_ms.is_none() {
            let mut closing = std::mem::take(&mut self.scratch.closing);
            closing.extend(groups.iter().map(|&group| self.windowed.closing(group)));
            let window = self.windows.window(start);
            self.windowed.close(&mut self.core, &mut closing, (window, is_lost), out);
            closing.clear();
            self.scratch.closing = closing;
        }
        groups.iter().for_each(|&group| self.windowed.remove(&mut self.core, group));
        self.windowed.store.recycle(groups);
    }

    fn commit(&mut self, out: &mut Collector) {
        let mut dirty = self.windowed.take_dirty();
        if self.slice_ms.is_some() {
            self.defer_from_slices(&mut dirty);
        } else {
            for &(group, row) in &dirty {
                let closing = self.windowed.closing(group);
                let window = self.windows.window(self.windowed.store.start(group));
                self.windowed.defer(&mut self.core, row, &closing, window);
            }
        }
        self.windowed.recycle_dirty(dirty);
        self.windowed.emit_deferred(out);
    }

    fn read(&mut self, out: &mut Chunk) {
        let mut rows = TableRows::new(&self.core);
        self.windowed.read_closed(&self.core, &mut rows);
        if self.slice_ms.is_some() {
            self.read_from_slices(&mut rows);
        } else {
            for group in self.windowed.store.iter() {
                let key = self.windowed.store.key(group);
                let (timestamp, offset) = self.windowed.store.latest(group);
                let window = self.windows.window(self.windowed.store.start(group));
                let meta = Meta { window: Some(window), timestamp, offset };
                self.core.push_group(key, meta, group, rows.push(key, window));
            }
        }
        rows.finish(&self.core, out);
    }
}

impl Operator for TimeAggregate {
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
        put(out, "slices", &self.state.slice_ms);
        put(out, "windows", &self.state.windowed);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.state.core.restore(from)?;
        if from.read::<Option<i64>>("slices")? != self.state.slice_ms {
            return Err(CheckpointError::OtherPipeline);
        }
        self.state.windowed = from.read("windows")?;
        self.state.windowed.store.rebuild();
        Ok(())
    }

    fn stats(&self) -> OperatorStats {
        let State { core, windowed, .. } = &self.state;
        let bytes = core.size_bytes() + windowed.store.size_bytes() + windowed.closed.size_bytes();
        OperatorStats {
            included: core.included,
            keys: core.keys.len() as u64,
            groups: windowed.store.len() as u64,
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
