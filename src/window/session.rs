//! Session windows: they grow while events of a key come within the gap. Both ends are included.

use serde::{Deserialize, Serialize};

use super::{WindowError, check, check_grace};
use crate::chunk::Window;
use crate::time::Timestamp;

/// Sessions that an inactivity gap ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct SessionWindows {
    gap_ms: i64,
    grace_ms: Option<i64>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Parameters {
    gap_ms: i64,
    grace_ms: Option<i64>,
}

impl From<SessionWindows> for Parameters {
    fn from(w: SessionWindows) -> Self {
        Self { gap_ms: w.gap_ms, grace_ms: w.grace_ms }
    }
}

impl TryFrom<Parameters> for SessionWindows {
    type Error = WindowError;

    fn try_from(p: Parameters) -> Result<Self, WindowError> {
        let windows = Self::new(p.gap_ms)?;
        match p.grace_ms {
            Some(grace_ms) => windows.with_grace(grace_ms),
            None => Ok(windows),
        }
    }
}

impl SessionWindows {
    /// Sessions with this inactivity gap.
    ///
    /// # Errors
    /// When the gap is not positive.
    pub fn new(gap_ms: i64) -> Result<Self, WindowError> {
        check("gap", gap_ms, 1, "must be positive")?;
        Ok(Self { gap_ms, grace_ms: None })
    }

    /// The same sessions with an explicit grace period.
    ///
    /// # Errors
    /// When it is negative.
    pub fn with_grace(self, grace_ms: i64) -> Result<Self, WindowError> {
        check_grace(grace_ms)?;
        Ok(Self { grace_ms: Some(grace_ms), ..self })
    }

    /// The inactivity gap, milliseconds.
    #[must_use]
    pub const fn gap_ms(&self) -> i64 {
        self.gap_ms
    }

    /// The grace period that was given, milliseconds.
    #[must_use]
    pub const fn grace(&self) -> Option<i64> {
        self.grace_ms
    }

    /// Whether a record at `ts` joins `session`: an event exactly one gap away still does.
    #[must_use]
    pub const fn joins(&self, session: Window, ts: Timestamp) -> bool {
        ts.0 >= session.start.0.saturating_sub(self.gap_ms)
            && ts.0 <= session.end.0.saturating_add(self.gap_ms)
    }

    /// The smallest end of a session that still takes records at `stream_time`: a session with
    /// `end < stream time − grace − gap` is closed.
    #[must_use]
    pub const fn first_open_end(&self, stream_time: Timestamp, grace_ms: i64) -> i64 {
        stream_time.0.saturating_sub(grace_ms).saturating_sub(self.gap_ms)
    }
}
