//! Sliding windows: `[t − d, t]`, one that ends at each record and one that starts just after each
//! record that has later ones. Both ends are included. ksqlDB has no SQL for them.

use serde::{Deserialize, Serialize};

use super::{WindowError, check, check_grace};
use crate::chunk::Window;
use crate::time::Timestamp;

/// Sliding windows of one time difference (Kafka Streams `SlidingWindows`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct SlidingWindows {
    difference_ms: i64,
    grace_ms: Option<i64>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Parameters {
    difference_ms: i64,
    grace_ms: Option<i64>,
}

impl From<SlidingWindows> for Parameters {
    fn from(w: SlidingWindows) -> Self {
        Self { difference_ms: w.difference_ms, grace_ms: w.grace_ms }
    }
}

impl TryFrom<Parameters> for SlidingWindows {
    type Error = WindowError;

    fn try_from(p: Parameters) -> Result<Self, WindowError> {
        let windows = Self::new(p.difference_ms)?;
        match p.grace_ms {
            Some(grace_ms) => windows.with_grace(grace_ms),
            None => Ok(windows),
        }
    }
}

impl SlidingWindows {
    /// Windows that hold records up to `difference_ms` apart.
    ///
    /// # Errors
    /// When it is negative.
    pub fn new(difference_ms: i64) -> Result<Self, WindowError> {
        check("time difference", difference_ms, 0, "must not be negative")?;
        Ok(Self { difference_ms, grace_ms: None })
    }

    /// The same windows with an explicit grace period.
    ///
    /// # Errors
    /// When it is negative.
    pub fn with_grace(self, grace_ms: i64) -> Result<Self, WindowError> {
        check_grace(grace_ms)?;
        Ok(Self { grace_ms: Some(grace_ms), ..self })
    }

    /// The time difference, milliseconds.
    #[must_use]
    pub const fn difference_ms(&self) -> i64 {
        self.difference_ms
    }

    /// The grace period that was given, milliseconds.
    #[must_use]
    pub const fn grace(&self) -> Option<i64> {
        self.grace_ms
    }

    /// The window that starts at `start`.
    #[must_use]
    pub const fn window(&self, start: i64) -> Window {
        Window { start: Timestamp(start), end: Timestamp(start.saturating_add(self.difference_ms)) }
    }

    /// The smallest start of a window that still takes records at `stream_time`: a window is
    /// closed when stream time is above `end + grace`.
    #[must_use]
    pub const fn first_open(&self, stream_time: Timestamp, grace_ms: i64) -> i64 {
        stream_time.0.saturating_sub(grace_ms).saturating_sub(self.difference_ms)
    }
}
