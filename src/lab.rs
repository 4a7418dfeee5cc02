//! One running lab: virtual clock, command log, checkpoints, seek.

pub mod protocol;
