//! The windowed queries as loops that a good Rust programmer would write first: a typed row, the
//! standard hash map, a tuple as the key. No lateness, no memory bound; nothing is given out before
//! the end but sessions, which nobody would keep open for ever.
#![allow(clippy::disallowed_types, reason = "these loops use what a plain loop uses")]

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use datasketches::hash::value::raw_bytes;
use datasketches::hll::{HllSketch, HllType};

use super::query::{GAP_MS, GRACE_MS, HOPPING_MS, LG_K, STEP_MS};

fn step_of(time: i64) -> i64 {
    time - time.rem_euclid(STEP_MS)
}

/// Count and distinct users by minute, content and state.
pub type Distinct<S> = HashMap<(i64, S, S), (u64, HashSet<S>)>;

/// From time, content, state and user.
pub fn tumbling<S: Eq + Hash>(rows: impl Iterator<Item = (i64, S, S, S)>) -> Distinct<S> {
    let mut groups = Distinct::new();
    for (time, content, state, user) in rows {
        let (count, users) = groups.entry((step_of(time), content, state)).or_default();
        *count += 1;
        users.insert(user);
    }
    groups
}

/// The same with sketches of users.
pub type Sketched<S> = HashMap<(i64, S, S), (u64, HllSketch)>;

/// From time, content, state and user.
pub fn tumbling_sketched<S: Eq + Hash + AsRef<str>>(
    rows: impl Iterator<Item = (i64, S, S, S)>,
) -> Sketched<S> {
    let mut groups = Sketched::new();
    for (time, content, state, user) in rows {
        let sketch = || HllSketch::new(LG_K, HllType::Hll8).expect("valid");
        let (count, users) =
            groups.entry((step_of(time), content, state)).or_insert_with(|| (0, sketch()));
        *count += 1;
        users.update(raw_bytes::from_str(user.as_ref()));
    }
    groups
}

/// Count by window and country.
pub type Counts<S> = HashMap<(i64, S), u64>;

fn starts(time: i64) -> impl Iterator<Item = i64> {
    let last = step_of(time);
    (0..HOPPING_MS / STEP_MS).map(move |step| last - step * STEP_MS)
}

/// From time and country: every record is counted into each of its windows.
pub fn hopping<S: Eq + Hash + Clone>(rows: impl Iterator<Item = (i64, S)>) -> Counts<S> {
    let mut windows = Counts::new();
    for (time, country) in rows {
        for start in starts(time) {
            *windows.entry((start, country.clone())).or_default() += 1;
        }
    }
    windows
}

/// What one writes second: counts of minutes, added up to hours in the end.
pub fn hopping_by_minute<S: Eq + Hash + Clone>(rows: impl Iterator<Item = (i64, S)>) -> Counts<S> {
    let mut minutes = Counts::new();
    for (time, country) in rows {
        *minutes.entry((step_of(time), country)).or_default() += 1;
    }
    let mut windows = Counts::new();
    for ((minute, country), count) in minutes {
        for start in starts(minute) {
            *windows.entry((start, country.clone())).or_default() += count;
        }
    }
    windows
}

/// A session: its sid, first and last time, and states.
type Session<S> = (i64, i64, i64, Vec<S>);

/// Sessions of a stream without end: those that may go on, by sid, and those that were given out.
pub struct Sessions<S> {
    open: HashMap<i64, Session<S>>,
    closed: Vec<Session<S>>,
}

/// From time, sid and state. Once a minute of stream time what has ended is given out.
pub fn sessions<S>(rows: impl Iterator<Item = (i64, i64, S)>) -> Sessions<S> {
    let (mut open, mut closed) = (HashMap::<i64, Session<S>>::new(), Vec::new());
    let (mut stream_time, mut next_look) = (i64::MIN, i64::MIN);
    for (time, sid, state) in rows {
        stream_time = stream_time.max(time);
        if stream_time >= next_look {
            next_look = stream_time + STEP_MS;
            let first_open = stream_time - GAP_MS - GRACE_MS;
            let ended = open.extract_if(|_, (_, _, last, _)| *last < first_open);
            closed.extend(ended.map(|(_, session)| session));
        }
        match open.entry(sid) {
            Entry::Vacant(entry) => {
                entry.insert((sid, time, time, vec![state]));
            }
            Entry::Occupied(mut entry) => {
                let (_, first, last, states) = entry.get_mut();
                if time - *last <= GAP_MS && *first - time <= GAP_MS {
                    (*first, *last) = ((*first).min(time), (*last).max(time));
                    states.push(state);
                } else {
                    closed.push(entry.insert((sid, time, time, vec![state])));
                }
            }
        }
    }
    Sessions { open, closed }
}

/// The groups of a plain loop.
pub trait Groups {
    /// Their number and counts as one number.
    fn sum(&self) -> u64;
    /// One line each, sorted; as `query::results`.
    fn results(&self) -> Vec<String>;
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    lines
}

impl<S: AsRef<str>> Groups for Distinct<S> {
    fn sum(&self) -> u64 {
        self.values().map(|(count, users)| 1 + count + users.len() as u64).sum()
    }

    fn results(&self) -> Vec<String> {
        sorted(self.iter().map(|((start, content, state), (count, users))| {
            let (content, state) = (content.as_ref(), state.as_ref());
            format!("{start} {content} {state} {count} {}", users.len())
        }))
    }
}

impl<S: AsRef<str>> Groups for Sketched<S> {
    fn sum(&self) -> u64 {
        self.values().map(|(count, _)| 1 + count).sum()
    }

    fn results(&self) -> Vec<String> {
        sorted(self.iter().map(|((start, content, state), (count, users))| {
            let (content, state) = (content.as_ref(), state.as_ref());
            format!("{start} {content} {state} {count} {:.0}", users.estimate())
        }))
    }
}

impl<S: AsRef<str>> Groups for Counts<S> {
    fn sum(&self) -> u64 {
        self.values().map(|count| 1 + count).sum()
    }

    fn results(&self) -> Vec<String> {
        let line = |((start, country), count): (&(i64, S), &u64)| {
            format!("{start} {} {count}", country.as_ref())
        };
        sorted(self.iter().map(line))
    }
}

impl<S> Sessions<S> {
    fn all(&self) -> impl Iterator<Item = &Session<S>> {
        self.closed.iter().chain(self.open.values())
    }
}

impl<S: AsRef<str>> Groups for Sessions<S> {
    fn sum(&self) -> u64 {
        self.all().map(|(_, _, _, states)| 1 + states.len() as u64).sum()
    }

    fn results(&self) -> Vec<String> {
        sorted(self.all().map(|(sid, first, _, states)| {
            let states: Vec<&str> = states.iter().map(AsRef::as_ref).collect();
            format!("{first} {sid} {}", states.join(","))
        }))
    }
}
