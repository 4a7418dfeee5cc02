//! A lab from outside, as the page drives it: what it shows depends on seed, configuration and
//! commands alone, and its counts add up.

#[path = "lab/accounts.rs"]
mod accounts;
#[path = "lab/commands.rs"]
mod commands;
#[path = "lab/common.rs"]
mod common;
#[path = "lab/determinism.rs"]
mod determinism;
#[path = "lab/golden.rs"]
mod golden;
#[path = "lab/scripts.rs"]
mod scripts;
#[path = "support/soak.rs"]
mod soak;
