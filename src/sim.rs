//! Discrete-event simulation on one virtual clock: a scheduler, the way that events take with its
//! faults, a server with a queue, an age meter and checkers. It knows nothing of architectures.
//!
//! A time without a unit in its name is milliseconds since the start of the run. Spans and steps are
//! half-open: at time `t` everything before `t` has happened.

pub mod checker;
pub mod fault;
pub mod meter;
pub mod scheduler;
pub mod server;

/// After the end of every run.
pub const NEVER: i64 = i64::MAX;

/// Nanoseconds in a millisecond: servers count in them.
pub const MS_NS: i64 = 1_000_000;
