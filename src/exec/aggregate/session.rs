//! Session windows.
//!
//! A closed session is final: a record that comes within its gap later starts a new session or is
//! late, whatever the retention. (Kafka Streams merges into any session that its store still has;
//! with retention at its least, as here by default, that is the same.)

use std::fmt;

use serde::{Deserialize, Serialize};

use super::windowed::TableRows;
use super::{Batch, Clocks, Core, Inputs, Meta, Times};
use crate::chunk::{Chunk, Window};
use crate::exec::{Collector, DropReason, Operator, OperatorStats};
use crate::order;
use crate::plan::Emit;
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::closed::{ClosedMeta, ClosedStore};
use crate::state::sessions::SessionStore;
use crate::time::Timestamp;
use crate::window::SessionWindows;

/// Groups by key and session.
pub struct SessionAggregate {
    name: String,
    inputs: Inputs,
    state: State,
}

struct State {
    core: Core,
    windows: SessionWindows,
    grace_ms: i64,
    sessions: Sessions,
    found: Vec<u32>,
    /// A lower bound of the times of the rows of this chunk that were noted but not yet added.
    noted_from: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Sessions {
    store: SessionStore,
    closed: ClosedStore,
    clocks: Clocks,
    changes: Vec<Change>,
    /// Rows for the changes whose session has closed since.
    closed_changes: Chunk,
}

/// A key and window that changed since the last commit, in order of their first change.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Change {
    key: u32,
    window: Window,
    /// Of a deletion: that of the row that caused it.
    offset: i64,
    to: ChangedTo,
    was_emitted: bool,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum ChangedTo {
    /// No session has this window any more.
    Gone,
    /// The session with this number has it.
    Open(u32),
    /// A session had it when it closed; its row in `closed_changes`.
    Closed(u32),
}

impl fmt::Debug for SessionAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionAggregate").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SessionAggregate {
    /// The operator of a checked plan.
    #[must_use]
    pub fn new(
        name: String,
        inputs: Inputs,
        core: Core,
        windows: SessionWindows,
        times: Times,
    ) -> Self {
        let sessions = Sessions {
            store: SessionStore::new(windows.gap_ms().saturating_add(times.grace_ms)),
            closed: ClosedStore::new(core.value_types.clone(), times.retention_ms),
            clocks: Clocks::default(),
            changes: Vec::new(),
            closed_changes: core.new_output(),
        };
        let (grace_ms, found) = (times.grace_ms, Vec::new());
        let state = State { core, windows, grace_ms, sessions, found, noted_from: i64::MAX };
        Self { name, inputs, state }
    }
}

impl State {
    fn process(&mut self, batch: &Batch<'_>, out: &mut Collector) {
        self.core.assign(batch, &mut out.drops);
        self.noted_from = i64::MAX;
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
        let clock = self.sessions.clocks.of(partition);
        clock.stream_time = clock.stream_time.max(timestamp);
        let first_open = self.windows.first_open_end(Timestamp(clock.stream_time), self.grace_ms);
        if self.sessions.store.earliest(partition) < first_open {
            // A session of a noted row ends at that row or later: those that close have none, mostly.
            if self.noted_from < first_open {
                self.core.groups.flush(&batch.arguments);
                self.noted_from = i64::MAX;
            }
            self.close(partition, first_open, out);
        }
        let gap_ms = self.windows.gap_ms();
        let (from, to) = (timestamp.saturating_sub(gap_ms), timestamp.saturating_add(gap_ms));
        // Mostly a row goes on with the only session of its key, and nothing else is to be done.
        if self.core.emit == Emit::Final
            && let Some(session) =
                self.sessions.store.extend_only(key, (from, to), (timestamp, offset))
        {
            self.core.included += 1;
            self.core.groups.add(row, session);
            self.noted_from = self.noted_from.min(timestamp);
            return;
        }
        let mut found = std::mem::take(&mut self.found);
        self.sessions.store.touching(key, from, to, &mut found);
        // Sessions in the store are open, so only a record that starts one can be late.
        if found.is_empty() && timestamp < first_open {
            out.drops.add(DropReason::Late, 1);
        } else {
            self.core.included += 1;
            let session = self.join(batch, key, &found, (timestamp, offset), out);
            self.core.groups.add(row, session);
            self.noted_from = self.noted_from.min(timestamp);
            if self.core.emit == Emit::Update {
                self.core.groups.flush(&batch.arguments);
                self.emit_update(session, offset, out);
            }
        }
        self.found = found;
    }

