//! Two streams joined within a window of time, by the rules of Kafka Streams'
//! `KStreamKStreamJoin`.
//!
//! Each side keeps its rows as long as the retention: window and grace, by the largest timestamp
//! that this side has stored. A row that is older than that is not kept but still looks for matches.
//! Rows without a match are given at once where the join has no grace; with it they wait until their
//! window has closed by the larger stream time of both sides.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Form, JoinPlanError, Values};
use crate::chunk::{Chunk, Window};
use crate::exec::identity::RowKeys;
use crate::exec::{Collector, DropReason, Operator, OperatorStats, row_bytes};
use crate::order;
use crate::plan::{JoinKind, JoinWindow};
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::few::Few;
use crate::state::rows::RowStore;
use crate::time::{DAY_MS, Timestamp};

/// How much of its retention a side waits before it looks for expired rows again: an eighth. What
/// has expired by then is hidden from matches all the same.
const SEGMENTS: i64 = 8;

/// Longer times are refused, so that sums cannot overflow.
const LONGEST_MS: i64 = i64::MAX / 16;

/// Lengths of time of a join.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// How far before a row of each side, 0 for the left, the other's may be.
    before: [i64; 2],
    /// And after.
    after: [i64; 2],
    grace: Option<i64>,
    retention: i64,
}

impl Times {
    /// Of a plan's window.
    ///
    /// # Errors
    /// When it is empty or a length is negative or absurd.
    pub fn new(window: JoinWindow) -> Result<Self, JoinPlanError> {
        let JoinWindow { before_ms, after_ms, grace_ms } = window;
        let is_sane = |ms: i64| (-LONGEST_MS..=LONGEST_MS).contains(&ms);
        if !is_sane(before_ms) || !is_sane(after_ms) || before_ms.saturating_add(after_ms) < 0 {
            return Err(JoinPlanError::Window { before_ms, after_ms });
        }
        if let Some(grace_ms) = grace_ms.filter(|ms| *ms < 0 || !is_sane(*ms)) {
            return Err(JoinPlanError::Grace(grace_ms));
        }
        // Without grace Kafka Streams keeps what is left of a day (`JoinWindows.of`).
        let kept = grace_ms.unwrap_or((DAY_MS - 2 * before_ms).max(0));
        Ok(Self {
            before: [before_ms, after_ms],
            after: [after_ms, before_ms],
            grace: grace_ms,
            retention: before_ms + after_ms + kept,
        })
    }
}

/// A kept row of one side.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Entry {
    timestamp: i64,
    /// In order of arrival, over both sides.
    sequence: u64,
    row: u32,
    /// Whether it waits to be given without a match.
    waits: bool,
}

/// Where a row waits: partition, timestamp, whether it is a left row, sequence. In this order the
/// rows of a partition are given.
type Place = (u32, i64, bool, u64);

