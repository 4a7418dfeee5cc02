//! Which members records have and in which order: learned from the records, to guess the next.
//!
//! A guess is only ever a place to look first. What was learned is bounded and forgotten when there
//! is too much of it.

use super::simd::Prefix;

/// The most members that are remembered.
const MOST_MEMBERS: usize = 256;
/// The longest member, from the end of what is before it to its value, that is remembered.
const LONGEST: usize = 256;

/// A wanted column that takes the value of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub slot: usize,
    /// The names are equal, not only when upper-cased.
    pub exact: bool,
}

/// A member that was met before.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// From the end of the value before it, or of the opening brace, to its value: the comma, the
    /// name, the colon and the white space as they were written then.
    prefix: Prefix,
    /// What of it does not fit into `prefix`.
    rest: Box<[u8]>,
    /// Length of both.
    len: usize,
    /// The first target, if any; most members have one at most.
    pub target: Option<Target>,
    /// More targets.
    pub more: Box<[Target]>,
    /// The members that followed it last, most recent first.
    next: [u16; 2],
}

/// The members met so far. The first two are none: [`START`] and [`UNKNOWN`].
///
/// What follows `START` begins with a name, what follows any other begins with a comma: only so is
/// a guess that fits also a correct document. Hence a member that is not remembered must not be
/// taken for the start.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    members: Vec<Member>,
}

/// Stands for the start of the object.
pub(super) const START: u16 = 0;
/// Stands for a member that is not remembered.
pub(super) const UNKNOWN: u16 = 1;

impl Layout {
    pub fn new() -> Self {
        let mut layout = Self { members: Vec::new() };
        layout.forget();
        layout
    }

    fn forget(&mut self) {
        self.members.clear();
        self.members.extend([Member::nowhere(), Member::nowhere()]);
    }

    pub fn member(&self, number: u16) -> &Member {
        &self.members[usize::from(number)]
    }

    /// The member that begins at `at`, if it is one that followed `last` before; with its length.
    #[inline(always)]
    pub fn guess(&mut self, last: u16, bytes: &[u8], at: usize) -> Option<(u16, usize)> {
        let [first, second] = self.member(last).next;
        if let Some(len) = self.member(first).is_at(bytes, at) {
            return Some((first, len));
        }
        let len = self.member(second).is_at(bytes, at)?;
        self.members[usize::from(last)].next = [second, first];
        Some((second, len))
    }

    /// Notes that `member` follows `last`: the bytes up to its value. `resolve` is asked for its
    /// targets when it is met for the first time. `None` when it is too long.
    pub fn learn(
        &mut self,
        last: u16,
        member: &[u8],
        resolve: impl FnOnce() -> Vec<Target>,
    ) -> Option<u16> {
        if member.len() > LONGEST {
            return None;
        }
        let same = |known: &Member| known.is_at(member, 0) == Some(member.len());
        let (number, last) = match self.members.iter().position(same) {
            Some(number) => (number, last),
            None => {
                let full = self.members.len() == MOST_MEMBERS;
                if full {
                    self.forget();
                }
                self.members.push(Member::new(member, &resolve()));
                (self.members.len() - 1, if full { last.min(UNKNOWN) } else { last })
            }
        };
        let number = number as u16;
        let next = &mut self.members[usize::from(last)].next;
        *next = [number, next[0]];
        Some(number)
    }
}

impl Member {
    /// The start of the object is nowhere, so that who has no next member yet has none that fits.
    fn nowhere() -> Self {
        Self { prefix: Prefix::nowhere(), ..Self::new(b"", &[]) }
    }

    fn new(bytes: &[u8], targets: &[Target]) -> Self {
        Self {
            prefix: Prefix::new(bytes),
            rest: bytes.get(32..).unwrap_or_default().into(),
            len: bytes.len(),
            target: targets.first().copied(),
            more: targets.get(1..).unwrap_or_default().into(),
            next: [START, START],
        }
    }

    /// The member's length if it is at `at` in a text.
    #[inline(always)]
    fn is_at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let found = self.prefix.is_at(bytes, at)
            && (self.rest.is_empty() || bytes[at + 32..].starts_with(&self.rest));
        found.then_some(self.len)
    }
}
