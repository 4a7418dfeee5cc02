//! The window store: groups by key and start, where a group is a window or a slice of one.
//!
//! Not here: what is aggregated (accumulators number their groups alike) and when a window closes.

use std::collections::BTreeMap;
use std::ops::Range;

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use super::NONE;
use super::keys::entry_of;
use crate::hash;

/// What is known of a group besides its aggregates.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Group {
    /// The key, or [`NONE`] when the group is not in the store.
    key: u32,
    /// The next older group of the key, by start.
    older: u32,
    /// The next newer one.
    newer: u32,
    start: i64,
    timestamp: i64,
    offset: i64,
    /// The row (counted by the operator from 1) that first changed it since the last commit; 0
    /// when none did.
    dirty: u64,
}

const UNUSED: Group = Group {
    key: NONE,
    older: NONE,
    newer: NONE,
    start: 0,
    timestamp: i64::MIN,
    offset: i64::MIN,
    dirty: 0,
};

/// Groups by key and start.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct GroupStore {
    groups: Vec<Group>,
    /// The newest group of each key.
    newest: Vec<u32>,
    /// Groups by partition and start, each in order of creation.
    buckets: BTreeMap<(u32, i64), Vec<u32>>,
    live: u32,
    #[serde(skip)]
    table: HashTable<u32>,
    #[serde(skip)]
    spare: Vec<Vec<u32>>,
}

impl GroupStore {
    /// Puts back what a checkpoint leaves out.
    pub fn rebuild(&mut self) {
        self.table.clear();
        for (id, group) in self.groups.iter().enumerate().filter(|(_, g)| g.key != NONE) {
            let groups = &self.groups;
            self.table
                .insert_unique(hash_of(group.key, group.start), id as u32, |&o| rehash(groups, o));
        }
    }

    /// The group of `key` that starts at `start`.
    #[must_use]
    #[inline]
    pub fn find(&self, key: u32, start: i64) -> Option<u32> {
        // Rows come nearly in order, so the newest group or the one before is nearly always it.
        let newest = *self.newest.get(key as usize)?;
        if newest == NONE {
            return None;
        }
        let group = &self.groups[newest as usize];
        if group.start == start {
            return Some(newest);
        }
        if group.start < start {
            return None;
        }
        if group.older != NONE && self.groups[group.older as usize].start == start {
            return Some(group.older);
        }
        let groups = &self.groups;
        let is = |&id: &u32| groups[id as usize].key == key && groups[id as usize].start == start;
        self.table.find(hash_of(key, start), is).copied()
    }

    /// Puts group `id`, a number that is not in the store, under key and start.
    pub fn insert(&mut self, id: u32, key: u32, start: i64, partition: u32) {
        if self.groups.len() <= id as usize {
            self.groups.resize(id as usize + 1, UNUSED);
        }
        self.groups[id as usize] = Group { key, start, ..UNUSED };
        self.link(id, key, start);
        let groups = &self.groups;
        self.table.insert_unique(hash_of(key, start), id, |&other| rehash(groups, other));
        let spare = &mut self.spare;
        self.buckets
            .entry((partition, start))
            .or_insert_with(|| spare.pop().unwrap_or_default())
            .push(id);
        self.live += 1;
    }

    fn link(&mut self, id: u32, key: u32, start: i64) {
        let newest = entry_of(&mut self.newest, key);
        let (mut newer, mut older) = (NONE, *newest);
        while older != NONE && self.groups[older as usize].start > start {
            newer = older;
            older = self.groups[older as usize].older;
        }
        let group = &mut self.groups[id as usize];
        (group.older, group.newer) = (older, newer);
        if older != NONE {
            self.groups[older as usize].newer = id;
        }
        if newer == NONE {
            *newest = id;
        } else {
            self.groups[newer as usize].older = id;
        }
    }

    /// Takes a group out of the index; its bucket must be taken whole ([`GroupStore::take`]).
    pub fn remove(&mut self, id: u32) {
        let group = self.groups[id as usize];
        if group.newer == NONE {
            self.newest[group.key as usize] = group.older;
        } else {
            self.groups[group.newer as usize].older = group.older;
        }
        if group.older != NONE {
            self.groups[group.older as usize].newer = group.newer;
        }
        let hash = hash_of(group.key, group.start);
        if let Ok(entry) = self.table.find_entry(hash, |&other| other == id) {
            entry.remove();
        }
        self.groups[id as usize] = UNUSED;
        self.live -= 1;
    }

    /// Counts a record in: the group's timestamp and offset are the largest of its records.
    #[inline]
    pub fn touch(&mut self, id: u32, timestamp: i64, offset: i64) {
        let group = &mut self.groups[id as usize];
        group.timestamp = group.timestamp.max(timestamp);
        group.offset = group.offset.max(offset);
    }

