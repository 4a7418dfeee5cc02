//! Expressions over the columns of a node's input.

use std::sync::Arc;

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

/// An expression. Both sides of a comparison or an arithmetic operation have the same type, and the
/// arguments of a call have the types of its overload: a front end inserts [`Expr::Cast`].
///
/// NULL is ksqlDB's, not SQL's: a comparison, `IN` or `LIKE` with NULL is false, while arithmetic
/// with NULL, a NULL condition, a cast that fails and an integer divided by zero are *errors*, which
/// make the whole expression NULL (ksqlDB's generated code throws and logs). Only an error inside of
/// an [`Expr::Array`], [`Expr::Map`] or [`Expr::Struct`] stays there, as NULL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// The column with this index.
    Column(usize),
    /// A constant. Its type is named because NULL has none of its own.
    Literal(Value, DataType),
    /// The event time of the row (`ROWTIME`), `BIGINT` milliseconds.
    RowTime,
    /// The partition of the row's record (`ROWPARTITION`), `INT`.
    RowPartition,
    /// The offset of the row's record (`ROWOFFSET`), `BIGINT`.
    RowOffset,
    /// The start of the row's window, `BIGINT` milliseconds; NULL without a window.
    WindowStart,
    /// The end of the row's window, `BIGINT` milliseconds; NULL without a window.
    WindowEnd,
    /// A comparison: false when either side is NULL. Arrays, maps and structs have only `=` and
    /// `<>`.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `IS DISTINCT FROM`: `<>` for which NULL is a value like others.
    IsDistinct(Box<Expr>, Box<Expr>),
    /// Arithmetic. Integers wrap on overflow. `+` of two `VARCHAR` joins them as Java does: NULL is
    /// the text `null`.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// A number with the other sign.
    Negate(Box<Expr>),
    /// All are true; evaluated from the left up to the first that is not.
    And(Vec<Expr>),
    /// Any is true; evaluated from the left up to the first that is.
    Or(Vec<Expr>),
    /// Negation.
    Not(Box<Expr>),
    /// `IS NULL`: never NULL itself.
    IsNull(Box<Expr>),
    /// `IN (…)`, each of the same type as the value.
    In(Box<Expr>, Vec<Expr>),
    /// `LIKE`: `%` is any text, `_` any character.
    Like {
        /// The text.
        value: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// Takes the meaning from a `%`, `_` or itself behind it; without one `\` does.
        escape: Option<char>,
    },
    /// `CASE WHEN … THEN … ELSE … END`: the first branch whose condition is true.
    Case {
        /// Conditions and results, one or more; the results all of one type.
        branches: Vec<(Expr, Expr)>,
        /// The result when no condition is true; without it NULL.
        otherwise: Option<Box<Expr>>,
    },
    /// Conversion, as `CAST`.
    Cast(Box<Expr>, DataType),
    /// The field with this index of a `STRUCT`.
    Field(Box<Expr>, usize),
    /// `base[index]`: of an `ARRAY` by an `INT` or `BIGINT` from 1 or, negative, from the end; of a
    /// `MAP` by its key. NULL when there is no such item.
    Subscript(Box<Expr>, Box<Expr>),
    /// `ARRAY[…]`: one or more items of one type.
    Array(Vec<Expr>),
    /// `MAP(key := value, …)`: one or more.
    Map(Vec<(Expr, Expr)>),
    /// `STRUCT(name := value, …)`
    Struct(Vec<(Arc<str>, Expr)>),
    /// A call of the scalar function with this name, upper case; the argument types select the
    /// overload and the result's type (`function::registry::resolve_scalar`).
    Call(Arc<str>, Vec<Expr>),
}

/// Calls `$visit` with each direct part of `$expr`, by `$iter` (`iter` or `iter_mut`).
macro_rules! each_child {
    ($expr:expr, $visit:expr, $iter:ident) => {
        match $expr {
            Self::Column(_)
            | Self::Literal(..)
            | Self::RowTime
            | Self::RowPartition
            | Self::RowOffset
            | Self::WindowStart
            | Self::WindowEnd => {}
            Self::Negate(value)
            | Self::Not(value)
            | Self::IsNull(value)
            | Self::Cast(value, _)
            | Self::Field(value, _) => $visit(value),
            Self::Compare(_, left, right)
            | Self::IsDistinct(left, right)
            | Self::Arithmetic(_, left, right)
            | Self::Subscript(left, right)
            | Self::Like { value: left, pattern: right, .. } => {
                $visit(left);
                $visit(right);
            }
            Self::And(list) | Self::Or(list) | Self::Array(list) | Self::Call(_, list) => {
                list.$iter().for_each($visit);
            }
            Self::In(value, list) => {
                $visit(value);
                list.$iter().for_each($visit);
            }
            Self::Case { branches, otherwise } => {
                for (when, then) in branches {
                    $visit(when);
                    $visit(then);
                }
                otherwise.$iter().for_each(|otherwise| $visit(otherwise));
            }
            Self::Map(entries) => {
                for (key, value) in entries {
                    $visit(key);
                    $visit(value);
                }
            }
            Self::Struct(fields) => fields.$iter().for_each(|(_, value)| $visit(value)),
        }
    };
}

impl Expr {
    /// Calls `visit` with each direct part.
    pub fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        each_child!(self, visit, iter);
    }

    /// Calls `visit` with each direct part, to change it.
    pub fn for_each_child_mut(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        each_child!(self, visit, iter_mut);
    }

    /// Whether it can be computed from the first `keys` columns alone, so without a record's value.
    #[must_use]
    pub fn reads_only_columns_before(&self, keys: usize) -> bool {
        match self {
            Self::Column(index) => *index < keys,
            Self::RowTime
            | Self::RowPartition
            | Self::RowOffset
            | Self::WindowStart
            | Self::WindowEnd => false,
            _ => {
                let mut all = true;
                self.for_each_child(&mut |child| all &= child.reads_only_columns_before(keys));
                all
            }
        }
    }
}
