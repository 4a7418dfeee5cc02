//! What one query may use, so that none takes the memory or the time of all.
//!
//! Limits count rows and bytes, never time, so the same run is stopped at the same place at any
//! speed. A query over a limit stops and says which; the others go on. Not a limit of this kind:
//! what an expression makes (`function`), whose row is then NULL and counted.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most rows that one row may lead to in one operator: of a join or of `EXPLODE`.
pub const MOST_ROWS_OF_ROW: usize = 20_000;
/// The most bytes that an operator may give out for one chunk of rows.
pub const MOST_OUTPUT_BYTES: u64 = 256 << 20;
/// The most bytes of state of a query.
pub const MOST_STATE_BYTES: u64 = 128 << 20;
/// Bytes that go through a query's operators in a turn of a live engine, before the next query has
/// its turn.
pub const MOST_TURN_BYTES: u64 = 64 << 20;

/// The limits of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Rows of one row.
    pub rows_of_row: usize,
    /// Bytes of one chunk of output.
    pub output_bytes: u64,
    /// Bytes of state.
    pub state_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows_of_row: MOST_ROWS_OF_ROW,
            output_bytes: MOST_OUTPUT_BYTES,
            state_bytes: MOST_STATE_BYTES,
        }
    }
}

/// A limit that a query is over: what is over it, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Exceeded {
    /// Too many rows of one.
    #[error(
        "one row leads to {rows} rows, the limit is {most}: join over a shorter WITHIN or by a key \
         with more values, explode shorter arrays, or SET 'streamglass.query.rows.per.row.max'"
    )]
    RowsOfRow {
        /// How many.
        rows: usize,
        /// The limit.
        most: usize,
    },
    /// Too much output of few rows.
    #[error(
        "a few rows lead to more than {most} bytes at once, the limit of a step: select fewer or \
         shorter columns, join and explode less, or SET 'streamglass.query.output.bytes.max'"
    )]
    OutputBytes {
        /// The limit.
        most: u64,
    },
    /// Too much state.
    #[error(
        "the state has {bytes} bytes, the limit of a query is {most}: shorten windows, grace, \
         RETENTION or WITHIN, group by fewer values, collect less, or SET \
         'streamglass.query.state.bytes.max'"
    )]
    StateBytes {
        /// How many.
        bytes: u64,
        /// The limit.
        most: u64,
    },
}

/// Rows of a chunk where a row can lead to many: fewer than elsewhere, as they multiply.
const FAN_OUT_ROWS: u32 = 256;
/// Rows of the first chunk there.
const FIRST_ROWS: u32 = 16;
/// What a chunk's way through all operators should come to, bytes.
const TARGET_BYTES: u64 = 16 << 20;
/// State is looked at when so many bytes went through operators since the last time,
const LEAST_BETWEEN_LOOKS: u64 = 4 << 20;
/// but at least a part of what it was.
const LOOK_AT_PART: u64 = 8;

/// How many records a task reads at once, by what the last ones led to; part of its checkpoint, so
/// that a run is cut in the same places again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    records: u32,
    most: u32,
    /// Bytes that went through operators so far.
    work: u64,
    /// What `work` was when state was looked at.
    looked: u64,
    /// What state was then.
    state: u64,
}

impl Pace {
    /// Of a task that can read `most` records at once; `fans_out` says that a row can lead to many.
    #[must_use]
    pub fn new(most: usize, fans_out: bool) -> Self {
        let most = u32::try_from(most).unwrap_or(u32::MAX).max(1);
        let (records, most) =
            if fans_out { (FIRST_ROWS.min(most), FAN_OUT_ROWS.min(most)) } else { (most, most) };
        Self { records, most, work: 0, looked: 0, state: 0 }
    }

    /// How many records to read now.
    #[must_use]
    pub const fn records(&self) -> usize {
        self.records as usize
    }

    /// Bytes that went through operators so far.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.work
    }

    /// So many bytes went through operators for so many records.
    pub fn take(&mut self, records: usize, bytes: u64) {
        self.work += bytes;
        let of_record = (bytes / (records as u64).max(1)).max(1);
        let wanted = u32::try_from(TARGET_BYTES / of_record).unwrap_or(u32::MAX);
        let doubled = self.records.saturating_mul(2);
        self.records = wanted.min(doubled).clamp(1, self.most);
    }

    /// Whether it is time to look at the state.
    #[must_use]
    pub fn wants_look(&self) -> bool {
        self.work - self.looked >= LEAST_BETWEEN_LOOKS.max(self.state / LOOK_AT_PART)
    }

    /// The state was looked at and has so many bytes.
    pub const fn looked(&mut self, state: u64) {
        self.looked = self.work;
        self.state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_reads_less_when_records_lead_to_much() {
        let mut pace = Pace::new(2_048, true);
        assert_eq!(pace.records(), 16);
        pace.take(16, 1_000);
        assert_eq!(pace.records(), 32, "twice as many at most");
        for _ in 0..10 {
            pace.take(pace.records(), 1_000);
        }
        assert_eq!(pace.records(), 256);
        pace.take(256, 256 * (4 << 20));
        assert_eq!(pace.records(), 4);
        pace.take(4, 4 * (1 << 30));
        assert_eq!(pace.records(), 1);
        assert_eq!(Pace::new(2_048, false).records(), 2_048);
    }

    #[test]
    fn the_larger_the_state_the_rarer_a_look() {
        let mut pace = Pace::new(2_048, false);
        pace.take(1, LEAST_BETWEEN_LOOKS - 1);
        assert!(!pace.wants_look());
        pace.take(1, 1);
        assert!(pace.wants_look());
        pace.looked(80 << 20);
        pace.take(1, 9 << 20);
        assert!(!pace.wants_look());
        pace.take(1, 1 << 20);
        assert!(pace.wants_look());
    }
}
