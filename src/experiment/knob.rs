//! Knobs: what a person can set, in which unit and range, and how it is read from text.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// A knob as a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct KnobInfo {
    /// The name for the command line and links, as `stream-lag`.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// One sentence on what it is; of a constant of the cost model also its source.
    pub help: String,
    /// What values it takes.
    pub kind: KnobKind,
    /// The value of the experiment's preset, as text with unit.
    pub default: String,
    /// Whether the experiment is about it; the others are under "more".
    pub primary: bool,
}

/// What values a knob takes. A value is set as text: a number with its unit (durations `45m`, `1.5h`,
/// `250ms`), a choice's name, or `on` and `off`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum KnobKind {
    /// A duration, milliseconds. A slider should be logarithmic from 1 s on.
    Duration {
        /// Least, milliseconds.
        #[cfg_attr(test, ts(type = "number"))]
        min_ms: i64,
        /// Most, milliseconds.
        #[cfg_attr(test, ts(type = "number"))]
        max_ms: i64,
    },
    /// A number.
    Number {
        /// Least.
        min: f64,
        /// Most.
        max: f64,
        /// Whether only whole numbers make sense.
        whole: bool,
        /// The unit for people, as `events/s`; not part of the text.
        unit: String,
    },
    /// A share, set as `3%` or `0.03`.
    Share {
        /// Most, 0 to 1.
        max: f64,
    },
    /// One of some.
    Choice {
        /// They.
        choices: Vec<Choice>,
    },
    /// `on` or `off`.
    Switch,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What is set, as `by-offset`.
    pub name: String,
    /// What people read.
    pub label: String,
}
