//! The logic that is deployed on a path: what it leaves out.

use super::question::BUG_CONTENT;
use super::store::BAD;

/// What a path's logic makes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logic {
    /// It has the bug: it leaves out the clicks of one section.
    pub buggy: bool,
    /// The first offset at which it can read values that are not as agreed, because it was mended and
    /// the event is still stored as it came. Before, such events go to the dead letters.
    pub reads_bad_from: u64,
}

/// What becomes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It counts.
    Counts,
    /// The bug leaves it out.
    LeftOut,
    /// It cannot be read.
    Unread,
}

impl Logic {
    /// The first version: without the bug, and not made for bad values.
    pub const FIRST: Self = Self { buggy: false, reads_bad_from: u64::MAX };

    /// The mended version, for events that are stored as they came from an offset on.
    #[must_use]
    pub const fn mended(from: u64) -> Self {
        Self { buggy: false, reads_bad_from: from }
    }

    /// What becomes of an event.
    #[must_use]
    #[inline]
    pub const fn fate(self, offset: u64, content: u8, flags: u8) -> Fate {
        if flags & BAD != 0 && offset < self.reads_bad_from {
            Fate::Unread
        } else if self.buggy && content == BUG_CONTENT {
            Fate::LeftOut
        } else {
            Fate::Counts
        }
    }
}
