//! Batch ETL, lambda and kappa over the same events, from real parts.
//!
//! Each architecture implements [`Architecture`]: it sees the delivered events in one shared
//! [`store`](store::Store) and answers a [`Question`](question::Question). Only the cost of time is
//! modelled ([`cost`]). Not here: where events come from, knobs, presets and texts (`experiment`).

pub mod batch;
pub mod batch_etl;
pub mod cost;
pub mod finals;
pub mod kappa;
pub mod lambda;
pub mod logic;
pub mod oltp;
mod pages;
pub mod question;
pub mod report;
pub mod retention;
pub mod scene;
pub mod sessions;
pub mod sketch;
pub mod speed;
pub mod store;
pub mod stream_job;
pub mod view;

use serde::{Deserialize, Serialize};

use crate::sim::meter::AgeMeter;
use scene::{LaneScene, Note, Station, StationKind, StationState};
use store::Store;
use view::Cell;

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Lane {
    /// Periodic extract, transform, load.
    BatchEtl,
    /// Batch layer, speed layer, serving layer.
    Lambda,
    /// One log, one stream job.
    Kappa,
}

impl Lane {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::BatchEtl, Self::Lambda, Self::Kappa];

    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BatchEtl => "Batch ETL",
            Self::Lambda => "Lambda",
            Self::Kappa => "Kappa",
        }
    }
}

/// A piece of logic that is written, deployed and mended on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Path {
    /// Batch ETL's job.
    Etl,
    /// Lambda's batch layer.
    Batch,
    /// Lambda's speed layer.
    Speed,
    /// Kappa's stream job.
    Stream,
}

impl Path {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Etl, Self::Batch, Self::Speed, Self::Stream];

    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Etl => "ETL job",
            Self::Batch => "batch layer",
            Self::Speed => "speed layer",
            Self::Stream => "stream job",
        }
    }
}

/// When kappa's readers go over to the second table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum SwitchWhen {
    /// At once, whatever it has replayed.
    Now,
    /// When it has caught up with the log.
    CaughtUp,
}

/// What a person, or a preset's script, does to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Operation {
    /// Deploys the logic with the bug (it leaves out the clicks of one section) on some paths.
    DeployBug {
        /// Where.
        paths: Vec<Path>,
    },
    /// Deploys the right logic on some paths, and reprocesses there or not.
    Fix {
        /// Where.
        paths: Vec<Path>,
        /// Whether what the bug touched is computed again: batch ETL reloads, lambda's batch layer
        /// recomputes all, kappa replays its log into a second table.
        reprocess: bool,
    },
    /// Kappa: sends readers to the second table.
    Switch {
        /// When.
        when: SwitchWhen,
    },
    /// Kappa: sends readers back to the old table, while the old job lives.
    Revert,
    /// Kappa: ends the job that is not read, and drops its table.
    DropOld,
    /// Crashes the stream jobs (kappa's and lambda's speed layer); they restart by their guarantee.
    Crash,
    /// Nothing reaches the topic for a while; what was sent meanwhile arrives afterwards.
    Outage {
        /// How long.
        #[cfg_attr(test, ts(type = "number"))]
        for_ms: i64,
    },
    /// Nothing happens on the site for a while.
    Silence {
        /// How long.
        #[cfg_attr(test, ts(type = "number"))]
        for_ms: i64,
    },
    /// Some events arrive late for a while.
    LateData {
        /// Share of events, 0 to 1.
        share: f64,
        /// Their mean delay.
        #[cfg_attr(test, ts(type = "number"))]
        mean_ms: i64,
        /// How long.
        #[cfg_attr(test, ts(type = "number"))]
        for_ms: i64,
    },
    /// Some events are delivered twice for a while.
    Duplicates {
        /// Share of events, 0 to 1.
        share: f64,
        /// How long.
        #[cfg_attr(test, ts(type = "number"))]
        for_ms: i64,
    },
    /// Some events are never delivered for a while.
    Drops {
        /// Share of events, 0 to 1.
        share: f64,
        /// How long.
        #[cfg_attr(test, ts(type = "number"))]
        for_ms: i64,
    },
    /// Some events carry values that the deployed logic cannot read, for a while.
    BadData {
        /// Share of events, 0 to 1.
        share: f64,
        /// How long.
        #[cfg_attr(test, ts(type = "number"))]
        for_ms: i64,
    },
    /// The next batch of batch ETL and of lambda's batch layer is dropped.
    MissBatch,
}

