//! Byte strings that come and go, in pages: the keys and the kept rows of an operator.
//!
//! A page goes as soon as nothing in it is wanted, so strings that leave in the order in which they
//! came take no more memory than those that are there, and nothing grows by moving to a larger
//! place. Pages that stay for a few strings are emptied when half of all bytes are dead.

use std::mem;

use serde::{Deserialize, Serialize};

use super::NONE;

/// Bytes of a page. A string of over an eighth has one of its own.
const PAGE: usize = 1 << 16;
/// Dead bytes that are always let be.
const LEAST_DEAD: usize = PAGE;

/// Where a string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    page: u32,
    start: u32,
    length: u32,
}

impl Span {
    /// Of no string.
    pub const NOWHERE: Self = Self { page: NONE, start: 0, length: 0 };
    /// Of an empty string, which needs no page.
    const EMPTY: Self = Self { page: 0, start: 0, length: 0 };
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Page {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    live: u32,
}

/// Byte strings by [`Span`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arena {
    pages: Vec<Page>,
    /// Numbers of pages that are not in use.
    free: Vec<u32>,
    /// The page that is written to, or [`NONE`].
    open: u32,
    /// Bytes in pages.
    size: usize,
    dead: usize,
}

impl Default for Arena {
    fn default() -> Self {
        Self { pages: Vec::new(), free: Vec::new(), open: NONE, size: 0, dead: 0 }
    }
}

impl Arena {
    /// Keeps a string.
    ///
    /// # Panics
    /// When it has 4 GiB or more.
    pub fn insert(&mut self, bytes: &[u8]) -> Span {
        if bytes.is_empty() {
            return Span::EMPTY;
        }
        let length = u32::try_from(bytes.len()).expect("a string is under 4 GiB");
        let page = if bytes.len() > PAGE / 8 { self.page(bytes.len()) } else { self.room(bytes) };
        let Page { bytes: all, live } = &mut self.pages[page as usize];
        let start = all.len() as u32;
        all.extend_from_slice(bytes);
        *live += length;
        self.size += bytes.len();
        Span { page, start, length }
    }

    /// The open page, which has room for `bytes`.
    fn room(&mut self, bytes: &[u8]) -> u32 {
        let has_room = |page: &Page| page.bytes.len() + bytes.len() <= PAGE;
        if !self.pages.get(self.open as usize).is_some_and(has_room) {
            self.close();
            // What stays small takes little.
            self.open = self.page(if self.size < PAGE / 2 { 0 } else { PAGE });
        }
        self.open
    }

    /// A page without strings.
    fn page(&mut self, capacity: usize) -> u32 {
        let page = Page { bytes: Vec::with_capacity(capacity), live: 0 };
        match self.free.pop() {
            Some(at) => {
                self.pages[at as usize] = page;
                at
            }
            None => {
                self.pages.push(page);
                self.pages.len() as u32 - 1
            }
        }
    }

    fn close(&mut self) {
        let open = mem::replace(&mut self.open, NONE);
        self.give_back(open);
    }

    /// Frees a page if it is one that no string needs.
    fn give_back(&mut self, at: u32) {
        let Some(page) = self.pages.get_mut(at as usize) else { return };
        if page.live == 0 && at != self.open {
            let gone = mem::take(&mut page.bytes).len();
            self.size -= gone;
            self.dead -= gone;
            self.free.push(at);
        }
    }

    /// The string at a place.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[inline]
    pub fn get(&self, span: Span) -> &[u8] {
        if span == Span::EMPTY {
            return &[];
        }
        let start = span.start as usize;
        &self.pages[span.page as usize].bytes[start..start + span.length as usize]
    }

    /// Forgets the string at a place.
    ///
    /// # Panics
    /// When there is none.
    pub fn remove(&mut self, span: Span) {
        if span == Span::EMPTY {
            return;
        }
        self.pages[span.page as usize].live -= span.length;
        self.dead += span.length as usize;
        self.give_back(span.page);
    }

    /// Whether so much is dead that [`Arena::compact`] is worth its time.
    #[must_use]
    pub const fn wants_compaction(&self) -> bool {
        self.dead > LEAST_DEAD && self.dead > self.size / 2
    }

