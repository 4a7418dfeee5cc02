//! What time windows and sliding windows share: groups by window start, what happens when a window
//! closes, and updates held back until the commit.

use serde::{Deserialize, Serialize};

use super::{Clocks, Core, Meta};
use crate::chunk::{Chunk, Window};
use crate::exec::{Collector, DropReason};
use crate::order;
use crate::plan::Emit;
use crate::state::closed::{ClosedMeta, ClosedStore};
use crate::state::groups::GroupStore;

/// A window of one key that closes.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    /// The key.
    pub key: u32,
    /// The group with its values.
    pub group: u32,
    /// The largest timestamp and offset of its records.
    pub latest: (i64, i64),
    /// The row that first changed it since the last commit, or 0.
    pub dirty: u64,
}

/// Result rows that wait for the commit, with the row that first changed each since the last one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deferred {
    order: Vec<(u64, i64)>,
    rows: Chunk,
}

impl Deferred {
    /// None, for rows of this form.
    pub const fn new(rows: Chunk) -> Self {
        Self { order: Vec::new(), rows }
    }

    /// The row to be filled for a window that row `dirty` changed first.
    pub fn push(&mut self, dirty: u64, start: i64) -> &mut Chunk {
        self.order.push((dirty, start));
        &mut self.rows
    }

    /// Emits in the order in which windows were first changed; those that one record changed, by
    /// start.
    pub fn emit(&mut self, out: &mut Chunk) {
        let mut rows: Vec<u32> = (0..self.order.len() as u32).collect();
        order::sort_rows(&mut rows, &mut |a, b| {
            self.order[a as usize].cmp(&self.order[b as usize])
        });
        out.gather(&self.rows, &rows);
        self.order.clear();
        self.rows.clear();
    }
}

/// Groups by window start (or by slice) and closed windows.
#[derive(Debug, Serialize, Deserialize)]
pub struct Windowed {
    /// Open windows, or slices of them.
    pub store: GroupStore,
    /// Closed windows.
    pub closed: ClosedStore,
    /// Time in each partition.
    pub clocks: Clocks,
    /// Rows with a key so far.
    pub rows: u64,
    /// Groups that changed since the last commit, with the row that changed them first. An entry
    /// is void when its group no longer says the same.
    pub dirty: Vec<(u32, u64)>,
    deferred: Deferred,
}

impl Windowed {
    /// Nothing yet.
    pub fn new(core: &Core, retention_ms: i64) -> Self {
        Self {
            store: GroupStore::default(),
            closed: ClosedStore::new(core.value_types.clone(), retention_ms),
            clocks: Clocks::default(),
            rows: 0,
            dirty: Vec::new(),
            deferred: Deferred::new(core.new_output()),
        }
    }

    /// A new group in the store.
    pub fn insert(&mut self, core: &mut Core, key: u32, start: i64) -> u32 {
        let group = core.groups.alloc();
        core.keys.retain(key);
        self.store.insert(group, key, start, core.keys.partition(key));
        group
    }

    /// Takes a group out of the store and empties it.
    pub fn remove(&mut self, core: &mut Core, group: u32) {
        core.keys.release(self.store.key(group));
        self.store.remove(group);
        core.groups.release(group);
    }

    /// Notes that the present row changed a group.
    #[inline]
    pub fn mark(&mut self, group: u32) {
        if self.store.mark(group, self.rows) {
            self.dirty.push((group, self.rows));
        }
    }

    /// What is to be known of a group that closes.
    pub fn closing(&self, group: u32) -> Closing {
        Closing {
            key: self.store.key(group),
            group,
            latest: self.store.latest(group),
            dirty: self.store.dirty(group),
        }
    }

