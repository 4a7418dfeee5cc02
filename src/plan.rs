//! The physical plan: what a query does, as plain data over resolved columns. No text, no state.
//!
//! A front end (built-in pipelines today, SQL tomorrow) ends in a [`Pipeline`]; `exec` begins with
//! one. Nothing here refers to an operator's code.

pub mod expression;
pub mod pipeline;

pub use crate::aggregate::AggregateFunction;
pub use expression::{Arithmetic, Comparison, Expr};
pub use pipeline::{
    Aggregate, AggregateCall, Emit, Format, Node, NodeId, Op, Output, Pipeline, Route, Sink,
    Source, Split,
};
