//! The fixture against its contract, and the sink through the fixture to a real broker and back.
//!
//! `cargo xtask kafka test` runs them with what they need; tests marked `#[ignore]` take minutes.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests with clocks")]

mod answers;
mod faults;
mod matrix;
mod program;
mod real;
mod secret;
mod sink;
mod support;
mod tool;
