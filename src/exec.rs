//! To be written.
pub mod split;
