//! A queue of mostly one item: that one needs no memory of its own.

use std::collections::VecDeque;
use std::mem;

use serde::{Deserialize, Serialize};

/// Items in an order that the caller keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Few<T> {
    /// No item.
    #[default]
    None,
    /// One.
    One(T),
    /// Two or more, or as many as are left of them.
    Many(Box<VecDeque<T>>),
}

impl<T> Few<T> {
    /// The items, in two parts one after the other.
    fn parts(&self) -> (&[T], &[T]) {
        match self {
            Self::None => (&[], &[]),
            Self::One(item) => (std::slice::from_ref(item), &[]),
            Self::Many(items) => items.as_slices(),
        }
    }

    /// The items.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        let (first, second) = match self {
            Self::None => (&mut [][..], &mut [][..]),
            Self::One(item) => (std::slice::from_mut(item), &mut [][..]),
            Self::Many(items) => items.as_mut_slices(),
        };
        first.iter_mut().chain(second)
    }

    /// How many items there are before the first that is not `before`; after it there must be no other.
    pub fn partition_point(&self, mut before: impl FnMut(&T) -> bool) -> usize {
        let (first, second) = self.parts();
        match second.first() {
            Some(item) if before(item) => first.len() + second.partition_point(before),
            _ => first.partition_point(before),
        }
    }

    /// Puts an item in at a place.
    ///
    /// # Panics
    /// When the place is behind the end.
    pub fn insert(&mut self, at: usize, item: T) {
        *self = match mem::take(self) {
            Self::None => {
                assert!(at == 0, "place {at} of no items");
                Self::One(item)
            }
            Self::One(first) => {
                let mut items = VecDeque::from([first]);
                items.insert(at, item);
                Self::Many(Box::new(items))
            }
            Self::Many(mut items) => {
                items.insert(at, item);
                Self::Many(items)
            }
        };
    }

    /// Takes the first item. With the last one goes the memory.
    pub fn pop_front(&mut self) -> Option<T> {
        match self {
            Self::Many(items) if items.len() > 1 => items.pop_front(),
            _ => match mem::take(self) {
                Self::None => None,
                Self::One(item) => Some(item),
                Self::Many(mut items) => items.pop_front(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    #[test]
    fn it_is_what_a_queue_would_be() {
        let mut draws = Seed(9).stream("few");
        let (mut few, mut queue) = (Few::None, VecDeque::new());
        for number in 0..5_000 {
            if draws.chance(0.49) {
                let late = number - draws.below(9).min(number);
                let at = few.partition_point(|other| *other <= late);
                assert_eq!(at, queue.partition_point(|other| *other <= late));
                few.insert(at, late);
                queue.insert(at, late);
            } else {
                assert_eq!(few.pop_front(), queue.pop_front());
            }
            assert!(few.iter_mut().eq(&mut queue));
            assert!(!queue.is_empty() || few == Few::None, "memory of nothing");
        }
    }
}
