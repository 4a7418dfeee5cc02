//! (being written)
use super::table::Scalar;
pub const FUNCTIONS: &[Scalar] = &[];
