//! Many lists of numbers, most of them short: in blocks of one memory, which go from list to list, so
//! that a list allocates nothing of its own.

use serde::{Deserialize, Serialize};

/// Words of a block: numbers, and in the last one the place of the next block.
const BLOCK: u32 = 8;
/// No block.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct List {
    /// Where its first block is; of an empty one [`NONE`].
    first: u32,
    /// Where the next number goes: the last word of a block when a new one is needed.
    end: u32,
    len: u32,
}

const EMPTY: List = List { first: NONE, end: NONE, len: 0 };

/// Lists by number.
#[derive(Debug, Serialize, Deserialize)]
pub struct Lists {
    lists: Vec<List>,
    words: Vec<u32>,
    /// The first of the blocks that no list has.
    free: u32,
    used: u32,
}

impl Default for Lists {
    fn default() -> Self {
        Self { lists: Vec::new(), words: Vec::new(), free: NONE, used: 0 }
    }
}

impl Lists {
    /// Makes room for so many lists; new ones are empty.
    pub fn resize(&mut self, lists: usize) {
        self.lists.resize(lists, EMPTY);
    }

    /// Length of a list.
    #[inline]
    pub fn len(&self, list: u32) -> usize {
        self.lists[list as usize].len as usize
    }

    /// Adds a number at the end of a list.
    #[inline]
    pub fn push(&mut self, list: u32, number: u32) {
        if self.lists[list as usize].end % BLOCK == BLOCK - 1 {
            self.grow(list);
        }
        let list = &mut self.lists[list as usize];
        self.words[list.end as usize] = number;
        list.end += 1;
        list.len += 1;
    }

    /// Puts a block at the end of a list.
    fn grow(&mut self, list: u32) {
        let block = if self.free == NONE {
            let block = self.words.len() as u32;
            self.words.resize(self.words.len() + BLOCK as usize, NONE);
            block
        } else {
            let block = self.free;
            self.free = self.words[link(block)];
            block
        };
        self.used += 1;
        let list = &mut self.lists[list as usize];
        if list.first == NONE {
            list.first = block;
        } else {
            self.words[list.end as usize] = block;
        }
        list.end = block;
    }

    /// The numbers of a list.
    pub fn iter(&self, list: u32) -> impl ExactSizeIterator<Item = u32> {
        let List { mut first, len, .. } = self.lists[list as usize];
        (0..len as usize).map(move |_| {
            if first % BLOCK == BLOCK - 1 {
                first = self.words[first as usize];
            }
            first += 1;
            self.words[first as usize - 1]
        })
    }

    /// Empties a list.
    pub fn clear(&mut self, list: u32) {
        let List { first, end, len } = std::mem::replace(&mut self.lists[list as usize], EMPTY);
        if first != NONE {
            self.words[link(end)] = std::mem::replace(&mut self.free, first);
            self.used -= len.div_ceil(BLOCK - 1);
        }
    }

    /// Memory in bytes.
    pub fn size_bytes(&self) -> usize {
        self.lists.len() * size_of::<List>() + (self.used * BLOCK) as usize * 4
    }
}

/// The last word of the block that `at` is in.
const fn link(at: u32) -> usize {
    (at | (BLOCK - 1)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    #[test]
    fn they_are_what_vectors_would_be() {
        let mut draws = Seed(3).stream("lists");
        let (mut lists, mut expected) = (Lists::default(), vec![Vec::new(); 20]);
        lists.resize(20);
        for number in 0..20_000 {
            let list = draws.below(20);
            if draws.chance(0.03) {
                lists.clear(list);
                expected[list as usize].clear();
            } else {
                lists.push(list, number);
                expected[list as usize].push(number);
            }
            if number % 100 == 0 {
                let bytes = postcard::to_allocvec(&lists).expect("written");
                lists = postcard::from_bytes(&bytes).expect("read");
            }
            let list = draws.below(20);
            assert_eq!(lists.iter(list).collect::<Vec<_>>(), expected[list as usize]);
            assert_eq!(lists.len(list), expected[list as usize].len());
            let blocks: usize = expected.iter().map(|list| list.len().div_ceil(7)).sum();
            assert_eq!(lists.size_bytes(), 20 * 12 + blocks * 32);
        }
        assert!(lists.words.len() < 6_000, "{} words", lists.words.len());
    }
}
