//! Expressions over the columns of a node's input.

use serde::{Deserialize, Serialize};

use crate::value::{DataType, Value};

/// `=`, `<>`, `<`, `<=`, `>`, `>=`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// `+`, `-`, `*`, `/`, `%`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// An expression with three-valued logic. Both sides of a comparison or an arithmetic operation
/// have the same type: a front end inserts [`Expr::Cast`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// The column with this index.
    Column(usize),
    /// A constant. Its type is named because NULL has none of its own.
    Literal(Value, DataType),
    /// The event time of the row, `BIGINT` milliseconds.
    RowTime,
    /// The start of the row's window, `BIGINT` milliseconds; NULL without a window.
    WindowStart,
    /// The end of the row's window, `BIGINT` milliseconds; NULL without a window.
    WindowEnd,
    /// A comparison: NULL when either side is.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// Arithmetic: NULL when either side is, or on overflow or division of integers by zero.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// All are true.
    And(Vec<Expr>),
    /// Any is true.
    Or(Vec<Expr>),
    /// Negation.
    Not(Box<Expr>),
    /// `IS NULL`: never NULL itself.
    IsNull(Box<Expr>),
    /// `IN (…)` over constants.
    In(Box<Expr>, Vec<Value>),
    /// Conversion between numbers, and of anything to `VARCHAR`.
    Cast(Box<Expr>, DataType),
}
