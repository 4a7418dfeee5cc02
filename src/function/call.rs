//! A scalar function with the types of one call, ready to be evaluated over columns.

use std::fmt;

use super::pattern::Patterns;
use super::registry::{self, ResolveError};
use crate::chunk::{Column, ColumnData};
use crate::value::{DataType, Value};

/// What went wrong in a row: the expression is NULL there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(pub &'static str);

/// The result for a row.
pub type Outcome = Result<Value, Fault>;

/// A function of values.
pub type OfValues = fn(&mut Context, &[Value]) -> Outcome;

/// A function of whole columns: adds a value for each of so many rows, and the numbers of the rows
/// with a fault, which are NULL, to the list.
pub type OfColumns = fn(&mut Context, &[&Column], usize, &mut Column, &mut Vec<u32>);

/// What computes a scalar function.
#[derive(Clone, Copy)]
pub enum Body {
    /// Values to a value; NULL when any of them is.
    Strict(OfValues),
    /// Values to a value, NULLs too.
    Values(OfValues),
    /// `VARCHAR` to `VARCHAR`, written to the end of a text; NULL when not true, or for NULL.
    Text(fn(&str, &mut String) -> bool),
    /// A number, as a double, to `DOUBLE`; NULL for NULL.
    Double(fn(f64) -> f64),
    /// Columns to a column.
    Columns(OfColumns),
}

/// What a call knows besides its arguments: types, and what it keeps from row to row (compiled
/// patterns and room for text).
#[derive(Clone, Debug)]
pub struct Context {
    /// The arguments' types.
    pub arguments: Vec<DataType>,
    /// The result's type.
    pub returns: DataType,
    /// Regular expressions, JSON paths and time formats that were compiled.
    pub patterns: Patterns,
    /// Room for text.
    pub text: String,
    values: Vec<Value>,
}

/// A scalar function, ready to be evaluated.
#[derive(Clone)]
pub struct Callable {
    name: String,
    body: Body,
    context: Context,
}

impl fmt::Debug for Callable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", self.name, self.context.arguments)
    }
}

impl Callable {
    /// The overload of a function for arguments of exactly these types.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(name: &str, arguments: &[DataType]) -> Result<Self, ResolveError> {
        let (body, bound) = registry::overload(name, arguments)?;
        if bound.parameters != arguments {
            let given: Vec<_> = arguments.iter().cloned().map(Some).collect();
            let (name, given) = (name.to_owned(), registry::list(&given));
            return Err(ResolveError::Arguments { name, given, signatures: Vec::new() });
        }
        let context = Context {
            arguments: bound.parameters,
            returns: bound.returns,
            patterns: Patterns::default(),
            text: String::new(),
            values: Vec::new(),
        };
        Ok(Self { name: name.to_owned(), body, context })
    }

    /// The type of the result.
    #[must_use]
    pub const fn return_type(&self) -> &DataType {
        &self.context.returns
    }

    /// The result for one row.
    ///
    /// # Errors
    /// When the function fails: ksqlDB logs it and goes on with NULL.
    ///
    /// # Panics
    /// When the values are not of the call's types.
    pub fn call(&mut self, values: &[Value]) -> Outcome {
        let columns: Vec<_> = values
            .iter()
            .zip(&self.context.arguments)
            .map(|(value, data_type)| {
                let mut column = Column::new(data_type);
                column.push(value);
                column
            })
            .collect();
        let (mut out, mut faults) = (Column::new(&self.context.returns), Vec::new());
        self.evaluate(&columns.iter().collect::<Vec<_>>(), 1, &mut out, &mut faults);
        if faults.is_empty() { Ok(out.value(0)) } else { Err(Fault("the function failed")) }
    }

    /// Adds the result for each of `rows` rows to `out`; rows with a fault are NULL and noted.
    ///
    /// # Panics
    /// When the columns are not of the call's types.
    pub fn evaluate(
        &mut self,
        arguments: &[&Column],
        rows: usize,
        out: &mut Column,
        faults: &mut Vec<u32>,
    ) {
        match self.body {
            Body::Strict(f) => of_values(&mut self.context, f, true, arguments, rows, out, faults),
            Body::Values(f) => of_values(&mut self.context, f, false, arguments, rows, out, faults),
            Body::Text(f) => of_text(f, arguments[0], out, faults),
            Body::Double(f) => of_double(f, arguments[0], out),
            Body::Columns(f) => f(&mut self.context, arguments, rows, out, faults),
        }
    }
}

