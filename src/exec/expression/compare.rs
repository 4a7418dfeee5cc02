//! Comparison of two columns of one type, and membership in a list of constants.

use std::cmp::Ordering;

use super::push_booleans;
use crate::chunk::{Column, ColumnData};
use crate::plan::Comparison;
use crate::value::Value;

/// Compares row by row: NULL where either side is. Doubles compare by IEEE 754, so NaN equals
/// nothing.
pub fn compare(op: Comparison, left: &Column, right: &Column, out: &mut Column) {
    let ColumnData::Boolean(data) = &mut out.data else { unreachable!("truth is a BOOLEAN") };
    match (&left.data, &right.data) {
        (ColumnData::Boolean(a), ColumnData::Boolean(b)) => each(op, a, b, data),
        (ColumnData::Int(a), ColumnData::Int(b)) => each(op, a, b, data),
        (ColumnData::BigInt(a), ColumnData::BigInt(b))
        | (ColumnData::Timestamp(a), ColumnData::Timestamp(b)) => each(op, a, b, data),
        (ColumnData::Double(a), ColumnData::Double(b)) => each(op, a, b, data),
        (ColumnData::Varchar(a), ColumnData::Varchar(b)) => {
            data.extend((0..a.len()).map(|row| holds(op, Some(a.get(row).cmp(b.get(row))))));
        }
        (ColumnData::Nested(a), ColumnData::Nested(b)) => {
            data.extend(a.iter().zip(b).map(|(x, y)| holds(op, Some(x.total_cmp(y)))));
        }
        _ => unreachable!("compiled for two sides of one type"),
    }
    out.valid.extend(left.valid.iter().zip(&right.valid).map(|(a, b)| *a && *b));
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

fn holds(op: Comparison, order: Option<Ordering>) -> bool {
    match op {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Less => order.is_some_and(Ordering::is_lt),
        Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
        Comparison::Greater => order.is_some_and(Ordering::is_gt),
        Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
    }
}

/// `IN`: NULL where the left side is, or where it equals none and a constant is NULL.
pub fn is_in(column: &Column, values: &[Value], out: &mut Column) {
    let otherwise_known = !values.iter().any(Value::is_null);
    let rows = (0..column.len()).map(|row| {
        if !column.valid[row] {
            return (false, false);
        }
        let found = values.iter().any(|value| equals(column, row, value));
        (found, found || otherwise_known)
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
        (ColumnData::Nested(v), value) => v[row].total_cmp(value).is_eq(),
        _ => unreachable!("compiled for constants of the column's type"),
    }
}
