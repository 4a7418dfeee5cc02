//! What a sink tells of itself: its state, its figures, its lists and its log.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// Whether a sink sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SinkState {
    /// Nothing was started.
    Idle,
    /// It sends.
    Running,
    /// It was paused.
    Paused,
    /// It stopped by itself: nothing more can be sent until the cause is mended and it is resumed.
    Halted {
        /// What is wrong and what to do.
        reason: String,
    },
    /// It sends the rest, and takes no more.
    Draining,
    /// All that was taken has its outcome.
    Done,
}

/// Figures of a sink since it was started. Always `accepted = buffered + withdrawn + sent` and
/// `sent = acknowledged + failed + unknown + in flight + waiting`; the last two are 0 at the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct SinkCounters {
    /// Records taken from the run.
    #[cfg_attr(test, ts(type = "number"))]
    pub accepted: u64,
    /// Records taken and not sent yet.
    #[cfg_attr(test, ts(type = "number"))]
    pub buffered: u64,
    /// Records taken and given back by a stop without drain, never sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub withdrawn: u64,
    /// Records sent at least once, or refused before that because the proxy could not take them.
    #[cfg_attr(test, ts(type = "number"))]
    pub sent: u64,
    /// Records that the proxy says are written.
    #[cfg_attr(test, ts(type = "number"))]
    pub acknowledged: u64,
    /// Records that are certainly not written, and given up.
    #[cfg_attr(test, ts(type = "number"))]
    pub failed: u64,
    /// Records that may or may not be written, and given up.
    #[cfg_attr(test, ts(type = "number"))]
    pub unknown: u64,
    /// Records in requests that are not answered yet.
    #[cfg_attr(test, ts(type = "number"))]
    pub in_flight: u64,
    /// Records that wait to be sent again.
    #[cfg_attr(test, ts(type = "number"))]
    pub waiting: u64,
    /// How often a record was sent again.
    #[cfg_attr(test, ts(type = "number"))]
    pub retried: u64,
    /// Records that were sent again although they may have been written already.
    #[cfg_attr(test, ts(type = "number"))]
    pub possible_duplicates: u64,
    /// Records that failed, or were written, after a later one of the same key was written.
    #[cfg_attr(test, ts(type = "number"))]
    pub reordered: u64,
    /// Requests sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub requests: u64,
    /// Bytes of bodies sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes: u64,
    /// Records acknowledged a second, over the last seconds.
    pub rate: f64,
    /// How long requests took to be answered, in milliseconds, over the last ones.
    pub latency_ms: f64,
    /// Records by which the sink is behind the rate that was asked for.
    #[cfg_attr(test, ts(type = "number"))]
    pub lag: u64,
    /// By how long it is behind, in milliseconds.
    pub lag_ms: f64,
    /// Failures and refusals by what the proxy said.
    pub reasons: Vec<ReasonCount>,
}

/// How often a proxy gave a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ReasonCount {
    /// The reason, without anything particular to a record.
    pub reason: String,
    /// How many records.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
}

/// Lists that a sink keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum ListedFate {
    /// Records that are certainly not written.
    Failed,
    /// Records that may be written.
    Unknown,
    /// Records that were overtaken by a later one of their key.
    Reordered,
}

/// A record of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ListedRecord {
    /// Its place among the records taken, from 0.
    #[cfg_attr(test, ts(type = "number"))]
    pub sequence: u64,
    /// The topic of Kafka.
    pub topic: String,
    /// The key as text.
    pub key: Option<String>,
    /// The beginning of the value as text, at most 1,024 characters.
    pub value: String,
    /// How often it was sent.
    pub attempts: u32,
    /// What the proxy said, or what happened.
    pub reason: String,
}

/// A line of the activity log. It holds no secret: no header, no body, no credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When, in milliseconds since the sink was started.
    pub at_ms: f64,
    /// How grave it is.
    pub level: LogLevel,
    /// What happened.
    pub text: String,
}

/// How grave a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum LogLevel {
    /// What was done.
    Info,
    /// What the sink can go on after.
    Warning,
    /// What lost or stopped something.
    Error,
}
