//! A calendar queue of timers: times in slots of one width, the soonest slot sorted.
//!
//! A timer of a session is pushed on again and again before it is due, so most of them are put down
//! and taken up once for each slot that they are in, and never compared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::order;

/// A time (ms) with what is to be looked at then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timer {
    /// When it is due.
    pub at: i64,
    /// The session's number.
    pub id: u32,
    /// Which of the sessions that had this number.
    pub generation: u32,
}

/// Timers by time.
#[derive(Debug, Serialize, Deserialize)]
pub struct Timers {
    width: i64,
    /// The timers up to and in slot `slot`, the soonest last.
    soonest: Vec<Timer>,
    slot: i64,
    /// The others, by slot, in no order.
    later: BTreeMap<i64, Vec<Timer>>,
    /// A lower bound of the times of all; the largest number without timers.
    earliest: i64,
}

impl Timers {
    /// In slots of `width` ms (at least 1). It decides about speed only.
    pub fn new(width: i64) -> Self {
        Self {
            width: width.max(1),
            soonest: Vec::new(),
            slot: i64::MIN,
            later: BTreeMap::new(),
            earliest: i64::MAX,
        }
    }

    /// Adds a timer.
    pub fn push(&mut self, timer: Timer) {
        self.earliest = self.earliest.min(timer.at);
        let slot = timer.at.div_euclid(self.width);
        if slot > self.slot {
            self.later.entry(slot).or_default().push(timer);
        } else {
            let place = self.soonest.partition_point(|other| *other > timer);
            self.soonest.insert(place, timer);
        }
    }

    /// A lower bound of the times of all; the largest number without timers.
    #[inline]
    pub const fn earliest(&self) -> i64 {
        self.earliest
    }

    /// Takes the timers that are due before `bound`, and gives them to `due`. `moved` says to which time,
    /// not earlier than its own, a timer has moved since, or `None` when nobody waits for it any more.
    /// A timer is given out only after `moved` has said that it is still due.
    pub fn take(
        &mut self,
        bound: i64,
        moved: impl Fn(&Timer) -> Option<i64>,
        mut due: impl FnMut(Timer),
    ) {
        loop {
            while let Some(timer) = self.soonest.pop_if(|timer| timer.at < bound) {
                match moved(&timer) {
                    Some(at) if at < bound => due(timer),
                    Some(at) => self.push(Timer { at, ..timer }),
                    None => {}
                }
            }
            self.earliest = self.soonest.last().map_or(i64::MAX, |timer| timer.at);
            if self.earliest != i64::MAX {
                return;
            }
            let Some(next) = self.later.first_entry() else { return };
            self.earliest = next.key().saturating_mul(self.width);
            if self.earliest >= bound {
                return;
            }
            let (slot, timers) = next.remove_entry();
            self.slot = slot;
            for timer in timers {
                let Some(at) = moved(&timer) else { continue };
                let timer = Timer { at, ..timer };
                if at.div_euclid(self.width) > slot {
                    self.push(timer);
                } else {
                    self.soonest.push(timer);
                }
            }
            order::sort_by(&mut self.soonest, |a, b| b.cmp(a));
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.soonest.len() + self.later.values().map(Vec::len).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    /// Times that move on, some far, some not, some to the ends of time; beside a plain list.
    #[test]
    fn what_is_due_is_given_out_once_it_is_due() {
        let mut draws = Seed(7).stream("timers");
        for width in [0, 1, 7, 1_000_000] {
            let mut timers = Timers::new(width);
            let mut ends: Vec<Option<i64>> = Vec::new();
            let mut bound = -500;
            for _ in 0..2_000 {
                let at = match draws.below(50) {
                    0 => i64::MIN,
                    1 => i64::MAX,
                    _ => bound - 40 + i64::from(draws.below(440)),
                };
                timers.push(Timer { at, id: ends.len() as u32, generation: 0 });
                ends.push(Some(at));
                let other = draws.below(ends.len() as u32) as usize;
                let later = i64::from(draws.below(300));
                ends[other] =
                    ends[other].filter(|_| draws.chance(0.9)).map(|end| end.saturating_add(later));
                bound += i64::from(draws.below(5));
                let mut due = Vec::new();
                timers.take(bound, |timer| ends[timer.id as usize], |timer| due.push(timer.id));
                let mut expected: Vec<_> = (0..ends.len() as u32)
                    .filter(|&id| ends[id as usize].is_some_and(|end| end < bound))
                    .collect();
                due.sort_unstable();
                expected.sort_unstable();
                assert_eq!(due, expected);
                due.iter().for_each(|&id| ends[id as usize] = None);
                let least = ends.iter().flatten().min();
                assert!(least.is_none_or(|least| timers.earliest() <= *least));
            }
            assert!(timers.len() >= ends.iter().flatten().count());
        }
    }
}
