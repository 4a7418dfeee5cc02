//! Expressions over columns: compiled once, evaluated a chunk at a time into buffers that stay.
//!
//! NULL follows SQL's three-valued logic. Not here: parsing or type inference; a front end has put
//! in the casts, and compiling checks that it has.

use std::sync::Arc;

use thiserror::Error;

use crate::chunk::{Chunk, Column, ColumnData};
use crate::plan::{Arithmetic, Comparison, Expr};
use crate::value::{DataType, Value};

mod arithmetic;
mod cast;
mod compare;
mod logic;

/// Why an expression cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExprError {
    /// There is no such column.
    #[error("column {index} of {columns}")]
    NoColumn {
        /// The index.
        index: usize,
        /// How many there are.
        columns: usize,
    },
    /// Two sides have different types.
    #[error("{operation} of {left} and {right}: a cast is missing")]
    Sides {
        /// What they are sides of.
        operation: String,
        /// The left type.
        left: DataType,
        /// The right type.
        right: DataType,
    },
    /// The type has no such operation.
    #[error("{operation} of {data_type}")]
    Type {
        /// The operation.
        operation: String,
        /// The type.
        data_type: DataType,
    },
    /// A constant is not of the type it claims.
    #[error("the constant {value} is no {data_type}")]
    Literal {
        /// The constant.
        value: String,
        /// The type.
        data_type: DataType,
    },
}

/// A compiled expression with its buffers.
#[derive(Clone, Debug)]
pub struct Evaluator {
    kind: Kind,
    data_type: DataType,
    out: Column,
}

#[derive(Clone, Debug)]
enum Kind {
    Column(usize),
    Literal(Value),
    RowTime,
    WindowStart,
    WindowEnd,
    Compare(Comparison, Box<[Evaluator; 2]>),
    Arithmetic(Arithmetic, Box<[Evaluator; 2]>),
    And(Vec<Evaluator>),
    Or(Vec<Evaluator>),
    Not(Box<Evaluator>),
    IsNull(Box<Evaluator>),
    In(Box<Evaluator>, Arc<[Value]>),
    Cast(Box<Evaluator>),
}

impl Evaluator {
    /// Compiles an expression over columns of these types.
    ///
    /// # Errors
    /// When a column is not there or types do not fit.
    pub fn new(expr: &Expr, columns: &[DataType]) -> Result<Self, ExprError> {
        let compile = |expr: &Expr| Self::new(expr, columns);
        let (kind, data_type) = match expr {
            Expr::Column(index) => {
                let missing = ExprError::NoColumn { index: *index, columns: columns.len() };
                (Kind::Column(*index), columns.get(*index).ok_or(missing)?.clone())
            }
            Expr::Literal(value, data_type) => {
                check_literal(value, data_type)?;
                (Kind::Literal(value.clone()), data_type.clone())
            }
            Expr::RowTime => (Kind::RowTime, DataType::BigInt),
            Expr::WindowStart => (Kind::WindowStart, DataType::BigInt),
            Expr::WindowEnd => (Kind::WindowEnd, DataType::BigInt),
            Expr::Compare(op, left, right) => {
                let sides = [compile(left)?, compile(right)?];
                check_sides(&format!("{op:?}"), &sides)?;
                (Kind::Compare(*op, Box::new(sides)), DataType::Boolean)
            }
            Expr::Arithmetic(op, left, right) => {
                let sides = [compile(left)?, compile(right)?];
                check_sides(&format!("{op:?}"), &sides)?;
                let data_type = sides[0].data_type.clone();
                if !is_number(&data_type) {
                    return Err(ExprError::Type { operation: format!("{op:?}"), data_type });
                }
                (Kind::Arithmetic(*op, Box::new(sides)), data_type)
            }
            Expr::And(terms) => (Kind::And(booleans("AND", terms, columns)?), DataType::Boolean),
            Expr::Or(terms) => (Kind::Or(booleans("OR", terms, columns)?), DataType::Boolean),
            Expr::Not(term) => {
                let term = boolean("NOT", term, columns)?;
                (Kind::Not(Box::new(term)), DataType::Boolean)
            }
            Expr::IsNull(term) => (Kind::IsNull(Box::new(compile(term)?)), DataType::Boolean),
            Expr::In(term, values) => {
                let term = compile(term)?;
                for value in values {
                    check_literal(value, &term.data_type)?;
                }
                (Kind::In(Box::new(term), values.as_slice().into()), DataType::Boolean)
            }
            Expr::Cast(term, to) => {
                let term = compile(term)?;
                cast::check(&term.data_type, to)?;
                (Kind::Cast(Box::new(term)), to.clone())
            }
        };
        let out = Column::new(&data_type);
        Ok(Self { kind, data_type, out })
    }

