//! What a simulation reports: samples over virtual time, a summary, what was expected, what the
//! checkers say. The JSON of `streamglass simulate --format json` is exactly these types.
//!
//! Times are milliseconds of virtual time since the start of the run. What does not apply is `null`.

use serde::{Deserialize, Serialize, Serializer};

use crate::digest::Digest;

/// A whole report. Equal for equal experiment, seed, settings, length and commands, on every target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Report {
    /// The experiment's name, as `late-data`.
    pub experiment: String,
    /// The seed.
    #[cfg_attr(test, ts(type = "number"))]
    pub seed: u64,
    /// Every knob by name with its value and unit, as text, in the order of the knobs.
    #[serde(with = "in_order")]
    #[cfg_attr(test, ts(type = "Record<string, string>"))]
    pub settings: Vec<(String, String)>,
    /// Measures over virtual time, oldest first; a long run keeps every second, fourth, … one.
    pub samples: Vec<Sample>,
    /// Figures of the whole run.
    pub summary: Summary,
    /// Closed forms and independent computations beside what was measured.
    pub expected: Vec<Expected>,
    /// What must hold in every run.
    pub checkers: Vec<Check>,
}

impl Report {
    /// The report as JSON for a file: what the command line prints and the page hands out.
    ///
    /// # Panics
    /// Never: numbers that are none are null, and the only keys are names.
    #[must_use]
    #[inline(never)]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report has only text keys") + "\n"
    }

    /// A digest of it: 16 hexadecimal digits.
    #[must_use]
    #[inline(never)]
    pub fn digest(&self) -> String {
        let mut digest = Digest::default();
        digest.bytes(&serde_json::to_vec(self).unwrap_or_default());
        digest.hex()
    }
}

/// Measures of all three architectures at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Sample {
    /// When.
    #[cfg_attr(test, ts(type = "number"))]
    pub t: i64,
    /// The exact answers.
    pub truth: Truth,
    /// Batch ETL.
    pub batch_etl: LaneSample,
    /// Lambda.
    pub lambda: LaneSample,
    /// Kappa.
    pub kappa: LaneSample,
}

/// The exact answer of a question, two ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Truth {
    /// Over the events that happened by now, without faults.
    #[serde(serialize_with = "number")]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub happened: Option<f64>,
    /// Over what the topic got by now: dropped events absent, duplicates present.
    #[serde(serialize_with = "number")]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub delivered: Option<f64>,
}

/// Measures of one architecture at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LaneSample {
    /// The answer to the question; `null` before there is one.
    #[serde(serialize_with = "number")]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub answer: Option<f64>,
    /// Now minus the event time of the newest event in the answer.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub age_ms: Option<i64>,
    /// Events counted in the answer over events that happened: over 1 when some count twice.
    #[serde(serialize_with = "number")]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub completeness: Option<f64>,
    /// Events processed so far, each as often as it was.
    #[cfg_attr(test, ts(type = "number"))]
    pub events_processed: u64,
    /// Bytes that the architecture stores now, its own copy of the events included.
    #[cfg_attr(test, ts(type = "number"))]
    pub stored_bytes: u64,
}

/// Figures of the whole run, for each architecture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Summary {
    /// Batch ETL.
    pub batch_etl: LaneSummary,
    /// Lambda.
    pub lambda: LaneSummary,
    /// Kappa.
    pub kappa: LaneSummary,
}

/// Figures of the whole run of one architecture. Means are over the time since the first batch of
/// batch ETL landed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LaneSummary {
    /// The mean age over time (an exact integral, not a mean of samples).
    #[serde(serialize_with = "number")]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub mean_age_ms: Option<f64>,
    /// The largest age.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub max_age_ms: Option<i64>,
    /// The mean of |answer − happened| / happened over all sampled times.
    #[serde(serialize_with = "number")]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub mean_relative_error: Option<f64>,
    /// Events that the stream path dropped as late, so far and in the job that readers see.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub late_dropped: Option<u64>,
    /// Events that count more than once in the answer at the end.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub double_counted: Option<u64>,
    /// Events that were processed and are not in the answer at the end, other than as late.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub lost: Option<u64>,
    /// Events processed, each as often as it was.
    #[cfg_attr(test, ts(type = "number"))]
    pub events_processed: u64,
    /// Bytes stored at the end.
    #[cfg_attr(test, ts(type = "number"))]
    pub stored_bytes: u64,
    /// From the operation that mends an answer until readers see the mended one.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub time_to_correct_ms: Option<i64>,
}

/// What a formula or an independent computation gives, and what the run gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Expected {
    /// What, in words with the formula.
    pub name: String,
    /// By the formula; `null` is "never".
    #[serde(serialize_with = "number")]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub expected: Option<f64>,
    /// By the run; `null` when it did not happen.
    #[serde(serialize_with = "number")]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub measured: Option<f64>,
    /// How far apart the two may be, in the same unit: 0 for what must be exact.
    #[serde(serialize_with = "always")]
    pub tolerance: f64,
    /// Whether they are that close.
    pub held: bool,
}

impl Expected {
    /// Compares a measured figure with an expected one.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        expected: impl Into<Option<f64>>,
        measured: impl Into<Option<f64>>,
        tolerance: f64,
    ) -> Self {
        let (expected, measured) = (expected.into(), measured.into());
        let held = match (expected, measured) {
            (Some(expected), Some(measured)) => (expected - measured).abs() <= tolerance,
            (None, None) => true,
            _ => false,
        };
        Self { name: name.into(), expected, measured, tolerance, held }
    }

    /// Compares two counts that must be equal.
    #[must_use]
    pub fn exact(name: impl Into<String>, expected: u64, measured: u64) -> Self {
        Self::new(name, expected as f64, measured as f64, 0.0)
    }
}

/// What a checker says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Check {
    /// What must hold.
    pub name: String,
    /// Whether it did.
    pub held: bool,
    /// The figures behind it.
    pub detail: String,
}

/// A whole number without a fraction, so that counts read as counts.
fn number<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => always(value, to),
        None => to.serialize_none(),
    }
}

fn always<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.trunc() == *value && value.abs() <= EXACT {
        to.serialize_i64(*value as i64)
    } else {
        to.serialize_f64(*value)
    }
}

/// Pairs as a JSON object that keeps their order.
mod in_order {
    use serde::de::{Deserializer, MapAccess, Visitor};
    use serde::ser::{SerializeMap, Serializer};

    pub fn serialize<S: Serializer>(pairs: &[(String, String)], to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(pairs.len()))?;
        for (name, value) in pairs {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<(String, String)>, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(String, String)>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("settings by name")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        from.deserialize_map(Pairs)
    }
}
