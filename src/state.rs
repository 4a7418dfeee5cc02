//! State of operators: keys, groups by key and window, sessions, closed windows, checkpoints.
//!
//! Not here: aggregate values (`aggregate`) and rules about time (`window`, `exec`). Hash tables
//! only ever look up; whatever is iterated is in an order that the input determines.

pub mod arena;
pub mod checkpoint;
pub mod closed;
pub mod few;
pub mod groups;
pub mod keys;
pub mod rows;
pub mod sessions;
mod timers;

/// No entry, in lists of indices.
pub const NONE: u32 = u32::MAX;
