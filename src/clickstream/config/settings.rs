//! Our own settings: what they are and which numbers they may have. Not here: how the section
//! `Streamglass` is read (`section.rs`).

use serde::{Deserialize, Serialize};

use crate::rng::Seed;
use crate::time::Micros;

/// The bounds that both the configuration and live settings keep.
pub(in crate::clickstream) mod bounds {
    /// Sessions a second.
    pub const RATE: f64 = 100_000.0;
    /// Largest standard deviation of a logarithm.
    pub const SIGMA: f64 = 5.0;
    /// Longest median of a delay or dwell time, in seconds: a week.
    pub const MEDIAN_SECONDS: f64 = 7.0 * 86_400.0;
    /// Largest clock skew, in seconds: 30 days.
    pub const SKEW_SECONDS: f64 = 30.0 * 86_400.0;
    /// Largest share of dropped records: if all were, a run for a number of records would not end.
    pub const DROP: f64 = 0.999;
    /// Records of the bot, a second.
    pub const BOT: f64 = 100_000.0;
    /// Largest factor of a burst.
    pub const BURST: f64 = 1_000.0;
    /// Most outages at once.
    pub const OUTAGES: usize = 256;
    /// Most partitions.
    pub const PARTITIONS: u32 = 1_024;
}

/// How the clicks of sessions follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pacing {
    /// Sessions arrive as a Poisson process; clicks are a log-normal dwell time apart.
    Dwell,
    /// One step at a time: perhaps a new session, one open session advances, wait.
    RandomPick,
}

/// A log-normal duration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct LogNormal {
    /// Median in seconds.
    pub median_seconds: f64,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
}

/// The delay that every record has.
pub type Delay = LogNormal;

/// A rare, long delay: a phone that comes back online.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Tail {
    /// Share of records, 0–1.
    pub share: f64,
    /// What is added to their delay.
    pub delay: LogNormal,
}

/// Clients whose clock is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Skew {
    /// Share of clients (sessions), 0–1.
    pub share: f64,
    /// What is added to their time, in microseconds; positive is fast.
    #[cfg_attr(test, ts(type = "number"))]
    pub offset_micros: i64,
}

/// A span of virtual time: from `from` until before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First microsecond in it.
    pub from: Micros,
    /// First microsecond after it.
    pub until: Micros,
}

impl Span {
    /// All of time.
    pub const ALWAYS: Self = Self { from: Micros(i64::MIN), until: Micros(i64::MAX) };

    /// Whether `at` lies in it.
    #[must_use]
    pub fn contains(self, at: Micros) -> bool {
        self.from <= at && at < self.until
    }
}

/// A time in which nothing reaches one partition; what was sent then arrives afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// The partition, from 0.
    pub partition: u32,
    /// When.
    pub span: Span,
}

/// When a mode is in force, in UTC. The first rule that applies wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleRule {
    /// Index of the mode.
    pub mode: usize,
    /// Monday is 0; without one, every day.
    pub weekday: Option<u8>,
    /// Minute of the day at which it starts.
    pub from: u16,
    /// Minute of the day at which it ends.
    pub to: u16,
}

/// How often a fault strikes, and when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// A share of records (0–1); for the bot records a second; for a burst the factor (1 is none).
    pub value: f64,
    /// When.
    pub span: Span,
}

impl Rate {
    /// `value`, at all times.
    #[must_use]
    pub const fn always(value: f64) -> Self {
        Self { value, span: Span::ALWAYS }
    }
}

/// The rate of every fault.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRates {
    /// Share of records that are delivered twice.
    pub duplicate: Rate,
    /// Share of records that are never delivered.
    pub drop: Rate,
    /// Share of records whose JSON is broken: cut short, of a wrong type, or of an unknown record type.
    pub malformed: Rate,
    /// Share of records without a key.
    pub missing_key: Rate,
    /// Share of records with numbers that parse but are wrong.
    pub poison: Rate,
    /// Records a second of a bot that sends one key.
    pub bot: Rate,
    /// Factor by which the rate of sessions grows.
    pub burst: Rate,
}

impl FaultRates {
    /// No faults.
    pub const NONE: Self = Self {
        duplicate: Rate::always(0.0),
        drop: Rate::always(0.0),
        malformed: Rate::always(0.0),
        missing_key: Rate::always(0.0),
        poison: Rate::always(0.0),
        bot: Rate::always(0.0),
        burst: Rate::always(1.0),
    };
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::clickstream) struct Settings {
    pub seed: Option<Seed>,
    pub start: Micros,
    pub base_mode: usize,
    pub sessions_per_second: f64,
    pub pacing: Pacing,
    pub dwell: LogNormal,
    pub partitions: u32,
    pub max_pending: u32,
    pub delay: Delay,
    pub tail: Tail,
    pub outages: Vec<Outage>,
    pub skew: Skew,
    pub schedule: Vec<ScheduleRule>,
    pub faults: FaultRates,
}
