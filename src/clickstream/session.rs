//! A session and the path it took. Not here: where it goes next (`population.rs`).

use super::event::Traits;
use crate::time::Micros;

/// States of a path that are kept in place; only longer ones take memory of their own.
const SHORT: usize = 38;

/// A session in its slot. The slot lives until the last record that mentions it has arrived.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    pub sid: u64,
    pub start: Micros,
    pub uid: u32,
    /// The user as of the start.
    pub user: Traits,
    /// See [`super::event::Event::client`].
    pub client: u32,
    /// Records on their way that mention this session.
    pub records: u32,
    pub agent: u16,
    pub campaign: u16,
    pub channel: u16,
    pub open: bool,
    pub path: Path,
}

/// The states that a session visited, as indices, in order.
#[derive(Clone, Debug)]
pub(super) struct Path {
    len: u16,
    short: [u8; SHORT],
    rest: Vec<u8>,
}

impl Default for Path {
    fn default() -> Self {
        Self { len: 0, short: [0; SHORT], rest: Vec::new() }
    }
}

impl Path {
    pub(super) fn clear(&mut self) {
        self.len = 0;
        self.rest = Vec::new();
    }

    pub(super) fn push(&mut self, state: u8) {
        match self.short.get_mut(usize::from(self.len)) {
            Some(place) => *place = state,
            None => self.rest.push(state),
        }
        self.len += 1;
    }

    pub(super) fn len(&self) -> u16 {
        self.len
    }

    pub(super) fn last(&self) -> Option<u8> {
        self.first(self.len).next_back()
    }

    /// The first `len` states.
    pub(super) fn first(&self, len: u16) -> impl DoubleEndedIterator<Item = u8> {
        let len = usize::from(len.min(self.len));
        let (short, rest) = (len.min(SHORT), len.saturating_sub(SHORT));
        self.short[..short].iter().chain(&self.rest[..rest]).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paths_keep_their_order() {
        let mut path = Path::default();
        let states: Vec<u8> = (0..100).map(|i| i % 64).collect();
        for state in &states {
            path.push(*state);
            assert_eq!(path.last(), Some(*state));
        }
        assert_eq!(path.first(100).collect::<Vec<_>>(), states);
        assert_eq!(path.first(40).collect::<Vec<_>>(), states[..40]);
        assert_eq!(path.first(3).collect::<Vec<_>>(), states[..3]);
        path.clear();
        assert_eq!(path.last(), None);
    }
}
