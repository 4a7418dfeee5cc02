//! Tumbling and hopping windows: `[start, end)`, aligned to the epoch.

use serde::{Deserialize, Serialize};

use super::{WindowError, check, check_grace};
use crate::chunk::Window;
use crate::time::Timestamp;

/// The most windows that hold one record: each is a row of results.
const MOST_WINDOWS: i64 = 10_000;

/// Windows of a fixed size that start at every multiple of their advance.
///
/// As in Kafka Streams no window of a record at or after the epoch starts before the epoch: a
/// record at 5 ms is in one 60-ms window that advances by 10 ms, not in six. Records before the
/// epoch have all their windows, which take no record from after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct TimeWindows {
    size_ms: i64,
    advance_ms: i64,
    grace_ms: Option<i64>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Parameters {
    size_ms: i64,
    advance_ms: i64,
    grace_ms: Option<i64>,
}

impl From<TimeWindows> for Parameters {
    fn from(w: TimeWindows) -> Self {
        Self { size_ms: w.size_ms, advance_ms: w.advance_ms, grace_ms: w.grace_ms }
    }
}

impl TryFrom<Parameters> for TimeWindows {
    type Error = WindowError;

    fn try_from(p: Parameters) -> Result<Self, WindowError> {
        let windows = Self::hopping(p.size_ms, p.advance_ms)?;
        match p.grace_ms {
            Some(grace_ms) => windows.with_grace(grace_ms),
            None => Ok(windows),
        }
    }
}

impl TimeWindows {
    /// Windows of `size_ms` that do not overlap.
    ///
    /// # Errors
    /// When the size is not positive.
    pub fn tumbling(size_ms: i64) -> Result<Self, WindowError> {
        check("size", size_ms, 1, "must be positive")?;
        Ok(Self { size_ms, advance_ms: size_ms, grace_ms: None })
    }

    /// Windows of `size_ms`, one starting every `advance_ms`.
    ///
    /// # Errors
    /// When either is not positive, or the advance is longer than the size: records between two
    /// windows would belong to none.
    pub fn hopping(size_ms: i64, advance_ms: i64) -> Result<Self, WindowError> {
        check("size", size_ms, 1, "must be positive")?;
        check("advance", advance_ms, 1, "must be positive")?;
        if advance_ms > size_ms {
            let reason = "must not be longer than the size";
            return Err(WindowError { field: "advance", reason, value: advance_ms });
        }
        if size_ms / advance_ms > MOST_WINDOWS {
            let reason = "puts each record into more than 10000 windows: make it longer";
            return Err(WindowError { field: "advance", reason, value: advance_ms });
        }
        Ok(Self { size_ms, advance_ms, grace_ms: None })
    }

    /// The same windows with an explicit grace period.
    ///
    /// # Errors
    /// When it is negative.
    pub fn with_grace(self, grace_ms: i64) -> Result<Self, WindowError> {
        check_grace(grace_ms)?;
        Ok(Self { grace_ms: Some(grace_ms), ..self })
    }

    /// Size, milliseconds.
    #[must_use]
    pub const fn size_ms(&self) -> i64 {
        self.size_ms
    }

    /// Advance, milliseconds.
    #[must_use]
    pub const fn advance_ms(&self) -> i64 {
        self.advance_ms
    }

    /// The grace period that was given, milliseconds.
    #[must_use]
    pub const fn grace(&self) -> Option<i64> {
        self.grace_ms
    }

    /// The window that starts at `start`.
    #[must_use]
    pub const fn window(&self, start: i64) -> Window {
        Window { start: Timestamp(start), end: Timestamp(start.saturating_add(self.size_ms)) }
    }

    /// The starts of the windows that hold a record at `ts`, ascending: the pure assignment.
    #[must_use]
    pub const fn starts_for(&self, ts: Timestamp) -> Starts {
        let last = floor(ts.0, self.advance_ms);
        let earliest = ts.0.saturating_sub(self.size_ms - self.advance_ms);
        let first = floor(earliest, self.advance_ms);
        // Kafka Streams clamps at the epoch; see the type.
        let first = if ts.0 >= 0 && first < 0 { 0 } else { first };
        Starts { next: first, last, advance_ms: self.advance_ms }
    }

    /// The windows that hold a record at `ts`, ascending.
    pub fn windows_for(&self, ts: Timestamp) -> impl Iterator<Item = Window> + use<> {
        let windows = *self;
        self.starts_for(ts).map(move |start| windows.window(start))
    }

    /// The end of the record times that the window at `start` takes: its end, or the epoch for a
    /// window that starts before it.
    #[must_use]
    pub const fn reach(&self, start: i64) -> i64 {
        let end = start.saturating_add(self.size_ms);
        if start < 0 && end > 0 { 0 } else { end }
    }

    /// The smallest start of a window that still takes records at `stream_time`: those with
    /// `end + grace > stream time`.
    #[must_use]
    pub const fn first_open(&self, stream_time: Timestamp, grace_ms: i64) -> i64 {
        let closed = stream_time.0.saturating_sub(self.size_ms).saturating_sub(grace_ms);
        floor(closed, self.advance_ms).saturating_add(self.advance_ms)
    }

    /// The length of the slices that windows can share: every window is a whole number of them.
    #[must_use]
    pub const fn slice_ms(&self) -> i64 {
        let (mut a, mut b) = (self.size_ms, self.advance_ms);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    }
}

/// The largest multiple of `step` that is not above `ts`.
const fn floor(ts: i64, step: i64) -> i64 {
    ts.saturating_sub(ts.rem_euclid(step))
}

/// Starts of windows, ascending.
#[derive(Clone, Copy, Debug)]
pub struct Starts {
    next: i64,
    last: i64,
    advance_ms: i64,
}

impl Starts {
    /// The starts from `smallest` to `largest`, both among them, `advance_ms` apart.
    #[must_use]
    pub const fn between(smallest: i64, largest: i64, advance_ms: i64) -> Self {
        Self { next: smallest, last: largest, advance_ms }
    }

    /// The largest start that is left.
    #[must_use]
    pub const fn largest(&self) -> i64 {
        self.last
    }

    /// The smallest start that is left; above [`Starts::largest`] when there is none.
    #[must_use]
    pub const fn smallest(&self) -> i64 {
        self.next
    }

    /// Leaves out the starts below `start`, one of the windows' starts; returns how many.
    pub const fn skip_below(&mut self, start: i64) -> u64 {
        let to = if start > self.last { self.last.saturating_add(self.advance_ms) } else { start };
        if to <= self.next {
            return 0;
        }
        let skipped = (to - self.next) / self.advance_ms;
        self.next = to;
        skipped as u64
    }
}

impl Iterator for Starts {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        if self.next > self.last {
            return None;
        }
        let start = self.next;
        self.next = self.next.saturating_add(self.advance_ms);
        Some(start)
    }
}
