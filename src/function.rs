//! The functions of ksqlDB: one table for each kind declares name, category, signatures, doc text
//! and examples, and [`registry`] finds the overload that a call means.
//!
//! Scalar functions are evaluated over columns ([`call::Callable`]); aggregates name what
//! `aggregate` computes; table functions give many rows for one. Not here: expressions around the
//! calls (`plan`, `exec`), parsing. Whatever reads a clock or random numbers is refused by name: the
//! same input must give the same output.

pub mod call;
pub mod cast;
pub mod registry;
pub mod signature;
pub mod table;
pub mod time_format;

mod aggregates;
mod collections;
pub mod encoding;
mod json;
mod masking;
mod math;
mod misc;
mod pattern;
mod refused;
mod regex;
mod strings;
mod tables;
mod times;
mod urls;

#[cfg(test)]
mod tests;

pub use call::{Callable, Fault};
pub use registry::{
    AggregateArgument, ResolveError, Resolved, ResolvedAggregate, check_constants,
    resolve_aggregate, resolve_scalar, resolve_table_function,
};
pub use table::{Category, Function, Kind};
pub use tables::TableFunction;
