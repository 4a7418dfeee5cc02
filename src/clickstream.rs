//! To be written.
use serde::{Deserialize, Serialize};
/// Placeholder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "name", content = "value", rename_all = "camelCase")]
pub enum Setting {
    /// x
    SessionsPerSecond(f64),
}
