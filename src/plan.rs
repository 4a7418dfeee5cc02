//! The physical plan: what a query does, as plain data over resolved columns. No text, no state.
//!
//! A front end (SQL) ends in a [`Pipeline`]; `exec` begins with
//! one. Nothing here refers to an operator's code.

pub mod expression;
mod extract;
pub mod pipeline;
mod prune;
mod push;
pub mod show;

pub use crate::aggregate::AggregateFunction;
pub use expression::{Arithmetic, Comparison, Expr};
pub use pipeline::{
    Aggregate, AggregateCall, Emit, Explode, Extract, Format, Join, JoinKind, JoinWindow, Node,
    NodeId, OnError, Op, Output, PartitionBy, Pipeline, Route, Sink, Source, Split, SystemColumn,
    TimestampColumn,
};

/// Makes a plan cheaper: the same rows come out. Filters go towards their sources, columns that
/// nothing uses are not read, and sources find members of JSON texts. The last node stays the last.
pub fn optimize(pipeline: &mut Pipeline) {
    push::push_filters(pipeline);
    prune::prune(pipeline);
    extract::extract(pipeline);
}