    /// Moves strings from pages with many dead bytes together. `spans` are those of all strings.
    pub fn compact<'a>(&mut self, spans: impl Iterator<Item = &'a mut Span>) {
        self.close();
        // A quarter: so much more has to die before it is wanted again.
        let is_sparse = |page: &Page| (page.live as usize) < page.bytes.len() / 4 * 3;
        let sparse: Vec<bool> = self.pages.iter().map(is_sparse).collect();
        for span in spans {
            let is_sparse = sparse.get(span.page as usize).is_some_and(|sparse| *sparse);
            if !is_sparse || *span == Span::EMPTY {
                continue;
            }
            let from = mem::take(&mut self.pages[span.page as usize].bytes);
            let start = span.start as usize;
            let moved = self.insert(&from[start..start + span.length as usize]);
            self.pages[span.page as usize].bytes = from;
            self.remove(mem::replace(span, moved));
        }
    }

    /// Bytes in pages, dead ones among them.
    #[must_use]
    pub const fn size_bytes(&self) -> usize {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(number: usize, length: usize) -> Vec<u8> {
        (0..length).map(|at| (number * 31 + at) as u8).collect()
    }

    #[test]
    fn what_leaves_in_order_takes_no_more_than_what_is_there() {
        let mut arena = Arena::default();
        let mut kept = std::collections::VecDeque::new();
        for number in 0..100_000 {
            kept.push_back(arena.insert(&text(number, 40)));
            if kept.len() > 10_000 {
                arena.remove(kept.pop_front().expect("one"));
            }
            assert!(!arena.wants_compaction());
        }
        assert!(arena.size_bytes() <= 10_000 * 40 + PAGE, "{}", arena.size_bytes());
        assert!(arena.pages.len() <= 9, "{} pages", arena.pages.len());
    }

    #[test]
    fn what_stays_small_takes_little() {
        let mut arena = Arena::default();
        arena.insert(b"small");
        assert!(arena.pages[0].bytes.capacity() < 100);
    }

    #[test]
    fn many_changes_of_a_few_strings_end() {
        let mut arena = Arena::default();
        let mut kept: Vec<Span> = (0..10).map(|n| arena.insert(&text(n, 100))).collect();
        let mut compactions = 0;
        for number in 10..100_000 {
            let at = number * 7 % 10;
            arena.remove(kept[at]);
            kept[at] = arena.insert(&text(number, 100));
            if arena.wants_compaction() {
                arena.compact(kept.iter_mut());
                compactions += 1;
            }
        }
        assert!(arena.size_bytes() < 3 * PAGE, "{}", arena.size_bytes());
        assert!(compactions < 200, "{compactions}");
    }

    proptest! {
        #[test]
        fn strings_stay_as_they_are(
            steps in prop::collection::vec((0_usize..40, 0_usize..9_000, any::<bool>()), 1..300)
        ) {
            let mut arena = Arena::default();
            let mut kept: Vec<Option<(usize, usize, Span)>> = vec![None; 40];
            for (number, (slot, length, stays)) in steps.into_iter().enumerate() {
                if let Some((.., span)) = kept[slot].take() {
                    arena.remove(span);
                }
                if stays {
                    kept[slot] = Some((number, length, arena.insert(&text(number, length))));
                }
                if arena.wants_compaction() {
                    arena.compact(kept.iter_mut().flatten().map(|(.., span)| span));
                    prop_assert!(!arena.wants_compaction());
                }
                let live: usize = kept.iter().flatten().map(|(_, length, _)| length).sum();
                prop_assert_eq!(arena.size - arena.dead, live);
                for (number, length, span) in kept.iter().flatten() {
                    prop_assert_eq!(arena.get(*span), &text(*number, *length)[..]);
                }
            }
            let bytes = postcard::to_allocvec(&arena).expect("writes");
            let restored: Arena = postcard::from_bytes(&bytes).expect("reads");
            for (number, length, span) in kept.iter().flatten() {
                prop_assert_eq!(restored.get(*span), &text(*number, *length)[..]);
            }
        }
    }
}
