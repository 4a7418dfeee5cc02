//! Byte strings that come and go, in pages: the keys and the kept rows of an operator.
//!
//! A page goes as soon as nothing in it is wanted, so strings that leave in the order in which they
//! came take no more memory than those that are there, and nothing grows by moving to a larger
//! place. Pages that stay for a few strings are emptied when half of all bytes are dead. Strings of
//! a few bytes, such as a number, are in no page but in their [`Span`]s.

use std::mem;

use serde::{Deserialize, Serialize};

use super::NONE;
use crate::slots;

/// Bytes of a page. A string of over an eighth has one of its own.
const PAGE: usize = 1 << 16;
/// Dead bytes that are always let be.
const LEAST_DEAD: usize = PAGE;

/// The longest string that is in its span.
const SHORT: usize = 8;

/// A short string, or where a longer one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The bytes, or page and start in the page.
    #[serde(with = "one_word")]
    place: [u8; SHORT],
    length: u32,
}

/// One number is written faster than eight.
mod one_word {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8; 8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::from_le_bytes(*bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 8], D::Error> {
        u64::deserialize(from).map(u64::to_le_bytes)
    }
}

impl Span {
    /// Of no string.
    pub const NOWHERE: Self = Self { place: [0xff; SHORT], length: u32::MAX };

    fn short(bytes: &[u8]) -> Self {
        let mut place = [0; SHORT];
        place[..bytes.len()].copy_from_slice(bytes);
        Self { place, length: bytes.len() as u32 }
    }

    fn in_page(page: u32, start: u32, length: u32) -> Self {
        let place = u64::from(page) | u64::from(start) << 32;
        Self { place: place.to_le_bytes(), length }
    }

    /// Page and start of a string that is in a page.
    #[inline]
    const fn page(&self) -> Option<(u32, u32)> {
        if self.length as usize <= SHORT {
            return None;
        }
        let place = u64::from_le_bytes(self.place);
        Some((place as u32, (place >> 32) as u32))
    }
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
        if bytes.len() <= SHORT {
            return Span::short(bytes);
        }
        let length = u32::try_from(bytes.len()).expect("a string is under 4 GiB");
        let page = if bytes.len() > PAGE / 8 { self.page(bytes.len()) } else { self.room(bytes) };
        let Page { bytes: all, live } = &mut self.pages[page as usize];
        let start = all.len() as u32;
        all.extend_from_slice(bytes);
        *live += length;
        self.size += bytes.len();
        Span::in_page(page, start, length)
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
        slots::fill(&mut self.pages, &mut self.free, page)
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
    pub fn get<'a>(&'a self, span: &'a Span) -> &'a [u8] {
        let length = span.length as usize;
        let Some((page, start)) = span.page() else { return &span.place[..length] };
        &self.pages[page as usize].bytes[start as usize..start as usize + length]
    }

    /// Forgets the string at a place.
    ///
    /// # Panics
    /// When there is none.
    pub fn remove(&mut self, span: Span) {
        let Some((page, _)) = span.page() else { return };
        self.pages[page as usize].live -= span.length;
        self.dead += span.length as usize;
        self.give_back(page);
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
            let Some((page, start)) = span.page() else { continue };
            let (page, start) = (page as usize, start as usize);
            if !sparse.get(page).is_some_and(|sparse| *sparse) {
                continue;
            }
            let from = mem::take(&mut self.pages[page].bytes);
            let moved = self.insert(&from[start..start + span.length as usize]);
            self.pages[page].bytes = from;
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
        let spans = [arena.insert(b"short"), arena.insert(b"")];
        assert_eq!(spans.each_ref().map(|span| arena.get(span)), [&b"short"[..], b""]);
        assert_eq!(arena.pages.len(), 0);
        arena.insert(b"not so short");
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
            steps in prop::collection::vec((0_usize..40, prop_oneof![0_usize..20, 0_usize..9_000], any::<bool>()), 1..300)
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
                let lengths = kept.iter().flatten().map(|(_, length, _)| *length);
                let live: usize = lengths.filter(|length| *length > SHORT).sum();
                prop_assert_eq!(arena.size - arena.dead, live);
                for (number, length, span) in kept.iter().flatten() {
                    prop_assert_eq!(arena.get(span), &text(*number, *length)[..]);
                }
            }
            let bytes = postcard::to_allocvec(&arena).expect("writes");
            let restored: Arena = postcard::from_bytes(&bytes).expect("reads");
            for (number, length, span) in kept.iter().flatten() {
                prop_assert_eq!(restored.get(span), &text(*number, *length)[..]);
            }
        }
    }
}
