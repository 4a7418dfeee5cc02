//! Arithmetic on two columns of one type, as Java's: integers wrap, doubles follow IEEE 754.

use super::Faults;
use crate::chunk::{Column, ColumnData};
use crate::function::call::{push_text, texts};
use crate::plan::Arithmetic;

/// Calculates row by row. NULL on either side and integers divided by zero fail; texts are joined.
pub fn calculate(
    op: Arithmetic,
    left: &Column,
    right: &Column,
    out: &mut Column,
    faults: &mut Faults,
) {
    if matches!(left.data, ColumnData::Varchar(_)) {
        return join(left, right, out, faults);
    }
    let valid = left.valid.iter().zip(&right.valid).map(|(a, b)| *a && *b);
    out.valid.extend(valid);
    match (&left.data, &right.data, &mut out.data) {
        (ColumnData::Int(a), ColumnData::Int(b), ColumnData::Int(data)) => match op {
            Arithmetic::Add => each(a, b, data, i32::wrapping_add),
            Arithmetic::Subtract => each(a, b, data, i32::wrapping_sub),
            Arithmetic::Multiply => each(a, b, data, i32::wrapping_mul),
            Arithmetic::Divide => divide(a, b, data, &mut out.valid, i32::wrapping_div),
            Arithmetic::Modulo => divide(a, b, data, &mut out.valid, i32::wrapping_rem),
        },
        (ColumnData::BigInt(a), ColumnData::BigInt(b), ColumnData::BigInt(data)) => match op {
            Arithmetic::Add => each(a, b, data, i64::wrapping_add),
            Arithmetic::Subtract => each(a, b, data, i64::wrapping_sub),
            Arithmetic::Multiply => each(a, b, data, i64::wrapping_mul),
            Arithmetic::Divide => divide(a, b, data, &mut out.valid, i64::wrapping_div),
            Arithmetic::Modulo => divide(a, b, data, &mut out.valid, i64::wrapping_rem),
        },
        (ColumnData::Double(a), ColumnData::Double(b), ColumnData::Double(data)) => {
            let f = |x: f64, y: f64| match op {
                Arithmetic::Add => x + y,
                Arithmetic::Subtract => x - y,
                Arithmetic::Multiply => x * y,
                Arithmetic::Divide => x / y,
                Arithmetic::Modulo => x % y,
            };
            each(a, b, data, f);
        }
        _ => unreachable!("compiled for two numbers of one type"),
    }
    note_nulls(out, faults);
}

/// Notes the rows that are NULL as failed.
fn note_nulls(out: &Column, faults: &mut Faults) {
    faults.extend((0..out.len()).filter(|row| !out.valid[*row]).map(|row| row as u32));
}

fn each<T: Copy>(a: &[T], b: &[T], out: &mut Vec<T>, f: impl Fn(T, T) -> T) {
    out.extend(a.iter().zip(b).map(|(x, y)| f(*x, *y)));
}

fn divide<T: Copy + Default + PartialEq>(
    a: &[T],
    b: &[T],
    out: &mut Vec<T>,
    valid: &mut [bool],
    f: impl Fn(T, T) -> T,
) {
    for ((x, y), valid) in a.iter().zip(b).zip(valid) {
        let zero = *y == T::default();
        *valid &= !zero;
        out.push(if zero { T::default() } else { f(*x, *y) });
    }
}

/// Java's `+` of texts: NULL is `null`.
fn join(left: &Column, right: &Column, out: &mut Column, faults: &mut Faults) {
    let sides = [(left, texts(left)), (right, texts(right))];
    for row in 0..left.len() {
        push_text(out, row, faults, |text| {
            for (column, texts) in sides {
                text.push_str(if column.valid[row] { texts.get(row) } else { "null" });
            }
            true
        });
    }
}

/// The other sign; NULL fails.
pub fn negate(term: &Column, out: &mut Column, faults: &mut Faults) {
    out.valid.extend_from_slice(&term.valid);
    match (&term.data, &mut out.data) {
        (ColumnData::Int(v), ColumnData::Int(data)) => {
            data.extend(v.iter().map(|x| x.wrapping_neg()));
        }
        (ColumnData::BigInt(v), ColumnData::BigInt(data)) => {
            data.extend(v.iter().map(|x| x.wrapping_neg()));
        }
        (ColumnData::Double(v), ColumnData::Double(data)) => data.extend(v.iter().map(|x| -x)),
        _ => unreachable!("compiled for a number"),
    }
    note_nulls(out, faults);
}
