//! One running lab: virtual clock, command log, checkpoints, seek.

pub mod checkpoints;
pub mod inspect;
pub mod log;
pub mod playback;
pub mod protocol;
