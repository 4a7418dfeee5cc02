//! Comparison of two columns of one type, and membership in a list of constants.

use std::cmp::Ordering;

use super::push_booleans;
use crate::chunk::{Column, ColumnData};
use crate::plan::Comparison;
use crate::value::Value;

/// Compares row by row: false where either side is NULL. Doubles compare by IEEE 754, so NaN equals
/// nothing.
pub fn compare(op: Comparison, left: &Column, right: &Column, out: &mut Column) {
    let start = out.len();
    fill(op, left, right, out);
    let ColumnData::Boolean(data) = &mut out.data else { unreachable!("truth is a BOOLEAN") };
    let both = left.valid.iter().zip(&right.valid);
    data[start..].iter_mut().zip(both).for_each(|(truth, (a, b))| *truth &= *a && *b);
    out.valid.resize(data.len(), true);
}

/// `IS DISTINCT FROM`: NULL differs from all but NULL.
pub fn is_distinct(left: &Column, right: &Column, out: &mut Column) {
    let start = out.len();
    fill(Comparison::NotEqual, left, right, out);
    let ColumnData::Boolean(data) = &mut out.data else { unreachable!("truth is a BOOLEAN") };
    let both = left.valid.iter().zip(&right.valid);
    for (truth, (a, b)) in data[start..].iter_mut().zip(both) {
        *truth = if *a && *b { *truth } else { a != b };
    }
    out.valid.resize(data.len(), true);
}

fn fill(op: Comparison, left: &Column, right: &Column, out: &mut Column) {
    let ColumnData::Boolean(data) = &mut out.data else { unreachable!("truth is a BOOLEAN") };
    match (&left.data, &right.data) {
        (ColumnData::Boolean(a), ColumnData::Boolean(b)) => each(op, a, b, data),
        (ColumnData::Int(a), ColumnData::Int(b)) => each(op, a, b, data),
        (ColumnData::BigInt(a), ColumnData::BigInt(b))
        | (ColumnData::Timestamp(a), ColumnData::Timestamp(b)) => each(op, a, b, data),
        (ColumnData::Double(a), ColumnData::Double(b)) => each(op, a, b, data),
        (ColumnData::Varchar(a), ColumnData::Varchar(b)) => {
            let pairs = (0..a.len()).map(|row| (a.get(row), b.get(row)));
            match op {
                Comparison::Equal => data.extend(pairs.map(|(a, b)| a == b)),
                Comparison::NotEqual => data.extend(pairs.map(|(a, b)| a != b)),
                _ => data.extend(pairs.map(|(a, b)| holds(op, utf16_order(a, b)))),
            }
        }
        (ColumnData::Nested(a), ColumnData::Nested(b)) => {
            let unequal = op == Comparison::NotEqual;
            data.extend(a.iter().zip(b).map(|(x, y)| same(x, y) != unequal));
        }
        _ => unreachable!("compiled for two sides of one type"),
    }
}

/// Whether two values are equal as Java's collections are: maps whatever the order of their entries.
fn same(a: &Value, b: &Value) -> bool {
    let all =
        |a: &[Value], b: &[Value]| a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same(x, y));
    match (a, b) {
        (Value::Array(a), Value::Array(b)) | (Value::Struct(a), Value::Struct(b)) => all(a, b),
        (Value::Map(a), Value::Map(b)) => {
            let value = |key: &Value| b.iter().find(|(k, _)| same(k, key)).map(|(_, v)| v);
            a.len() == b.len()
                && a.iter().all(|(k, v)| value(k).is_some_and(|other| same(v, other)))
        }
        (a, b) => a == b,
    }
}

fn each<T: PartialOrd>(op: Comparison, a: &[T], b: &[T], out: &mut Vec<bool>) {
    // One loop for each operator lets the compiler vectorise it.
    let pairs = a.iter().zip(b);
    match op {
        Comparison::Equal => out.extend(pairs.map(|(x, y)| x == y)),
        Comparison::NotEqual => out.extend(pairs.map(|(x, y)| x != y)),
        Comparison::Less => out.extend(pairs.map(|(x, y)| x < y)),
        Comparison::LessOrEqual => out.extend(pairs.map(|(x, y)| x <= y)),
        Comparison::Greater => out.extend(pairs.map(|(x, y)| x > y)),
        Comparison::GreaterOrEqual => out.extend(pairs.map(|(x, y)| x >= y)),
    }
}

const fn holds(op: Comparison, order: Ordering) -> bool {
    match op {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

/// The order of Java's `String.compareTo`, by UTF-16 units: it differs from that of UTF-8 only
/// between characters above U+FFFF and those from U+E000 on.
fn utf16_order(a: &str, b: &str) -> Ordering {
    let at = a.bytes().zip(b.bytes()).position(|(x, y)| x != y);
    let high = |text: &str| at.is_some_and(|at| text.as_bytes()[at] >= 0xee);
    if high(a) && high(b) { a.encode_utf16().cmp(b.encode_utf16()) } else { a.cmp(b) }
}

/// `IN` of constants: false where the left side is NULL.
pub fn is_in(column: &Column, values: &[Value], out: &mut Column) {
    let rows = (0..column.len()).map(|row| {
        let found = column.valid[row] && values.iter().any(|value| equals(column, row, value));
        (found, true)
    });
    push_booleans(out, rows);
}

/// `IN` of expressions, each of the value's type.
pub fn is_in_columns(column: &Column, list: &[&Column], out: &mut Column) {
    let rows = (0..column.len()).map(|row| {
        let found = column.valid[row]
            && list.iter().any(|item| item.valid[row] && equals(column, row, &item.value(row)));
        (found, true)
    });
    push_booleans(out, rows);
}

fn equals(column: &Column, row: usize, value: &Value) -> bool {
    match (&column.data, value) {
        (_, Value::Null) => false,
        (ColumnData::Boolean(v), Value::Boolean(x)) => v[row] == *x,
        (ColumnData::Int(v), Value::Int(x)) => v[row] == *x,
        (ColumnData::BigInt(v), Value::BigInt(x))
        | (ColumnData::Timestamp(v), Value::Timestamp(x)) => v[row] == *x,
        (ColumnData::Double(v), Value::Double(x)) => v[row] == *x,
        (ColumnData::Varchar(v), Value::Varchar(x)) => v.get(row) == &**x,
        (ColumnData::Nested(v), value) => same(&v[row], value),
        _ => unreachable!("compiled for constants of the column's type"),
    }
}
