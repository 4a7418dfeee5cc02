//! Arithmetic on two columns of one type.

use crate::chunk::{Column, ColumnData};
use crate::plan::Arithmetic;

/// Calculates row by row. Integers give NULL on overflow and on division by zero; doubles follow
/// IEEE 754.
pub fn calculate(op: Arithmetic, left: &Column, right: &Column, out: &mut Column) {
    let valid = left.valid.iter().zip(&right.valid).map(|(a, b)| *a && *b);
    out.valid.extend(valid);
    match (&left.data, &right.data, &mut out.data) {
        (ColumnData::Int(a), ColumnData::Int(b), ColumnData::Int(data)) => {
            let f = |x: i32, y: i32| match op {
                Arithmetic::Add => x.checked_add(y),
                Arithmetic::Subtract => x.checked_sub(y),
                Arithmetic::Multiply => x.checked_mul(y),
                Arithmetic::Divide => x.checked_div(y),
                Arithmetic::Modulo => x.checked_rem(y),
            };
            checked(a, b, data, &mut out.valid, f);
        }
        (ColumnData::BigInt(a), ColumnData::BigInt(b), ColumnData::BigInt(data)) => {
            let f = |x: i64, y: i64| match op {
                Arithmetic::Add => x.checked_add(y),
                Arithmetic::Subtract => x.checked_sub(y),
                Arithmetic::Multiply => x.checked_mul(y),
                Arithmetic::Divide => x.checked_div(y),
                Arithmetic::Modulo => x.checked_rem(y),
            };
            checked(a, b, data, &mut out.valid, f);
        }
        (ColumnData::Double(a), ColumnData::Double(b), ColumnData::Double(data)) => {
            let f = |x: f64, y: f64| match op {
                Arithmetic::Add => x + y,
                Arithmetic::Subtract => x - y,
                Arithmetic::Multiply => x * y,
                Arithmetic::Divide => x / y,
                Arithmetic::Modulo => x % y,
            };
            data.extend(a.iter().zip(b).map(|(x, y)| f(*x, *y)));
        }
        _ => unreachable!("compiled for two numbers of one type"),
    }
}

fn checked<T: Copy + Default>(
    a: &[T],
    b: &[T],
    out: &mut Vec<T>,
    valid: &mut [bool],
    f: impl Fn(T, T) -> Option<T>,
) {
    for ((x, y), valid) in a.iter().zip(b).zip(valid) {
        let result = f(*x, *y);
        *valid &= result.is_some();
        out.push(result.unwrap_or_default());
    }
}
