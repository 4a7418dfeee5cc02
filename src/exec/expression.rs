//! Expressions over columns: compiled once, evaluated a chunk at a time into buffers that stay.
//!
//! NULL and failing rows are ksqlDB's (see [`Expr`]). Not here: parsing or type inference; a front
//! end has put in the casts, and compiling checks that it has. The functions are `function`'s.

use thiserror::Error;

use crate::chunk::{Chunk, Column, ColumnData};
use crate::function::call::push_int;
use crate::function::{Callable, ResolveError};
use crate::plan::{Arithmetic, Comparison, Expr};
use crate::time::Timestamp;
use crate::value::{DataType, Value};

mod arithmetic;
mod case;
mod cast;
mod compare;
mod compile;
mod like;
mod logic;
mod nested;

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
    /// A constructor or CASE without anything in it.
    #[error("{0} of nothing")]
    Empty(String),
    /// A call means no function.
    #[error(transparent)]
    Function(#[from] ResolveError),
}

/// A compiled expression with its buffers.
#[derive(Clone, Debug)]
pub struct Evaluator {
    kind: Kind,
    data_type: DataType,
    out: Column,
    /// The rows of the present chunk that failed.
    faults: Faults,
    failed: u64,
}

/// Numbers of rows whose expression failed, in any order, some perhaps more than once.
type Faults = Vec<u32>;

#[derive(Clone, Debug)]
enum Kind {
    Column(usize),
    Literal(Value),
    RowTime,
    RowPartition,
    RowOffset,
    WindowStart,
    WindowEnd,
    Compare(Comparison, Box<[Evaluator; 2]>),
    IsDistinct(Box<[Evaluator; 2]>),
    Arithmetic(Arithmetic, Box<[Evaluator; 2]>),
    Negate(Box<Evaluator>),
    And(Vec<Evaluator>),
    Or(Vec<Evaluator>),
    Not(Box<Evaluator>),
    IsNull(Box<Evaluator>),
    InConstants(Box<Evaluator>, Vec<Value>),
    In(Box<Evaluator>, Vec<Evaluator>),
    Like(Box<[Evaluator; 2]>, char),
    Case(Box<case::Case>),
    Cast(Box<Evaluator>),
    Field(Box<Evaluator>, usize),
    Subscript(Box<[Evaluator; 2]>),
    Array(Vec<Evaluator>),
    Map(Vec<[Evaluator; 2]>),
    Struct(Vec<Evaluator>),
    Call(Box<Callable>, Vec<Evaluator>),
}

/// Whether an expression is made of constants, and more than one itself.
fn is_constant(expr: &Expr) -> bool {
    fn has_only_constants(expr: &Expr) -> bool {
        match expr {
            Expr::Literal(..) => true,
            Expr::Column(_)
            | Expr::RowTime
            | Expr::RowPartition
            | Expr::RowOffset
            | Expr::WindowStart
            | Expr::WindowEnd => false,
            _ => {
                let mut all = true;
                expr.for_each_child(&mut |child| all &= has_only_constants(child));
                all
            }
        }
    }
    !matches!(expr, Expr::Literal(..)) && has_only_constants(expr)
}

impl Evaluator {
    /// Compiles an expression over columns of these types.
    ///
    /// # Errors
    /// When a column or function is not there or types do not fit.
    pub fn new(expr: &Expr, columns: &[DataType]) -> Result<Self, ExprError> {
        let (kind, data_type) = compile::compile(expr, columns)?;
        let out = Column::new(&data_type);
        let mut compiled = Self { kind, data_type, out, faults: Faults::new(), failed: 0 };
        if is_constant(expr) {
            compiled.fold();
        }
        Ok(compiled)
    }

    /// Computes an expression of constants once. One that fails is left, as each row counts it.
    fn fold(&mut self) {
        let row = Chunk {
            timestamps: vec![Timestamp(0)],
            partitions: vec![0],
            offsets: vec![0],
            ..Chunk::default()
        };
        let value = self.evaluate(&row).value(0);
        self.out.clear();
        if self.take_failed() == 0 {
            self.kind = Kind::Literal(value);
        }
    }

    /// The type of the result.
    #[must_use]
    pub const fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// In how many rows the expression failed, and so was NULL, since the last call.
    pub const fn take_failed(&mut self) -> u64 {
        std::mem::replace(&mut self.failed, 0)
    }