    /// Marks the group as changed by row `row`; returns whether it was unchanged.
    #[inline]
    pub fn mark(&mut self, id: u32, row: u64) -> bool {
        let dirty = &mut self.groups[id as usize].dirty;
        if *dirty != 0 {
            return false;
        }
        *dirty = row;
        true
    }

    /// The row that first changed it since the last commit, or 0.
    #[must_use]
    pub fn dirty(&self, id: u32) -> u64 {
        self.groups[id as usize].dirty
    }

    /// Unmarks the group.
    pub fn clean(&mut self, id: u32) {
        self.groups[id as usize].dirty = 0;
    }

    /// The group's key.
    #[must_use]
    pub fn key(&self, id: u32) -> u32 {
        self.groups[id as usize].key
    }

    /// The group's start.
    #[must_use]
    pub fn start(&self, id: u32) -> i64 {
        self.groups[id as usize].start
    }

    /// The largest timestamp and offset of the group's records.
    #[must_use]
    pub fn latest(&self, id: u32) -> (i64, i64) {
        let group = &self.groups[id as usize];
        (group.timestamp, group.offset)
    }

    /// The groups of `key` that start within `starts`, oldest first.
    pub fn of_key(&self, key: u32, starts: &Range<i64>, out: &mut Vec<u32>) {
        out.clear();
        let mut id = self.newest.get(key as usize).copied().unwrap_or(NONE);
        while id != NONE && self.groups[id as usize].start >= starts.start {
            if self.groups[id as usize].start < starts.end {
                out.push(id);
            }
            id = self.groups[id as usize].older;
        }
        out.reverse();
    }

    /// The groups with a start within `starts` in a partition, by start.
    pub fn in_partition(
        &self,
        partition: u32,
        starts: Range<i64>,
    ) -> impl Iterator<Item = (i64, &[u32])> {
        self.buckets
            .range((partition, starts.start)..(partition, starts.end))
            .map(|((_, start), groups)| (*start, groups.as_slice()))
    }

    /// The smallest start in a partition.
    #[must_use]
    pub fn first_start(&self, partition: u32) -> Option<i64> {
        self.in_partition(partition, i64::MIN..i64::MAX).next().map(|(start, _)| start)
    }

    /// Takes the list of the groups that start at `start`; each must then be removed. Give the
    /// list back with [`GroupStore::recycle`].
    pub fn take(&mut self, partition: u32, start: i64) -> Vec<u32> {
        self.buckets.remove(&(partition, start)).unwrap_or_default()
    }

    /// Keeps the memory of a list for the next bucket.
    pub fn recycle(&mut self, mut list: Vec<u32>) {
        list.clear();
        if self.spare.len() < 64 {
            self.spare.push(list);
        }
    }

    /// All groups by partition and start.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.buckets.values().flatten().copied()
    }

    /// Number of groups.
    #[must_use]
    pub fn len(&self) -> usize {
        self.live as usize
    }

    /// Whether there is no group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Memory in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.groups.len() * size_of::<Group>()
            + self.newest.len() * 4
            + self.table.len() * 5
            + self.buckets.values().map(|list| list.len() * 4 + 48).sum::<usize>()
    }
}

#[inline]
fn hash_of(key: u32, start: i64) -> u64 {
    hash::hash_pair(u64::from(key), start as u64)
}

fn rehash(groups: &[Group], id: u32) -> u64 {
    let group = &groups[id as usize];
    hash_of(group.key, group.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_found_and_chained_in_order_of_start() {
        let mut store = GroupStore::default();
        for (id, start) in [(0, 30), (1, 10), (2, 20), (3, 50), (4, 40)] {
            store.insert(id, 7, start, 0);
        }
        store.insert(5, 8, 30, 0);
        for (id, start) in [(0, 30), (1, 10), (2, 20), (3, 50), (4, 40)] {
            assert_eq!(store.find(7, start), Some(id), "{start}");
        }
        assert_eq!(store.find(7, 60), None);
        assert_eq!(store.find(7, 35), None);
        assert_eq!(store.find(9, 30), None);
        let mut out = Vec::new();
        store.of_key(7, &(20..50), &mut out);
        assert_eq!(out, [2, 0, 4]);
        assert_eq!(store.take(0, 30), [0, 5]);
        store.remove(0);
        store.remove(5);
        store.of_key(7, &(20..60), &mut out);
        assert_eq!(out, [2, 4, 3]);
        assert_eq!((store.find(7, 30), store.len()), (None, 4));
        assert_eq!(store.first_start(0), Some(10));
    }
}
