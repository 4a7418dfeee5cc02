//! The generator from outside: what a run has to keep whatever its configuration, and whether its
//! figures are those of the configuration.

#[path = "generator/common.rs"]
mod common;
#[path = "generator/faults.rs"]
mod faults;
#[path = "generator/hostile.rs"]
mod hostile;
#[path = "generator/reproducible.rs"]
mod reproducible;
#[path = "generator/settings.rs"]
mod settings;
#[path = "generator/shape.rs"]
mod shape;
#[path = "support/soak.rs"]
mod soak;
#[path = "generator/statistics.rs"]
mod statistics;
