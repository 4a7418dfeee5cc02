//! Values of windows from the slices that they share.

use std::ops::Range;

use super::super::Meta;
use super::super::windowed::{Closing, TableRows};
use super::{Collector, NONE, State, Timestamp, Window, entry_of};

impl State {
    /// Closes the windows with a start in `starts`, of all keys of a partition, by start.
    pub fn close_from_slices(
        &mut self,
        partition: u32,
        starts: Range<i64>,
        lost_below: i64,
        out: &mut Collector,
    ) {
        let Some(slice) = self.windowed.store.first_start(partition) else { return };
        let mut start = self.first_window(slice).max(starts.start);
        while start < starts.end {
            if self.close_window(partition, start, start < lost_below, out) {
                start += self.windows.advance_ms();
                continue;
            }
            // Nothing in this window: go on at the first that holds the next slice.
            let next = self.windowed.store.in_partition(partition, start..i64::MAX).next();
            let Some((slice, _)) = next else { return };
            start = self.first_window(slice).max(start + self.windows.advance_ms());
        }
    }

    fn first_window(&self, slice: i64) -> i64 {
        self.windows.starts_for(Timestamp(slice)).smallest()
    }

    /// Closes one window for all keys that have a slice in it; whether any has.
    fn close_window(
        &mut self,
        partition: u32,
        start: i64,
        is_lost: bool,
        out: &mut Collector,
    ) -> bool {
        let mut closing = std::mem::take(&mut self.scratch.closing);
        for (_, groups) in
            self.windowed.store.in_partition(partition, start..self.windows.reach(start))
        {
            for &group in groups {
                let slice = self.windowed.closing(group);
                let place = entry_of(&mut self.scratch.places, slice.key);
                if *place == NONE {
                    *place = closing.len() as u32;
                    closing.push(Closing { group: self.core.groups.alloc(), ..slice });
                }
                let whole = &mut closing[*place as usize];
                combine(whole, &slice);
                self.core.groups.merge(whole.group, group);
            }
        }
        for closed in &closing {
            self.scratch.places[closed.key as usize] = NONE;
        }
        let any = !closing.is_empty();
        let window = self.windows.window(start);
        self.windowed.close(&mut self.core, &mut closing, (window, is_lost), out);
        closing.iter().for_each(|closed| self.core.groups.release(closed.group));
        closing.clear();
        self.scratch.closing = closing;
        any
    }

    /// Holds back the values of the open windows of changed slices: `(group, row)`.
    pub fn defer_from_slices(&mut self, dirty: &mut [(u32, u64)]) {
        let store = &self.windowed.store;
        dirty.sort_unstable_by_key(|&(group, _)| (store.key(group), store.start(group)));
        let keys: Vec<(u32, i64, u64)> =
            dirty.iter().map(|&(group, row)| (store.key(group), store.start(group), row)).collect();
        for slices in keys.chunk_by(|a, b| a.0 == b.0) {
            self.defer_key(slices);
        }
    }

    /// Holds back the changed windows of one key: its changed slices as (key, start, row), by
    /// start.
    fn defer_key(&mut self, changed: &[(u32, i64, u64)]) {
        let (key, oldest, _) = changed[0];
        let (_, newest, _) = changed[changed.len() - 1];
        let advance_ms = self.windows.advance_ms();
        let first_open = self.windowed.clocks.of(self.core.keys.partition(key)).first_open;
        let mut start = self.first_window(oldest).max(first_open);
        let last = self.windows.starts_for(Timestamp(newest)).largest();
        let reach = start..last.saturating_add(self.windows.size_ms());
        self.windowed.store.of_key(key, &reach, &mut self.scratch.groups);
        while start <= last {
            let taken = start..self.windows.reach(start);
            let rows = changed.iter().filter(|(_, slice, _)| taken.contains(slice));
            if let Some(row) = rows.map(|(_, _, row)| *row).min() {
                let whole = self.merge_slices(key, &taken);
                let window = self.windows.window(start);
                self.windowed.defer(&mut self.core, row, &whole, window);
                self.core.groups.release(whole.group);
            }
            start += advance_ms;
        }
    }

    /// A new group with what the slices in `scratch.groups` (of one key, by start) that start
    /// within `starts` hold.
    fn merge_slices(&mut self, key: u32, starts: &Range<i64>) -> Closing {
        let group = self.core.groups.alloc();
        let mut whole = Closing { key, group, latest: (i64::MIN, i64::MIN), dirty: 0 };
        let store = &self.windowed.store;
        let slices = &self.scratch.groups;
        let from = slices.partition_point(|&slice| store.start(slice) < starts.start);
        let to = slices.partition_point(|&slice| store.start(slice) < starts.end);
        for &slice in &slices[from..to] {
            combine(&mut whole, &self.windowed.closing(slice));
            self.core.groups.merge(group, slice);
        }
        whole
    }

    /// Adds the open windows of all keys to rows for a pull query.
    pub fn read_from_slices(&mut self, rows: &mut TableRows) {
        let mut keys: Vec<u32> =
            self.windowed.store.iter().map(|group| self.windowed.store.key(group)).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let first_open = self.windowed.clocks.of(self.core.keys.partition(key)).first_open;
            self.windowed.store.of_key(key, &(i64::MIN..i64::MAX), &mut self.scratch.groups);
            let slices = &self.scratch.groups;
            let start_of = |group: u32| self.windowed.store.start(group);
            let (oldest, newest) = (start_of(slices[0]), start_of(slices[slices.len() - 1]));
            let mut start = self.first_window(oldest).max(first_open);
            let last = self.windows.starts_for(Timestamp(newest)).largest();
            while start <= last {
                let whole = self.merge_slices(key, &(start..self.windows.reach(start)));
                if whole.latest.0 != i64::MIN {
                    self.read_window(&whole, self.windows.window(start), rows);
                }
                self.core.groups.release(whole.group);
                start += self.windows.advance_ms();
            }
        }
    }

    fn read_window(&mut self, whole: &Closing, window: Window, rows: &mut TableRows) {
        let (timestamp, offset) = whole.latest;
        let meta = Meta { window: Some(window), timestamp, offset };
        self.core.push_group(whole.key, meta, whole.group, rows.push(whole.key, window));
    }
}

/// Adds what a slice says of its records to a window's.
fn combine(whole: &mut Closing, slice: &Closing) {
    whole.latest = (whole.latest.0.max(slice.latest.0), whole.latest.1.max(slice.latest.1));
    whole.dirty = match (whole.dirty, slice.dirty) {
        (0, row) | (row, 0) => row,
        (a, b) => a.min(b),
    };
}
