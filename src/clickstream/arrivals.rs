//! The records that wait to arrive, by time and, at one time, in the order in which they were sent.
//!
//! Delays of minutes let tens of thousands wait at once. Only those of the present second or so are
//! kept in order; the others lie in the list of theirs, which costs the same however many they are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::time::Micros;

/// A list spans 2²⁰ µs, about a second.
const SPAN_BITS: u32 = 20;
/// So few may be sorted into lists again.
const FEW: usize = 64;

/// When, which in the order of sending, and whatever number the caller keeps with it.
type Arrival = (Micros, u64, u32);

/// A queue by time.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    /// All that arrive before the end of span `last`; empty only when nothing waits.
    near: BinaryHeap<Reverse<Arrival>>,
    last: i64,
    /// By span, all after `last`.
    far: BTreeMap<i64, Vec<Reverse<Arrival>>>,
    /// An empty list, for its memory.
    spare: Vec<Reverse<Arrival>>,
    len: usize,
}

impl Arrivals {
    pub(super) const fn new() -> Self {
        Self {
            near: BinaryHeap::new(),
            last: i64::MIN,
            far: BTreeMap::new(),
            spare: Vec::new(),
            len: 0,
        }
    }

    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// When the first one arrives.
    pub(super) fn next(&self) -> Option<Micros> {
        self.near.peek().map(|Reverse((at, _, _))| *at)
    }

    pub(super) fn push(&mut self, arrival: Arrival) {
        let span = span_of(&arrival);
        self.len += 1;
        if self.near.is_empty() {
            self.last = span;
        } else if span < self.last && self.near.len() < FEW {
            // What was first is late: without this, all until then would be kept in order.
            self.last = span;
            for Reverse(other) in std::mem::take(&mut self.near) {
                self.place(other);
            }
        }
        self.place(arrival);
    }

    fn place(&mut self, arrival: Arrival) {
        let span = span_of(&arrival);
        if span <= self.last {
            self.near.push(Reverse(arrival));
        } else {
            let spare = &mut self.spare;
            self.far.entry(span).or_insert_with(|| std::mem::take(spare)).push(Reverse(arrival));
        }
    }

    /// Takes the first one.
    pub(super) fn pop(&mut self) -> Option<Arrival> {
        let Reverse(first) = self.near.pop()?;
        self.len -= 1;
        if self.near.is_empty()
            && let Some((span, list)) = self.far.pop_first()
        {
            self.last = span;
            self.spare = std::mem::replace(&mut self.near, BinaryHeap::from(list)).into_vec();
        }
        Some(first)
    }
}

const fn span_of((at, ..): &Arrival) -> i64 {
    at.0 >> SPAN_BITS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn everything_leaves_in_order(
            steps in prop::collection::vec((any::<bool>(), -9_000_000_i64..90_000_000), 0..400),
        ) {
            let mut arrivals = Arrivals::new();
            let mut plain = BinaryHeap::new();
            for (sent, (is_push, at)) in (0_u64..).zip(steps) {
                if is_push {
                    let arrival = (Micros(at), sent, sent as u32);
                    arrivals.push(arrival);
                    plain.push(Reverse(arrival));
                } else {
                    prop_assert_eq!(arrivals.pop(), plain.pop().map(|Reverse(first)| first));
                }
                prop_assert_eq!(arrivals.len(), plain.len());
                prop_assert_eq!(arrivals.next(), plain.peek().map(|Reverse((at, _, _))| *at));
            }
            while let Some(Reverse(first)) = plain.pop() {
                prop_assert_eq!(arrivals.pop(), Some(first));
            }
            prop_assert_eq!(arrivals.pop(), None);
        }
    }
}