/// What the lanes of a run share.
#[derive(Debug)]
pub struct World<'a> {
    /// The delivered events.
    pub store: &'a Store,
    /// What happened, for people.
    pub notes: &'a mut Vec<Note>,
    /// Events a second that arrive now.
    pub per_second: f64,
    /// The share of them that took longer.
    pub late_share: f64,
}

impl World<'_> {
    /// Says what happened.
    pub fn note(&mut self, at_ms: i64, lane: Lane, label: String, text: String) {
        self.notes.push(Note { at_ms, lane: Some(lane), label, text });
    }

    /// Whether so many waiting events are more than a job of this lag has anyway.
    #[must_use]
    pub fn is_behind(&self, waiting: u64, lag_ms: i64) -> bool {
        waiting as f64 > 10.0 + self.per_second * (lag_ms as f64 / 1e3 + 2.0)
    }
}

/// Figures of a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// Events processed, each as often as it was.
    pub processed: u64,
    /// Bytes stored.
    pub stored_bytes: u64,
    /// Events dropped as late by what readers see.
    pub late: Option<u64>,
    /// Events that count twice through crashes.
    pub doubled: Option<u64>,
    /// Events that are missing through crashes and dropped batches.
    pub lost: Option<u64>,
    /// From the operation that mends until readers see it.
    pub corrected_ms: Option<i64>,
    /// Code paths to maintain.
    pub code_paths: u32,
    /// How long workers worked, nanoseconds.
    pub busy_ns: i64,
    /// Mean and largest age since warm-up, milliseconds.
    pub ages: Option<(f64, i64)>,
}

/// One of the three architectures, running.
///
/// A simulation calls [`Self::advance`] with times that never fall, and never beyond
/// [`Self::next_at`]: what comes out does not depend on where else the calls are.
pub trait Architecture {
    /// Which.
    fn lane(&self) -> Lane;

    /// When something of its own is due: a batch starts or lands.
    fn next_at(&self) -> i64;

    /// Lets everything happen before `to`, and what is due at `to`.
    fn advance(&mut self, to: i64, world: &mut World<'_>);

    /// Something is done to the run. What is not for this lane changes nothing.
    fn operate(&mut self, operation: &Operation, now: i64, world: &mut World<'_>);

    /// Brings its tables up to date, to be read.
    fn commit(&mut self);

    /// The answer's cell over all windows, as of the last commit.
    fn total(&self) -> Cell;

    /// The answer's cell of one window; `None` before there is an answer.
    fn window(&self, window: usize) -> Option<Cell>;

    /// Whether it can answer yet.
    fn has_answer(&self) -> bool;

    /// Events in the answer, each as often as it counts.
    fn events(&self) -> u64;

    /// Its age.
    fn meter(&self) -> &AgeMeter;

    /// Warm-up is over.
    fn begin_measuring(&mut self, at: i64);

    /// Its figures.
    fn measures(&self, world: &World<'_>) -> Measures;

    /// Its diagram.
    fn scene(&self, now: i64, world: &World<'_>) -> LaneScene;
}

/// A station that is idle and empty.
fn station(id: &str, kind: StationKind, label: &str, column: u32, row: u32) -> Station {
    Station {
        id: id.to_owned(),
        kind,
        label: label.to_owned(),
        detail: String::new(),
        column,
        row,
        state: StationState::Idle,
        queued: 0,
        held: 0,
        progress: None,
        age_ms: None,
        buggy: false,
        read: false,
    }
}

/// A duration in words: `41 s`, `47 min`, `2 h 05 min`.
#[must_use]
pub fn words(ms: i64) -> String {
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..120_000 => {
            let (seconds, tenths) = (ms / 1_000, ms % 1_000 / 100);
            if tenths == 0 { format!("{seconds} s") } else { format!("{seconds}.{tenths} s") }
        }
        120_000..7_200_000 => format!("{} min", ms / 60_000),
        _ => format!("{} h {:02} min", ms / 3_600_000, ms / 60_000 % 60),
    }
}

/// A count with commas: `1,204`.
#[must_use]
pub fn counted(count: u64) -> String {
    grouped(count as f64)
}

/// A whole number with commas.
#[must_use]
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = if value < 0.0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0.0, 12.4, 1_204.0, -1_234_567.0].map(grouped),
            ["0", "12", "1,204", "-1,234,567"]
        );
    }
}
