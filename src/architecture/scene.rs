//! The architectures as diagrams: stations, the links between them, and what is there now.
//!
//! Numbers only. Where a station is drawn follows from its column and row; what it looks like is the
//! page's.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

use super::Lane;

/// All three lanes at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Scene {
    /// When.
    #[cfg_attr(test, ts(type = "number"))]
    pub at_ms: i64,
    /// Batch ETL, lambda, kappa.
    pub lanes: Vec<LaneScene>,
}

/// One architecture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct LaneScene {
    /// Which.
    pub lane: Lane,
    /// Stations, from the events to the answer. Their number and order stay the same during a run,
    /// but for kappa's second job and table, which come last while they are there.
    pub stations: Vec<Station>,
    /// Links between them.
    pub links: Vec<Link>,
    /// Now minus the event time of the newest event in the answer.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub age_ms: Option<i64>,
    /// Answer minus the truth of what happened.
    pub error: Option<f64>,
    /// One line beside the age: what is going on, as `batch corrects at 09:00`.
    pub remark: String,
    /// Code paths to maintain.
    pub code_paths: u32,
}

/// A store or a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Station {
    /// A name that stays the same, unique in the lane, as `speed`.
    pub id: String,
    /// What it is.
    pub kind: StationKind,
    /// A name for people, as `Speed layer`.
    pub label: String,
    /// Second line: what it holds or does, with figures.
    pub detail: String,
    /// Where in the diagram, from the left: 0 is next to the events.
    pub column: u32,
    /// Where in the diagram, from above; a lane with one row has only row 0.
    pub row: u32,
    /// What it is doing.
    pub state: StationState,
    /// Events that wait to get in.
    #[cfg_attr(test, ts(type = "number"))]
    pub queued: u64,
    /// Events or results that it holds.
    #[cfg_attr(test, ts(type = "number"))]
    pub held: u64,
    /// How far a running job is, 0 to 1.
    pub progress: Option<f64>,
    /// Now minus the event time of the newest event in it.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub age_ms: Option<i64>,
    /// Whether its logic is the one with the bug.
    pub buggy: bool,
    /// Whether readers see it.
    pub read: bool,
}

/// What a station is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum StationKind {
    /// The database that takes single writes.
    Oltp,
    /// The store that answers analytic queries.
    Olap,
    /// Lambda's immutable master dataset.
    Master,
    /// Kappa's retained log.
    Log,
    /// A job that runs now and then over many events.
    BatchJob,
    /// A job that runs all the time over single events.
    StreamJob,
    /// A table of results.
    Table,
    /// Lambda's serving layer, which merges tables when it is asked.
    Serving,
}

/// What a station is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum StationState {
    /// Waiting for its time or for events.
    Idle,
    /// A worker is starting.
    Starting,
    /// Working.
    Running,
    /// Working through a backlog.
    CatchingUp,
    /// Not running after a crash.
    Down,
    /// Kept, but no longer read.
    Retired,
}

/// A way that events or results take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The id of the station it comes from; `null` is the events' source.
    pub from: Option<String>,
    /// The id of the station it goes to; `null` is the reader.
    pub to: Option<String>,
    /// Events a virtual second that move on it now.
    pub per_second: f64,
    /// The share of them that is late.
    pub late_share: f64,
    /// The age of what moves on it.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub age_ms: Option<i64>,
}

impl Link {
    /// A link with its flow.
    #[must_use]
    pub fn new(from: Option<&str>, to: Option<&str>, per_second: f64, late_share: f64) -> Self {
        let (from, to) = (from.map(str::to_owned), to.map(str::to_owned));
        Self { from, to, per_second, late_share, age_ms: None }
    }
}

/// What everyone now says of one window of event time, or of some windows together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct WindowPoint {
    /// Where it starts, in event time.
    #[cfg_attr(test, ts(type = "number"))]
    pub start_ms: i64,
    /// The fault-free truth.
    pub happened: f64,
    /// The truth of what was delivered.
    pub delivered: f64,
    /// Batch ETL's answer.
    pub batch_etl: Option<f64>,
    /// Lambda's.
    pub lambda: Option<f64>,
    /// Kappa's.
    pub kappa: Option<f64>,
}

/// What happened at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// When.
    #[cfg_attr(test, ts(type = "number"))]
    pub at_ms: i64,
    /// Whose; `null` for all.
    pub lane: Option<Lane>,
    /// A few words for the chart, as `batch 3 lands`.
    pub label: String,
    /// A sentence with figures.
    pub text: String,
}