    /// The session for a record: one that it starts, or `found` merged and extended.
    fn join(
        &mut self,
        batch: &Batch<'_>,
        key: u32,
        found: &[u32],
        (timestamp, offset): (i64, i64),
        out: &mut Collector,
    ) -> u32 {
        let Some((&session, others)) = found.split_first() else {
            let session = self.core.groups.alloc();
            self.core.keys.retain(key);
            let partition = self.core.keys.partition(key);
            self.sessions.store.insert(session, key, timestamp, offset, partition);
            self.change(session);
            return session;
        };
        let first = *self.sessions.store.get(session);
        let last = *self.sessions.store.get(found[found.len() - 1]);
        let merged = Window {
            start: Timestamp(first.start.min(timestamp)),
            end: Timestamp(last.end.max(timestamp)),
        };
        // As in Kafka Streams a session of one time that stays so is not deleted first.
        if self.core.emit == Emit::Update && merged.start != merged.end {
            found.iter().for_each(|&old| self.emit_tombstone(old, offset, out));
        }
        if !others.is_empty() {
            self.core.groups.flush(&batch.arguments);
        }
        for &other in others {
            self.leave(other, offset);
            self.core.groups.merge(session, other);
            let end_offset = self.sessions.store.get(other).offset;
            let kept = self.sessions.store.get_mut(session);
            kept.offset = kept.offset.max(end_offset);
            self.remove(other);
        }
        if first.window() != merged {
            self.leave(session, offset);
        }
        let kept = self.sessions.store.get_mut(session);
        (kept.start, kept.end) = (merged.start.0, merged.end.0);
        kept.offset = kept.offset.max(offset);
        self.change(session);
        session
    }

    fn remove(&mut self, session: u32) {
        self.core.keys.release(self.sessions.store.get(session).key);
        self.sessions.store.remove(session);
        self.core.groups.release(session);
    }

    /// Notes that the session's present window has a new value.
    fn change(&mut self, session: u32) {
        if self.core.emit != Emit::Commit {
            return;
        }
        let at = self.sessions.changes.len() as u32;
        let it = self.sessions.store.get_mut(session);
        if it.change == NONE {
            it.change = at;
            let (of, was_emitted) = ((it.key, it.window(), it.offset), it.emitted);
            self.push_change(of, ChangedTo::Open(session), was_emitted);
        }
    }

    /// Notes that the session no longer has its present window, because of the row at `offset`.
    fn leave(&mut self, session: u32, offset: i64) {
        if self.core.emit != Emit::Commit {
            return;
        }
        let it = self.sessions.store.get_mut(session);
        let (key, window, change, was_emitted) = (it.key, it.window(), it.change, it.emitted);
        (it.change, it.emitted) = (NONE, false);
        if change != NONE {
            let change = &mut self.sessions.changes[change as usize];
            (change.to, change.offset) = (ChangedTo::Gone, offset);
        } else if was_emitted {
            self.push_change((key, window, offset), ChangedTo::Gone, true);
        }
    }

    fn push_change(
        &mut self,
        (key, window, offset): (u32, Window, i64),
        to: ChangedTo,
        was_emitted: bool,
    ) {
        self.core.keys.retain(key);
        self.sessions.changes.push(Change { key, window, offset, to, was_emitted });
    }

    fn emit_update(&mut self, session: u32, offset: i64, out: &mut Collector) {
        let it = *self.sessions.store.get(session);
        self.core.push_group(it.key, meta(it.window(), offset), session, &mut out.output);
        out.output.tombstones.push(false);
    }

    fn emit_tombstone(&self, session: u32, offset: i64, out: &mut Collector) {
        let it = self.sessions.store.get(session);
        self.core.push_tombstone(it.key, meta(it.window(), offset), &mut out.output);
        out.output.tombstones.push(true);
    }

    /// Closes the sessions of a partition that end before `first_open`, by end, start and key. All
    /// their rows have been added.
    #[cold]
    fn close(&mut self, partition: u32, first_open: i64, out: &mut Collector) {
        let mut ended = std::mem::take(&mut self.found);
        self.sessions.store.take_ended(partition, first_open, &mut ended);
        let (store, keys) = (&self.sessions.store, &self.core.keys);
        order::sort_rows(&mut ended, &mut |a, b| {
            let (a, b) = (store.get(a), store.get(b));
            (a.end, a.start).cmp(&(b.end, b.start)).then_with(|| keys.compare(a.key, b.key))
        });
        let stream_time = self.sessions.clocks.stream_time(partition);
        for &session in &ended {
            self.close_one((partition, stream_time), session, out);
            self.remove(session);
        }
        self.sessions.closed.expire(partition, stream_time, &mut self.core.keys);
        ended.clear();
        self.found = ended;
    }