/// A row that waits to be given without a match.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Waiting {
    key: u32,
    row: u32,
    offset: i64,
    window: Option<Window>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Side {
    rows: RowStore,
    /// Rows of each key by timestamp, then arrival.
    by_key: Vec<Few<Entry>>,
    /// The keys of rows by partition and segment of time, once for each row.
    segments: BTreeMap<(u32, i64), Vec<u32>>,
    /// Of each partition the largest timestamp of a row that was stored or refused as too old.
    stream_times: Vec<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct State {
    sides: [Side; 2],
    waiting: BTreeMap<Place, Waiting>,
    /// Of each partition the largest timestamp of both sides.
    stream_times: Vec<i64>,
    sequence: u64,
}

/// Joins two streams.
pub struct StreamJoin {
    name: String,
    form: Form,
    kind: JoinKind,
    times: Times,
    keys: RowKeys,
    state: State,
    due: Vec<(Place, Waiting)>,
}

impl fmt::Debug for StreamJoin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamJoin").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The time of a partition; [`i64::MIN`] at first.
fn time_of(times: &mut Vec<i64>, partition: u32) -> &mut i64 {
    let at = partition as usize;
    if times.len() <= at {
        times.resize(at + 1, i64::MIN);
    }
    &mut times[at]
}

impl StreamJoin {
    /// Of two empty streams.
    #[must_use]
    pub fn new(name: String, form: Form, is_windowed: bool, kind: JoinKind, times: Times) -> Self {
        let keys = RowKeys::new(&form.keys, is_windowed);
        let sides = [0, 1].map(|side| Side {
            rows: form.store(side),
            by_key: Vec::new(),
            segments: BTreeMap::new(),
            stream_times: Vec::new(),
        });
        let (waiting, stream_times) = (BTreeMap::new(), Vec::new());
        let state = State { sides, waiting, stream_times, sequence: 0 };
        Self { name, form, kind, times, keys, state, due: Vec::new() }
    }

    const fn keeps(&self, side: usize) -> bool {
        if side == 0 { self.kind.keeps_left() } else { self.kind.keeps_right() }
    }

    fn row(&mut self, side: usize, chunk: &Chunk, row: usize, out: &mut Collector) {
        let (partition, timestamp) = (chunk.partitions[row], chunk.timestamps[row].0);
        let stream_time = time_of(&mut self.state.stream_times, partition);
        *stream_time = timestamp.max(*stream_time);
        let stream_time = *stream_time;
        if chunk.is_tombstone(row) {
            out.drops.add(DropReason::Tombstone, 1);
            return;
        }
        // One NULL in a key of several columns equals nothing either.
        let has_key = chunk.columns[..self.form.keys()].iter().all(|column| column.valid[row]);
        if !has_key {
            if self.keeps(side) {
                self.emit_alone(side, chunk, row, out);
            } else {
                out.drops.add(DropReason::NullKey, 1);
            }
            return;
        }
        if timestamp == stream_time {
            self.emit_waiting(partition, out);
        }
        let key = self.keys.id(row);
        let entry = self.store(side, key, chunk, row, out);
        let is_matched = self.emit_matches(side, key, chunk, row, out);
        if is_matched || !self.keeps(side) {
            return;
        }
        let window_end = timestamp.saturating_add(self.times.after[side]).max(0);
        if self.times.grace.is_none() || window_end < stream_time {
            self.emit_alone(side, chunk, row, out);
        } else {
            self.wait(side, key, entry, chunk, row);
        }
    }

    /// Keeps a row; `None` when it is older than the retention.
    fn store(
        &mut self,
        side: usize,
        key: u32,
        chunk: &Chunk,
        row: usize,
        out: &mut Collector,
    ) -> Option<u64> {
        let (partition, timestamp) = (chunk.partitions[row], chunk.timestamps[row].0);
        let before = *time_of(&mut self.state.sides[side].stream_times, partition);
        let stream_time = before.max(timestamp);
        *time_of(&mut self.state.sides[side].stream_times, partition) = stream_time;
        let segment_ms = (self.times.retention / SEGMENTS).max(1);
        if before.div_euclid(segment_ms) != stream_time.div_euclid(segment_ms) {
            self.expire(side, partition, stream_time);
        }
        if timestamp <= stream_time.saturating_sub(self.times.retention) && timestamp < stream_time
        {
            out.drops.add(DropReason::Late, 1);
            return None;
        }
        self.state.sequence += 1;
        let sequence = self.state.sequence;
        let Side { rows, by_key, segments, .. } = &mut self.state.sides[side];
        if by_key.len() <= key as usize {
            by_key.resize(key as usize + 1, Few::None);
        }
        let entries = &mut by_key[key as usize];
        let at = entries.partition_point(|entry| entry.timestamp <= timestamp);
        let row = self.form.keep(rows, chunk, row);
        entries.insert(at, Entry { timestamp, sequence, row, waits: false });
        let segment = timestamp.div_euclid(segment_ms);
        segments.entry((partition, segment)).or_default().push(key);
        self.keys.retain(key);
        Some(sequence)
    }

    /// Forgets the rows of a side that no row can match any more.
    fn expire(&mut self, side: usize, partition: u32, stream_time: i64) {
        let segment_ms = (self.times.retention / SEGMENTS).max(1);
        let oldest = stream_time.saturating_sub(self.times.retention);
        let Side { rows, by_key, segments, .. } = &mut self.state.sides[side];
        loop {
            let first = segments.range((partition, i64::MIN)..).next().map(|(place, _)| *place);
            let is_over = |segment: i64| (segment + 1).saturating_mul(segment_ms) <= oldest;
            let Some(place) = first.filter(|(of, at)| *of == partition && is_over(*at)) else {
                break;
            };
            for key in segments.remove(&place).unwrap_or_default() {
                // Rows come once a segment for each of their entries, so the first entry is one
                // of this segment.
                let entry = by_key[key as usize].pop_front();
                let entry = entry.expect("an entry for each mention in a segment");
                if !entry.waits {
                    rows.remove(entry.row);
                }
                self.keys.release(key);
            }
        }
    }

    /// Gives the joined rows of a row; whether there are any.
    fn emit_matches(
        &mut self,
        side: usize,
        key: u32,
        chunk: &Chunk,
        row: usize,
        out: &mut Collector,
    ) -> bool {
        let (partition, timestamp) = (chunk.partitions[row], chunk.timestamps[row].0);
        let other = &mut self.state.sides[1 - side];
        let oldest = match *time_of(&mut other.stream_times, partition) {
            i64::MIN => return false,
            time => time.saturating_sub(self.times.retention).min(time - 1),
        };
        let Some(entries) = other.by_key.get_mut(key as usize) else { return false };
        let from = timestamp.saturating_sub(self.times.before[side]).max(oldest + 1);
        let to = timestamp.saturating_add(self.times.after[side]);
        let first = entries.partition_point(|entry| entry.timestamp < from);
        let last = entries.partition_point(|entry| entry.timestamp <= to).max(first);
        // What is kept of the other side is as long as this side's, for all that is known here.
        if !out.admits(last - first, 2 * row_bytes(&chunk.columns, row)) {
            return true;
        }
        for entry in entries.iter_mut().skip(first).take(last - first) {
            if std::mem::take(&mut entry.waits) {
                self.state.waiting.remove(&(partition, entry.timestamp, side == 1, entry.sequence));
                self.keys.release(key);
            }
            let rows = &mut out.output;
            rows.push_meta_from(chunk, row);
            let time = rows.timestamps.last_mut().expect("one was pushed");
            time.0 = time.0.max(entry.timestamp);
            self.form.push_key(chunk, row, &mut rows.columns);
            let kept = Values::Kept(&other.rows, entry.row);
            self.form.push_values(side, Values::Row(chunk, row), kept, &mut rows.columns);
        }
        first < last
    }

    /// Gives the present row without a match.
    fn emit_alone(&self, side: usize, chunk: &Chunk, row: usize, out: &mut Collector) {
        let rows = &mut out.output;
        rows.push_meta_from(chunk, row);
        self.form.push_key(chunk, row, &mut rows.columns);
        let mine = Values::Row(chunk, row);
        self.form.push_values(side, mine, Values::Missing, &mut rows.columns);
    }

    /// Keeps a row without a match until its window closes.
    fn wait(&mut self, side: usize, key: u32, entry: Option<u64>, chunk: &Chunk, row: usize) {
        let timestamp = chunk.timestamps[row].0;
        let Side { rows, by_key, .. } = &mut self.state.sides[side];
        let stored = entry.and_then(|sequence| {
            let entries = &mut by_key[key as usize];
            entries.iter_mut().rev().find(|entry| entry.sequence == sequence)
        });
        let (kept, sequence) = match stored {
            Some(entry) => {
                entry.waits = true;
                (entry.row, entry.sequence)
            }
            None => {
                self.state.sequence += 1;
                (self.form.keep(rows, chunk, row), self.state.sequence)
            }
        };
        let place = (chunk.partitions[row], timestamp, side == 0, sequence);
        let window = chunk.windows.get(row).copied();
        let waiting = Waiting { key, row: kept, offset: chunk.offsets[row], window };
        self.state.waiting.insert(place, waiting);
        self.keys.retain(key);
    }

    /// Gives the rows whose window has closed without a match: by time, the right side's first, then
    /// by key.
    fn emit_waiting(&mut self, partition: u32, out: &mut Collector) {
        let Some(grace) = self.times.grace else { return };
        let stream_time = *time_of(&mut self.state.stream_times, partition);
        let closed = |timestamp: i64, side: usize| {
            timestamp.saturating_add(self.times.after[side]).saturating_add(grace) < stream_time
        };
        let mut due = std::mem::take(&mut self.due);
        let from = (partition, i64::MIN, false, 0)..=(partition, i64::MAX, true, u64::MAX);
        for (place, waiting) in self.state.waiting.range(from) {
            if !closed(place.1, 0) && !closed(place.1, 1) {
                break;
            }
            if closed(place.1, usize::from(!place.2)) {
                due.push((*place, *waiting));
            }
        }
        let table = self.keys.table();
        order::sort_by(&mut due, |(a, left), (b, right)| {
            (a.1, a.2).cmp(&(b.1, b.2)).then_with(|| table.compare(left.key, right.key))
        });
        for (place, waiting) in due.drain(..) {
            self.emit_one_waiting(place, &waiting, out);
        }
        self.due = due;
    }

    fn emit_one_waiting(&mut self, place: Place, waiting: &Waiting, out: &mut Collector) {
        let (partition, timestamp, is_left, sequence) = place;
        let side = usize::from(!is_left);
        let rows = &mut out.output;
        rows.timestamps.push(Timestamp(timestamp));
        rows.partitions.push(partition);
        rows.offsets.push(waiting.offset);
        rows.windows.extend(waiting.window);
        if !rows.tombstones.is_empty() {
            rows.mark_last(false);
        }
        self.keys.table().push_into(waiting.key, &mut rows.columns[..self.form.keys()]);
        let Side { rows: kept, by_key, .. } = &mut self.state.sides[side];
        let mine = Values::Kept(kept, waiting.row);
        self.form.push_values(side, mine, Values::Missing, &mut rows.columns);
        let entry = by_key.get_mut(waiting.key as usize).and_then(|entries| {
            let from = entries.partition_point(|entry| entry.timestamp < timestamp);
            entries.iter_mut().skip(from).find(|entry| entry.sequence == sequence)
        });
        match entry {
            Some(entry) => entry.waits = false,
            None => kept.remove(waiting.row),
        }
        self.state.waiting.remove(&place);
        self.keys.release(waiting.key);
    }
}

impl Operator for StreamJoin {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        self.process_input(0, chunk, out);
    }

    fn process_input(&mut self, input: usize, chunk: &Chunk, out: &mut Collector) {
        self.keys.assign(chunk);
        for row in 0..chunk.len() {
            self.row(input, chunk, row, out);
            if out.exceeded.is_some() {
                break;
            }
        }
        self.keys.sweep();
    }

    fn checkpoint(&self, out: &mut Vec<u8>) {
        self.keys.checkpoint(out);
        put(out, "join", &self.state);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.keys.restore(from)?;
        self.state = from.read("join")?;
        Ok(())
    }

    fn stats(&self) -> OperatorStats {
        let sides = &self.state.sides;
        let rows = sides.iter().map(|side| side.rows.len() as u64).sum();
        let size = |side: &Side| {
            // As many as the segments mention; there are fewer of those than keys.
            let entries: usize = side.segments.values().map(Vec::len).sum();
            side.rows.size_bytes() + entries * size_of::<Entry>()
        };
        let bytes: usize = sides.iter().map(size).sum();
        let times = || self.state.stream_times.iter().filter(|t| **t > i64::MIN);
        OperatorStats {
            keys: self.keys.table().len() as u64,
            groups: rows,
            state_bytes: (self.keys.size_bytes() + bytes) as u64,
            stream_time: times()
                .min()
                .zip(times().max())
                .map(|(a, b)| (Timestamp(*a), Timestamp(*b))),
            ..OperatorStats::default()
        }
    }
}
