//! The session store: sessions by key, in order of time.
//!
//! Not here: what is aggregated (accumulators number their groups alike), and the rules of gap and
//! grace.

use serde::{Deserialize, Serialize};

use super::NONE;
use super::keys::entry_of;
use super::timers::{Timer, Timers};
use crate::chunk::Window;
use crate::time::Timestamp;

/// What is known of a session besides its aggregates.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The key, or [`NONE`] when the session is not in the store.
    pub key: u32,
    /// The time of its first record.
    pub start: i64,
    /// The time of its last record.
    pub end: i64,
    /// The largest offset of its records.
    pub offset: i64,
    /// Its entry in the list of changes since the last commit, or [`NONE`].
    pub change: u32,
    /// Whether its present window has been emitted.
    pub emitted: bool,
    /// The next older session of the key.
    older: u32,
    /// The next newer one.
    newer: u32,
    /// Distinguishes the sessions that had this number one after the other.
    generation: u32,
}

impl Session {
    /// The session's window: both ends are included.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { start: Timestamp(self.start), end: Timestamp(self.end) }
    }
}

const UNUSED: Session = Session {
    key: NONE,
    start: 0,
    end: 0,
    offset: i64::MIN,
    change: NONE,
    emitted: false,
    older: NONE,
    newer: NONE,
    generation: 0,
};

/// Slots of timers in the time that sessions stay open.
const SLOTS: i64 = 64;

/// Sessions by key.
#[derive(Debug, Serialize, Deserialize)]
pub struct SessionStore {
    open_ms: i64,
    sessions: Vec<Session>,
    newest: Vec<u32>,
    /// By partition. A session has one timer, which is moved to its later end when it is due: its
    /// end moves with nearly every record, its timer rarely.
    timers: Vec<Timers>,
    live: u32,
}

impl SessionStore {
    /// For sessions that stay open about so long after their last record: gap and grace. It decides about
    /// speed and memory only.
    #[must_use]
    pub const fn new(open_ms: i64) -> Self {
        Self { open_ms, sessions: Vec::new(), newest: Vec::new(), timers: Vec::new(), live: 0 }
    }

    /// The session with this number.
    #[must_use]
    #[inline]
    pub fn get(&self, id: u32) -> &Session {
        &self.sessions[id as usize]
    }

    /// The session with this number, to be changed.
    #[inline]
    pub fn get_mut(&mut self, id: u32) -> &mut Session {
        &mut self.sessions[id as usize]
    }

    /// The sessions of `key` that reach into `from..=to`, oldest first.
    #[inline]
    pub fn touching(&self, key: u32, from: i64, to: i64, out: &mut Vec<u32>) {
        out.clear();
        let mut id = self.newest.get(key as usize).copied().unwrap_or(NONE);
        while id != NONE {
            let session = &self.sessions[id as usize];
            if session.end < from {
                break;
            }
            if session.start <= to {
                out.push(id);
            }
            id = session.older;
        }
        out.reverse();
    }

    /// The session of `key` that reaches into `from..=to`, which then also has a record there, if it
    /// is the key's only one.
    #[inline]
    pub fn extend_only(
        &mut self,
        key: u32,
        (from, to): (i64, i64),
        (timestamp, offset): (i64, i64),
    ) -> Option<u32> {
        let id = self.newest.get(key as usize).copied().filter(|id| *id != NONE)?;
        let session = &mut self.sessions[id as usize];
        if session.older != NONE || session.end < from || session.start > to {
            return None;
        }
        session.start = session.start.min(timestamp);
        session.end = session.end.max(timestamp);
        session.offset = session.offset.max(offset);
        Some(id)
    }

