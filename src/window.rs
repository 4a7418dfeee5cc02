//! Which windows a timestamp belongs to, and when a window is closed: pure functions of times.
//!
//! Not here: what is in a window (`aggregate`), which windows exist (`state`), stream time itself
//! (`exec`). Tumbling and hopping windows are half-open `[start, end)` and aligned to the epoch;
//! session and sliding windows include both ends. Semantics are those of Kafka Streams.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::time::DAY_MS;

mod session;
mod sliding;
mod time;

pub use session::SessionWindows;
pub use sliding::SlidingWindows;
pub use time::{Starts, TimeWindows};

/// A validated window: one that exists can be computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowSpec {
    /// Windows of one size, one behind the other: hopping windows that advance by their size.
    Tumbling(TimeWindows),
    /// Windows of one size that overlap.
    Hopping(TimeWindows),
    /// Windows that grow while events of a key come within a gap of each other.
    Session(SessionWindows),
    /// Windows that end at each record or start just after it.
    Sliding(SlidingWindows),
}

impl WindowSpec {
    /// How long after its end a window takes late records, milliseconds; `emits_final` is whether
    /// results are emitted only when a window closes, which changes the default.
    #[must_use]
    pub const fn grace_ms(&self, emits_final: bool) -> i64 {
        let (explicit, span_ms) = match self {
            Self::Tumbling(w) | Self::Hopping(w) => (w.grace(), w.size_ms()),
            Self::Session(w) => (w.grace(), w.gap_ms()),
            Self::Sliding(w) => (w.grace(), w.difference_ms()),
        };
        match explicit {
            Some(grace_ms) => grace_ms,
            None => default_grace_ms(span_ms, emits_final),
        }
    }

    /// The window's size, gap or time difference, milliseconds.
    #[must_use]
    pub const fn span_ms(&self) -> i64 {
        match self {
            Self::Tumbling(w) | Self::Hopping(w) => w.size_ms(),
            Self::Session(w) => w.gap_ms(),
            Self::Sliding(w) => w.difference_ms(),
        }
    }
}

/// Grace when a statement has none: what is left of 24 hours, or 0 with `EMIT FINAL` (ksqlDB).
#[must_use]
pub const fn default_grace_ms(span_ms: i64, emits_final: bool) -> i64 {
    if emits_final || span_ms >= DAY_MS { 0 } else { DAY_MS - span_ms }
}

/// Why a window cannot exist.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {reason}, got {value} ms")]
pub struct WindowError {
    /// The parameter: `size`, `advance`, `grace`, `gap` or `time difference`.
    pub field: &'static str,
    /// What is required of it.
    pub reason: &'static str,
    /// What it was.
    pub value: i64,
}

/// Times beyond this are refused, so that sums of a timestamp and a few of them cannot overflow.
const LONGEST_MS: i64 = i64::MAX / 16;

fn check(
    field: &'static str,
    value: i64,
    least: i64,
    reason: &'static str,
) -> Result<(), WindowError> {
    if value < least {
        return Err(WindowError { field, reason, value });
    }
    if value > LONGEST_MS {
        return Err(WindowError { field, reason: "must be under 18 million years", value });
    }
    Ok(())
}

fn check_grace(grace_ms: i64) -> Result<(), WindowError> {
    check("grace", grace_ms, 0, "must not be negative")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR_MS;

    #[test]
    fn grace_that_is_left_out_is_the_rest_of_a_day() {
        let hour = WindowSpec::Tumbling(TimeWindows::tumbling(HOUR_MS).expect("valid"));
        assert_eq!(hour.grace_ms(false), 23 * HOUR_MS);
        assert_eq!(hour.grace_ms(true), 0);
        let two_days = WindowSpec::Session(SessionWindows::new(2 * DAY_MS).expect("valid"));
        assert_eq!(two_days.grace_ms(false), 0);
        let graced = TimeWindows::tumbling(5).and_then(|w| w.with_grace(7)).expect("valid");
        assert_eq!(WindowSpec::Hopping(graced).grace_ms(true), 7);
    }

    #[test]
    fn impossible_windows_name_field_and_reason() {
        let check = |result: Result<(), WindowError>, expected: &str| {
            assert_eq!(result.expect_err("refused").to_string(), expected);
        };
        check(TimeWindows::tumbling(0).map(drop), "size: must be positive, got 0 ms");
        check(TimeWindows::hopping(5, 0).map(drop), "advance: must be positive, got 0 ms");
        check(
            TimeWindows::hopping(5, 6).map(drop),
            "advance: must not be longer than the size, got 6 ms",
        );
        check(SessionWindows::new(-1).map(drop), "gap: must be positive, got -1 ms");
        check(
            SlidingWindows::new(1).and_then(|w| w.with_grace(-1)).map(drop),
            "grace: must not be negative, got -1 ms",
        );
        check(
            TimeWindows::tumbling(i64::MAX).map(drop),
            "size: must be under 18 million years, got 9223372036854775807 ms",
        );
    }

    #[test]
    fn what_is_read_is_validated_too() {
        let spec = WindowSpec::Hopping(TimeWindows::hopping(6, 2).expect("valid"));
        let text = serde_json::to_string(&spec).expect("writes");
        assert_eq!(serde_json::from_str::<WindowSpec>(&text).expect("reads"), spec);
        let broken = text.replace(":2", ":0");
        let error = serde_json::from_str::<WindowSpec>(&broken).expect_err("refused");
        assert!(error.to_string().contains("advance: must be positive"), "{error}");
    }
}