    /// The rows of the last chunk in which the expression failed.
    #[must_use]
    pub fn faults(&self) -> &[u32] {
        &self.faults
    }

    /// The value for each row of a chunk with the columns that the expression was compiled for;
    /// NULL where the expression fails. A column's own values are not copied.
    pub fn evaluate<'a>(&'a mut self, chunk: &'a Chunk) -> &'a Column {
        if let Kind::Column(index) = self.kind {
            return &chunk.columns[index];
        }
        let mut faults = std::mem::take(&mut self.faults);
        faults.clear();
        self.run(chunk, &mut faults);
        if !faults.is_empty() {
            faults.sort_unstable();
            faults.dedup();
            self.failed += faults.len() as u64;
            self.out.set_null(faults.iter().map(|row| *row as usize));
        }
        self.faults = faults;
        &self.out
    }

    /// What [`Evaluator::evaluate`] gave for this chunk.
    #[must_use]
    pub fn evaluated<'a>(&'a self, chunk: &'a Chunk) -> &'a Column {
        match self.kind {
            Kind::Column(index) => &chunk.columns[index],
            _ => &self.out,
        }
    }

    /// As [`Evaluator::evaluate`], but rows that fail are noted in `faults` and hold anything.
    fn run<'a>(&'a mut self, chunk: &'a Chunk, faults: &mut Faults) -> &'a Column {
        let Self { kind, out, .. } = self;
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
            Kind::RowPartition => {
                chunk.partitions.iter().for_each(|p| push_int(out, Some(*p as i32)));
            }
            Kind::RowOffset => times(out, chunk.offsets.iter().copied()),
            Kind::WindowStart => window_times(out, chunk, |row| chunk.windows[row].start.0),
            Kind::WindowEnd => window_times(out, chunk, |row| chunk.windows[row].end.0),
            Kind::Compare(op, sides) => {
                let [left, right] = run_both(sides, chunk, faults);
                compare::compare(*op, left, right, out);
            }
            Kind::IsDistinct(sides) => {
                let [left, right] = run_both(sides, chunk, faults);
                compare::is_distinct(left, right, out);
            }
            Kind::Arithmetic(op, sides) => {
                let [left, right] = run_both(sides, chunk, faults);
                arithmetic::calculate(*op, left, right, out, faults);
            }
            Kind::Negate(term) => arithmetic::negate(term.run(chunk, faults), out, faults),
            Kind::And(terms) => logic::fold(terms, chunk, out, false, faults),
            Kind::Or(terms) => logic::fold(terms, chunk, out, true, faults),
            Kind::Not(term) => logic::not(term.run(chunk, faults), out, faults),
            Kind::IsNull(term) => {
                let valid = &term.run(chunk, faults).valid;
                push_booleans(out, valid.iter().map(|v| (!v, true)));
            }
            Kind::InConstants(term, values) => {
                compare::is_in(term.run(chunk, faults), values, out);
            }
            Kind::In(term, list) => {
                let list: Vec<&Column> = list.iter_mut().map(|e| e.run(chunk, faults)).collect();
                compare::is_in_columns(term.run(chunk, faults), &list, out);
            }
            Kind::Like(sides, escape) => {
                let [value, pattern] = run_both(sides, chunk, faults);
                like::like(value, pattern, *escape, out);
            }
            Kind::Case(case) => case.run(chunk, out, faults),
            Kind::Cast(term) => cast::cast(term.run(chunk, faults), out, faults),
            Kind::Field(base, index) => nested::field(base.run(chunk, faults), *index, out),
            Kind::Subscript(sides) => {
                let [base, index] = run_both(sides, chunk, faults);
                nested::subscript(base, index, out);
            }
            Kind::Array(items) => nested::array(items, chunk, out),
            Kind::Map(entries) => nested::map(entries, chunk, out),
            Kind::Struct(fields) => nested::structure(fields, chunk, out),
            Kind::Call(callable, arguments) => {
                let columns: Vec<&Column> =
                    arguments.iter_mut().map(|e| e.run(chunk, faults)).collect();
                callable.evaluate(&columns, chunk.len(), out, faults);
            }
        }
        out
    }
}

fn run_both<'a>(
    sides: &'a mut [Evaluator; 2],
    chunk: &'a Chunk,
    faults: &mut Faults,
) -> [&'a Column; 2] {
    let [left, right] = sides;
    [left.run(chunk, faults), right.run(chunk, faults)]
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