    /// Puts a session of one record under `id`, a number that is not in the store.
    pub fn insert(&mut self, id: u32, key: u32, timestamp: i64, offset: i64, partition: u32) {
        if self.sessions.len() <= id as usize {
            self.sessions.resize(id as usize + 1, UNUSED);
        }
        let generation = self.sessions[id as usize].generation.wrapping_add(1);
        self.sessions[id as usize] =
            Session { key, start: timestamp, end: timestamp, offset, generation, ..UNUSED };
        self.link(id, key, timestamp);
        if self.timers.len() <= partition as usize {
            let slot_ms = self.open_ms / SLOTS;
            self.timers.resize_with(partition as usize + 1, || Timers::new(slot_ms));
        }
        self.timers[partition as usize].push(Timer { at: timestamp, id, generation });
        self.live += 1;
    }

    fn link(&mut self, id: u32, key: u32, start: i64) {
        let newest = entry_of(&mut self.newest, key);
        let (mut newer, mut older) = (NONE, *newest);
        while older != NONE && self.sessions[older as usize].start > start {
            newer = older;
            older = self.sessions[older as usize].older;
        }
        let session = &mut self.sessions[id as usize];
        (session.older, session.newer) = (older, newer);
        if older != NONE {
            self.sessions[older as usize].newer = id;
        }
        if newer == NONE {
            *newest = id;
        } else {
            self.sessions[newer as usize].older = id;
        }
    }

    /// Takes a session out.
    pub fn remove(&mut self, id: u32) {
        let session = self.sessions[id as usize];
        if session.newer == NONE {
            self.newest[session.key as usize] = session.older;
        } else {
            self.sessions[session.newer as usize].older = session.older;
        }
        if session.older != NONE {
            self.sessions[session.older as usize].newer = session.newer;
        }
        self.sessions[id as usize] = Session { generation: session.generation, ..UNUSED };
        self.live -= 1;
    }

    /// A lower bound of the ends in a partition; the largest number without sessions.
    #[must_use]
    #[inline]
    pub fn earliest(&self, partition: u32) -> i64 {
        self.timers.get(partition as usize).map_or(i64::MAX, Timers::earliest)
    }

    /// The sessions of a partition that end before `bound`, which the caller then removes: in no
    /// order that means anything. Their timers are gone.
    pub fn take_ended(&mut self, partition: u32, bound: i64, out: &mut Vec<u32>) {
        out.clear();
        let Some(timers) = self.timers.get_mut(partition as usize) else { return };
        let sessions = &self.sessions;
        let end = |timer: &Timer| {
            let session = &sessions[timer.id as usize];
            let is_there = session.key != NONE && session.generation == timer.generation;
            is_there.then_some(session.end)
        };
        timers.take(bound, end, |timer| out.push(timer.id));
    }

    /// All sessions, by their numbers.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        (0..self.sessions.len() as u32).filter(|&id| self.sessions[id as usize].key != NONE)
    }

    /// Number of sessions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.live as usize
    }

    /// Whether there is no session.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Memory in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.sessions.len() * size_of::<Session>()
            + self.newest.len() * 4
            + self.timers.iter().map(|t| t.len() * size_of::<Timer>()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_found_by_time_and_end_by_their_latest_end() {
        let mut store = SessionStore::new(5);
        for (id, timestamp) in [(0, 100), (1, 0), (2, 50)] {
            store.insert(id, 3, timestamp, 0, 0);
        }
        let mut out = Vec::new();
        store.touching(3, 40, 110, &mut out);
        assert_eq!(out, [2, 0]);
        store.touching(3, -9, 0, &mut out);
        assert_eq!(out, [1]);
        store.touching(4, 0, 999, &mut out);
        assert!(out.is_empty());
        store.get_mut(1).end = 20;
        assert_eq!(store.earliest(0), 0);
        store.take_ended(0, 10, &mut out);
        assert_eq!((out.as_slice(), store.earliest(0)), (&[][..], 20));
        store.take_ended(0, 60, &mut out);
        assert_eq!(out, [1, 2]);
        out.iter().for_each(|id| store.remove(*id));
        store.touching(3, i64::MIN, i64::MAX, &mut out);
        assert_eq!((out.as_slice(), store.len()), (&[0][..], 1));
    }
}
