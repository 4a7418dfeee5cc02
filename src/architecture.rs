//! Batch ETL, lambda and kappa over the same events, from real parts.
//!
//! Each architecture implements [`Architecture`]: it sees the delivered events in one shared
//! [`store`](store::Store) and answers a [`Question`](question::Question). Only the cost of time is
//! modelled ([`cost`]). Not here: where events come from, knobs, presets and texts (`experiment`).

pub mod report;
pub mod scene;

use serde::{Deserialize, Serialize};

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
    /// Some events carry wrong values for a while.
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
