//! Which windows a timestamp belongs to: pure assignment, no state.

use serde::{Deserialize, Serialize};

/// A validated window: one that exists can be computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowSpec {
    /// Placeholder until the module is filled.
    Tumbling,
}