    /// Keeps a closed session as long as its retention says, and emits it as the mode says.
    fn close_one(
        &mut self,
        (partition, stream_time): (u32, i64),
        session: u32,
        out: &mut Collector,
    ) {
        let Sessions { store, closed, changes, closed_changes, .. } = &mut self.sessions;
        let it = *store.get(session);
        let (key, window, offset) = (it.key, it.window(), it.offset);
        let out = match self.core.emit {
            Emit::Final => Some(&mut out.output),
            Emit::Commit if it.change != NONE => {
                let row = closed_changes.len() as u32;
                changes[it.change as usize].to = ChangedTo::Closed(row);
                Some(closed_changes)
            }
            Emit::Commit | Emit::Update => None,
        };
        let meta = meta(window, offset);
        if closed.keeps(window, stream_time) {
            let Core { keys, groups, .. } = &mut self.core;
            let closing = ClosedMeta { partition, key, window, timestamp: it.end, offset };
            let row = closed.push(closing, keys, |columns| groups.evaluate(session, columns));
            if let Some(out) = out {
                self.core.push_values(key, meta, (row.chunk, row.row), out);
                out.tombstones.push(false);
            }
        } else if let Some(out) = out {
            self.core.push_group(key, meta, session, out);
            out.tombstones.push(false);
        }
    }

    fn commit(&mut self, out: &mut Collector) {
        let mut changes = std::mem::take(&mut self.sessions.changes);
        for change in &changes {
            match change.to {
                ChangedTo::Gone if change.was_emitted => {
                    let meta = meta(change.window, change.offset);
                    self.core.push_tombstone(change.key, meta, &mut out.output);
                    out.output.tombstones.push(true);
                }
                ChangedTo::Gone => {}
                ChangedTo::Open(session) => {
                    let it = self.sessions.store.get_mut(session);
                    (it.change, it.emitted) = (NONE, true);
                    let offset = it.offset;
                    self.emit_update(session, offset, out);
                }
                ChangedTo::Closed(row) => {
                    out.output.push_row_from(&self.sessions.closed_changes, row as usize);
                }
            }
            self.core.keys.release(change.key);
        }
        changes.clear();
        self.sessions.changes = changes;
        self.sessions.closed_changes.clear();
    }

    fn read(&mut self, out: &mut Chunk) {
        let mut rows = TableRows::new(&self.core);
        let Sessions { store, closed, clocks, .. } = &self.sessions;
        for row in closed.rows(|partition| clocks.stream_time(partition)) {
            let window = row.chunk.windows[row.row];
            let to = rows.push(row.key, window);
            let meta = meta(window, row.chunk.offsets[row.row]);
            self.core.push_values(row.key, meta, (row.chunk, row.row), to);
            to.tombstones.push(false);
        }
        for session in store.iter() {
            let it = *store.get(session);
            let to = rows.push(it.key, it.window());
            self.core.push_group(it.key, meta(it.window(), it.offset), session, to);
            to.tombstones.push(false);
        }
        rows.finish(&self.core, out);
    }
}

/// A session's timestamp is its end.
const fn meta(window: Window, offset: i64) -> Meta {
    Meta { window: Some(window), timestamp: window.end.0, offset }
}

impl Operator for SessionAggregate {
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
        self.state.core.checkpoint(out);
        put(out, "sessions", &self.state.sessions);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        self.state.core.restore(from)?;
        self.state.sessions = from.read("sessions")?;
        Ok(())
    }

    fn stats(&self) -> OperatorStats {
        let State { core, sessions, .. } = &self.state;
        let bytes = core.size_bytes() + sessions.store.size_bytes() + sessions.closed.size_bytes();
        OperatorStats {
            included: core.included,
            keys: core.keys.len() as u64,
            groups: sessions.store.len() as u64,
            closed: sessions.closed.len() as u64,
            state_bytes: bytes as u64,
            stream_time: sessions.clocks.range(),
            ..OperatorStats::default()
        }
    }

    fn read_table(&mut self, out: &mut Chunk) {
        self.state.read(out);
    }
}