    /// Keeps and, as the mode says, emits windows of different keys that close together.
    pub fn close(
        &mut self,
        core: &mut Core,
        closing: &mut [Closing],
        (window, is_lost): (Window, bool),
        out: &mut Collector,
    ) {
        if is_lost {
            out.drops.add(DropReason::FinalWindowLost, closing.len() as u64);
            return;
        }
        if core.emit == Emit::Final {
            order::sort_by(closing, |a, b| core.keys.compare(a.key, b.key));
        }
        for closed in closing.iter() {
            self.close_one(core, closed, window, out);
        }
    }

    fn close_one(
        &mut self,
        core: &mut Core,
        closing: &Closing,
        window: Window,
        out: &mut Collector,
    ) {
        let Closing { key, group, latest: (timestamp, offset), dirty } = *closing;
        let partition = core.keys.partition(key);
        let Core { keys, groups, .. } = core;
        let meta = ClosedMeta { partition, key, window, timestamp, offset };
        let row = self.closed.push(meta, keys, |columns| groups.evaluate(group, columns));
        let values = (row.chunk, row.row);
        let meta = Meta { window: Some(window), timestamp, offset };
        match core.emit {
            Emit::Final => core.push_values(key, meta, values, &mut out.output),
            Emit::Commit if dirty != 0 => {
                let rows = self.deferred.push(dirty, window.start.0);
                core.push_values(key, meta, values, rows);
            }
            Emit::Commit | Emit::Update => {}
        }
    }

    /// Holds the present value of a window back until the commit.
    pub fn defer(&mut self, core: &mut Core, dirty: u64, closing: &Closing, window: Window) {
        let (timestamp, offset) = closing.latest;
        let meta = Meta { window: Some(window), timestamp, offset };
        let rows = self.deferred.push(dirty, window.start.0);
        core.push_group(closing.key, meta, closing.group, rows);
    }

    /// Emits what was held back.
    pub fn emit_deferred(&mut self, out: &mut Collector) {
        self.deferred.emit(&mut out.output);
    }

    /// The groups that changed since the last commit, which are then unchanged.
    pub fn take_dirty(&mut self) -> Vec<(u32, u64)> {
        let mut dirty = std::mem::take(&mut self.dirty);
        dirty.retain(|&(group, row)| self.store.dirty(group) == row);
        dirty.iter().for_each(|&(group, _)| self.store.clean(group));
        dirty
    }

    /// Gives the list of [`Windowed::take_dirty`] back, to keep its memory.
    pub fn recycle_dirty(&mut self, mut dirty: Vec<(u32, u64)>) {
        dirty.clear();
        self.dirty = dirty;
    }

    /// Adds the closed windows in retention to rows for a pull query.
    pub fn read_closed(&self, core: &Core, rows: &mut TableRows) {
        for row in self.closed.rows(|partition| self.clocks.stream_time(partition)) {
            let window = row.chunk.windows[row.row];
            let (timestamp, offset) = (row.chunk.timestamps[row.row], row.chunk.offsets[row.row]);
            let meta = Meta { window: Some(window), timestamp: timestamp.0, offset };
            core.push_values(row.key, meta, (row.chunk, row.row), rows.push(row.key, window));
        }
    }
}

/// Rows for a pull query, to be put in order.
pub struct TableRows {
    order: Vec<(u32, Window)>,
    rows: Chunk,
}

impl TableRows {
    /// None, for rows of an operator's form.
    pub fn new(core: &Core) -> Self {
        Self { order: Vec::new(), rows: core.new_output() }
    }

    /// The row to be filled for a key and window.
    pub fn push(&mut self, key: u32, window: Window) -> &mut Chunk {
        self.order.push((key, window));
        &mut self.rows
    }

    /// Appends the rows by key, then by window.
    pub fn finish(self, core: &Core, out: &mut Chunk) {
        let mut rows: Vec<u32> = (0..self.order.len() as u32).collect();
        order::sort_rows(&mut rows, &mut |a, b| {
            let ((key_a, window_a), (key_b, window_b)) =
                (self.order[a as usize], self.order[b as usize]);
            core.keys.compare(key_a, key_b).then(window_a.cmp(&window_b))
        });
        out.gather(&self.rows, &rows);
    }
}