    /// The type of the result.
    #[must_use]
    pub const fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// The value for each row of a chunk with the columns that the expression was compiled for.
    /// A column's own values are not copied.
    pub fn evaluate<'a>(&'a mut self, chunk: &'a Chunk) -> &'a Column {
        let Self { kind, data_type: _, out } = self;
        if let Kind::Column(index) = kind {
            return &chunk.columns[*index];
        }
        if let Kind::Literal(value) = kind {
            // The buffer is right unless the chunk's length is new.
            if out.len() != chunk.len() {
                out.clear();
                (0..chunk.len()).for_each(|_| out.push(value));
            }
            return out;
        }
        out.clear();
        match kind {
            Kind::Column(_) | Kind::Literal(_) => unreachable!("returned above"),
            Kind::RowTime => times(out, chunk.timestamps.iter().map(|t| t.0)),
            Kind::WindowStart => window_times(out, chunk, |row| chunk.windows[row].start.0),
            Kind::WindowEnd => window_times(out, chunk, |row| chunk.windows[row].end.0),
            Kind::Compare(op, sides) => {
                let [left, right] = sides.as_mut();
                compare::compare(*op, left.evaluate(chunk), right.evaluate(chunk), out);
            }
            Kind::Arithmetic(op, sides) => {
                let [left, right] = sides.as_mut();
                arithmetic::calculate(*op, left.evaluate(chunk), right.evaluate(chunk), out);
            }
            Kind::And(terms) => logic::all(terms, chunk, out),
            Kind::Or(terms) => logic::any(terms, chunk, out),
            Kind::Not(term) => logic::not(term.evaluate(chunk), out),
            Kind::IsNull(term) => {
                let valid = &term.evaluate(chunk).valid;
                push_booleans(out, valid.iter().map(|v| (!v, true)));
            }
            Kind::In(term, values) => compare::is_in(term.evaluate(chunk), values, out),
            Kind::Cast(term) => cast::cast(term.evaluate(chunk), out),
        }
        out
    }
}

fn boolean(operation: &str, term: &Expr, columns: &[DataType]) -> Result<Evaluator, ExprError> {
    let term = Evaluator::new(term, columns)?;
    if term.data_type == DataType::Boolean {
        return Ok(term);
    }
    Err(ExprError::Type { operation: operation.to_owned(), data_type: term.data_type })
}

fn booleans(
    operation: &str,
    terms: &[Expr],
    columns: &[DataType],
) -> Result<Vec<Evaluator>, ExprError> {
    terms.iter().map(|term| boolean(operation, term, columns)).collect()
}

fn check_sides(operation: &str, sides: &[Evaluator; 2]) -> Result<(), ExprError> {
    let [left, right] = sides;
    if left.data_type == right.data_type {
        return Ok(());
    }
    Err(ExprError::Sides {
        operation: operation.to_owned(),
        left: left.data_type.clone(),
        right: right.data_type.clone(),
    })
}

fn check_literal(value: &Value, data_type: &DataType) -> Result<(), ExprError> {
    let fits = match (value, data_type) {
        (Value::Null, _)
        | (Value::Boolean(_), DataType::Boolean)
        | (Value::Int(_), DataType::Int)
        | (Value::BigInt(_), DataType::BigInt)
        | (Value::Double(_), DataType::Double)
        | (Value::Varchar(_), DataType::Varchar)
        | (Value::Timestamp(_), DataType::Timestamp) => true,
        (Value::Array(items), DataType::Array(item)) => {
            return items.iter().try_for_each(|value| check_literal(value, item));
        }
        (Value::Map(entries), DataType::Map(key, item)) => {
            return entries.iter().try_for_each(|(k, v)| {
                check_literal(k, key).and_then(|()| check_literal(v, item))
            });
        }
        (Value::Struct(values), DataType::Struct(fields)) if values.len() == fields.len() => {
            let mut pairs = values.iter().zip(fields.iter());
            return pairs.try_for_each(|(value, (_, field))| check_literal(value, field));
        }
        _ => false,
    };
    let error = || ExprError::Literal { value: format!("{value:?}"), data_type: data_type.clone() };
    if fits { Ok(()) } else { Err(error()) }
}

const fn is_number(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Int | DataType::BigInt | DataType::Double)
}

fn times(out: &mut Column, values: impl Iterator<Item = i64>) {
    let ColumnData::BigInt(data) = &mut out.data else { unreachable!("times are BIGINT") };
    data.extend(values);
    out.valid.resize(data.len(), true);
}

fn window_times(out: &mut Column, chunk: &Chunk, time: impl Fn(usize) -> i64) {
    if chunk.windows.is_empty() {
        (0..chunk.len()).for_each(|_| out.push_null());
    } else {
        times(out, (0..chunk.len()).map(time));
    }
}

/// Adds truth values as (value, is not NULL).
fn push_booleans(out: &mut Column, values: impl Iterator<Item = (bool, bool)>) {
    let ColumnData::Boolean(data) = &mut out.data else { unreachable!("truth is a BOOLEAN") };
    for (value, valid) in values {
        data.push(value);
        out.valid.push(valid);
    }
}

#[cfg(test)]
mod tests;
