//! What is to happen when. Things of the same time come out in the order in which they were put in.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::NEVER;

/// An agenda of things on the virtual clock.
#[derive(Clone, Debug)]
pub struct Scheduler<T> {
    /// Time, number, and where in `things`.
    heap: BinaryHeap<Reverse<(i64, u64, usize)>>,
    things: Vec<Option<T>>,
    free: Vec<usize>,
    next: u64,
}

impl<T> Default for Scheduler<T> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), things: Vec::new(), free: Vec::new(), next: 0 }
    }
}

impl<T> Scheduler<T> {
    /// Plans `thing` for `at`.
    pub fn plan(&mut self, at: i64, thing: T) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.things.push(None);
            self.things.len() - 1
        });
        self.things[slot] = Some(thing);
        self.heap.push(Reverse((at, self.next, slot)));
        self.next += 1;
    }

    /// When the next thing is due; [`NEVER`] when nothing is planned.
    #[must_use]
    pub fn next_at(&self) -> i64 {
        self.heap.peek().map_or(NEVER, |Reverse((at, _, _))| *at)
    }

    /// The next thing that is due by `now`.
    pub fn due(&mut self, now: i64) -> Option<T> {
        if self.next_at() > now {
            return None;
        }
        let Reverse((_, _, slot)) = self.heap.pop()?;
        self.free.push(slot);
        self.things[slot].take()
    }

    /// How many things are planned.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is planned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_by_time_and_then_by_order() {
        let mut agenda = Scheduler::default();
        for (at, thing) in [(5, 'a'), (3, 'b'), (5, 'c'), (1, 'd')] {
            agenda.plan(at, thing);
        }
        assert_eq!(agenda.due(0), None);
        assert_eq!((agenda.due(4), agenda.due(4), agenda.due(4)), (Some('d'), Some('b'), None));
        agenda.plan(5, 'e');
        let rest: String = std::iter::from_fn(|| agenda.due(5)).collect();
        assert_eq!(rest, "ace");
        assert_eq!((agenda.next_at(), agenda.is_empty()), (NEVER, true));
    }
}
