//! A run as a file: seed, configuration, command log and how far it came. With it a run is made
//! again elsewhere, to the byte. Not here: files, and what a link may hold.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::log::{Entry, MOST_ENTRIES, Stamp};
use super::problem;
use super::protocol::Problem;
use crate::rng::MOST_SEED;

/// The version of the form of a saved run.
pub const VERSION: u32 = 1;
/// The most bytes that a saved run may have.
pub const MOST_BYTES: usize = 16 << 20;

/// A saved run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Save {
    /// [`VERSION`].
    pub streamglass: u32,
    /// The seed.
    pub seed: u64,
    /// The configuration as the YAML's tree.
    pub config: Arc<serde_json::Value>,
    /// The pipeline's script if it is not the built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<Arc<str>>,
    /// How far the run came.
    pub until: Stamp,
    /// What was changed, and where in the run.
    pub log: Arc<Vec<Entry>>,
}

impl Save {
    /// Reads a saved run, which may come from anywhere.
    ///
    /// # Errors
    /// What is wrong with it: too large, no such JSON, another version, a log out of order.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if text.len() > MOST_BYTES {
            return Err(problem("", format!("a saved run has at most {MOST_BYTES} bytes")));
        }
        let save: Self = serde_json::from_str(text)
            .map_err(|error| problem("", format!("this is no saved run: {error}")))?;
        if save.streamglass != VERSION {
            let message = format!(
                "this run was saved in form {}, and only form {VERSION} is known",
                save.streamglass
            );
            return Err(problem("streamglass", message));
        }
        if save.seed > MOST_SEED {
            return Err(problem("seed", format!("the seed must be at most {MOST_SEED}")));
        }
        if save.log.len() > MOST_ENTRIES {
            let message = format!("a run has at most {MOST_ENTRIES} changes");
            return Err(problem("log", message));
        }
        if let Some(at) = save.log.windows(2).position(|pair| pair[1].at.turn < pair[0].at.turn) {
            let path = format!("log[{}].at.turn", at + 1);
            return Err(problem(&path, "the changes must be in the order of the run"));
        }
        Ok(save)
    }

    /// The saved run as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
