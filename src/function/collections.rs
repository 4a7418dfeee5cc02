//! (being written)
use super::table::Scalar;
pub const ARRAYS: &[Scalar] = &[];
pub const MAPS: &[Scalar] = &[];
