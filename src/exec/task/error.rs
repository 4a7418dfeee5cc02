//! What can be wrong with a plan.

use thiserror::Error;

use crate::exec::aggregate::AggregatePlanError;
use crate::exec::expression::ExprError;
use crate::exec::join::JoinPlanError;
use crate::exec::reader::FormatError;
use crate::exec::split::SplitError;
use crate::topic::TopicError;
use crate::value::DataType;

/// A plan that cannot run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("node {node}: {kind}")]
pub struct PlanError {
    /// The node's name.
    pub node: String,
    /// What is wrong with it.
    pub kind: PlanErrorKind,
}

/// What is wrong with a node.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanErrorKind {
    /// Names are unique.
    #[error("another node has this name")]
    DuplicateName,
    /// A wrong number of inputs.
    #[error("it needs {needs} inputs and has {found}")]
    Inputs {
        /// How many it needs.
        needs: usize,
        /// How many it has.
        found: usize,
    },
    /// Inputs come first.
    #[error("its input {0} is not before it")]
    InputOrder(usize),
    /// The topic to read is not there.
    #[error("there is no topic {0}")]
    NoTopic(String),
    /// A topic cannot be created like the source's when there is none.
    #[error("there is no source before it")]
    NoSource,
    /// Unreadable records would be read again.
    #[error("unreadable records of {0} would go back to it")]
    DeadLettersToSource(String),
    /// WHERE needs a truth value.
    #[error("the predicate is of type {0}, not BOOLEAN")]
    Predicate(DataType),
    /// A declared type is not that of the expression.
    #[error("column {column} is declared {declared} but is {actual}")]
    Type {
        /// The column.
        column: String,
        /// What the plan says.
        declared: DataType,
        /// What the expression gives.
        actual: DataType,
    },
    /// An expression.
    #[error(transparent)]
    Expression(#[from] ExprError),
    /// An aggregate.
    #[error(transparent)]
    Aggregate(#[from] AggregatePlanError),
    /// Formats and columns.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A topic that cannot be created.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// A router.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A join.
    #[error(transparent)]
    Join(#[from] JoinPlanError),
    /// What a table function takes.
    #[error("column {column}: a table function takes an ARRAY, not {found}")]
    NoArray {
        /// The column.
        column: String,
        /// The expression's type.
        found: DataType,
    },
    /// Only streams can have their keys or rows changed.
    #[error("{0} is for streams, not for tables")]
    NeedsStream(&'static str),
    /// Key columns come first.
    #[error("key column {0} comes after a value column")]
    KeyAfterValue(String),
}