fn of_values(
    context: &mut Context,
    f: OfValues,
    strict: bool,
    arguments: &[&Column],
    rows: usize,
    out: &mut Column,
    faults: &mut Vec<u32>,
) {
    let mut values = std::mem::take(&mut context.values);
    for row in 0..rows {
        if strict && arguments.iter().any(|column| !column.valid[row]) {
            out.push_null();
            continue;
        }
        values.clear();
        values.extend(arguments.iter().map(|column| column.value(row)));
        match f(context, &values) {
            Ok(Value::Varchar(text)) if text.len() > MOST_TEXT => {
                out.push_null();
                faults.push(row as u32);
            }
            Ok(value) => out.push(&value),
            Err(Fault(_)) => {
                out.push_null();
                faults.push(row as u32);
            }
        }
    }
    values.clear();
    context.values = values;
}

fn of_text(
    f: fn(&str, &mut String) -> bool,
    argument: &Column,
    out: &mut Column,
    faults: &mut Vec<u32>,
) {
    let texts = texts(argument);
    for (row, valid) in argument.valid.iter().enumerate() {
        push_text(out, row, faults, |text| *valid && f(texts.get(row), text));
    }
}

fn of_double(f: fn(f64) -> f64, argument: &Column, out: &mut Column) {
    let ColumnData::Double(values) = &mut out.data else { unreachable!("the result is DOUBLE") };
    match &argument.data {
        ColumnData::Int(v) => values.extend(v.iter().map(|x| f(f64::from(*x)))),
        ColumnData::BigInt(v) => values.extend(v.iter().map(|x| f(*x as f64))),
        ColumnData::Double(v) => values.extend(v.iter().map(|x| f(*x))),
        _ => unreachable!("the argument is a number"),
    }
    out.valid.extend_from_slice(&argument.valid);
}

/// The texts of a `VARCHAR` column.
pub fn texts(column: &Column) -> &crate::chunk::Strings {
    let ColumnData::Varchar(texts) = &column.data else { unreachable!("the column is VARCHAR") };
    texts
}

/// The integers of an `INT` column.
pub fn ints(column: &Column) -> &[i32] {
    let ColumnData::Int(values) = &column.data else { unreachable!("the column is INT") };
    values
}

/// The longest text that a function makes, bytes: one that fits into no Kafka record helps nobody.
pub const MOST_TEXT: usize = 1 << 20;

/// Adds a text that `write` adds to the end of a `VARCHAR` column, or NULL when it says so; what it
/// wrote then goes. A text longer than [`MOST_TEXT`] is NULL too, and noted as a fault of the row.
pub fn push_text(
    out: &mut Column,
    row: usize,
    faults: &mut Vec<u32>,
    write: impl FnOnce(&mut String) -> bool,
) {
    let ColumnData::Varchar(texts) = &mut out.data else { unreachable!("the result is VARCHAR") };
    let text = texts.open();
    let start = text.len();
    let written = write(text);
    let fits = text.len() - start <= MOST_TEXT;
    if written && !fits {
        faults.push(row as u32);
    }
    let valid = written && fits;
    if !valid {
        text.truncate(start);
    }
    texts.close();
    out.valid.push(valid);
}

/// Adds a truth value, or NULL.
pub fn push_boolean(out: &mut Column, value: Option<bool>) {
    let ColumnData::Boolean(values) = &mut out.data else { unreachable!("the result is BOOLEAN") };
    values.push(value.unwrap_or(false));
    out.valid.push(value.is_some());
}

/// Adds an `INT`, or NULL.
pub fn push_int(out: &mut Column, value: Option<i32>) {
    let ColumnData::Int(values) = &mut out.data else { unreachable!("the result is INT") };
    values.push(value.unwrap_or(0));
    out.valid.push(value.is_some());
}

/// The text in a value that is no NULL.
pub fn text(value: &Value) -> &str {
    match value {
        Value::Varchar(text) => text,
        _ => unreachable!("the argument is a VARCHAR and not NULL"),
    }
}

/// The integer in an `INT` or `BIGINT` that is no NULL.
pub fn integer(value: &Value) -> i64 {
    value.integer().expect("the argument is an integer and not NULL")
}

/// The items of an `ARRAY` that is no NULL.
pub fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        _ => unreachable!("the argument is an ARRAY and not NULL"),
    }
}

/// The entries of a `MAP` that is no NULL.
pub fn entries(value: &Value) -> &[(Value, Value)] {
    match value {
        Value::Map(entries) => entries,
        _ => unreachable!("the argument is a MAP and not NULL"),
    }
}
