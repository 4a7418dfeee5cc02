//! CAST over columns: numbers and texts at once, everything else value by value.

use super::{ExprError, Faults};
use crate::chunk::{Column, ColumnData};
use crate::format::json::write_double;
use crate::function::call::push_text;
use crate::function::{cast as convert, time_format};
use crate::value::DataType;

/// Whether there is such a conversion.
pub fn check(from: &DataType, to: &DataType) -> Result<(), ExprError> {
    if convert::is_possible(from, to) {
        return Ok(());
    }
    Err(ExprError::Type { operation: format!("CAST to {to}"), data_type: from.clone() })
}

/// Converts each row; NULL stays NULL. Numbers convert as Java's casts do: doubles round towards
/// zero and stop at the ends of the range, integers wrap. A text that is no value of the type fails.
pub fn cast(from: &Column, out: &mut Column, faults: &mut Faults) {
    if from.data_type == out.data_type {
        (0..from.len()).for_each(|row| out.push_from(from, row));
        return;
    }
    match (&from.data, &mut out.data) {
        (ColumnData::Nested(_), _) | (ColumnData::Varchar(_), _) => by_value(from, out, faults),
        (_, ColumnData::Varchar(_)) => {
            (0..from.len()).for_each(|row| text(from, row, out, faults));
        }
        (from_data, to) => {
            out.valid.extend_from_slice(&from.valid);
            numbers(from_data, to);
        }
    }
}

fn numbers(from: &ColumnData, to: &mut ColumnData) {
    match (from, to) {
        (ColumnData::Int(a), ColumnData::BigInt(b)) => b.extend(a.iter().map(|x| i64::from(*x))),
        (ColumnData::Int(a), ColumnData::Double(b)) => b.extend(a.iter().map(|x| f64::from(*x))),
        (ColumnData::BigInt(a), ColumnData::Int(b)) => b.extend(a.iter().map(|x| *x as i32)),
        (ColumnData::BigInt(a), ColumnData::Double(b)) => b.extend(a.iter().map(|x| *x as f64)),
        (ColumnData::Double(a), ColumnData::Int(b)) => b.extend(a.iter().map(|x| *x as i32)),
        (ColumnData::Double(a), ColumnData::BigInt(b)) => b.extend(a.iter().map(|x| *x as i64)),
        _ => unreachable!("compiled for two number types"),
    }
}

fn by_value(from: &Column, out: &mut Column, faults: &mut Faults) {
    for row in 0..from.len() {
        match convert::cast(&from.value(row), &from.data_type, &out.data_type) {
            Ok(value) => out.push(&value),
            Err(_) => {
                out.push_null();
                faults.push(row as u32);
            }
        }
    }
}

fn text(from: &Column, row: usize, out: &mut Column, faults: &mut Faults) {
    push_text(out, row, faults, |text| {
        match &from.data {
            ColumnData::Boolean(v) => text.push_str(if v[row] { "true" } else { "false" }),
            ColumnData::Int(v) => text.push_str(itoa::Buffer::new().format(v[row])),
            ColumnData::BigInt(v) => text.push_str(itoa::Buffer::new().format(v[row])),
            ColumnData::Double(v) => write_double(v[row], text),
            ColumnData::Timestamp(v) => time_format::write_iso(v[row], text),
            ColumnData::Varchar(_) | ColumnData::Nested(_) => {
                unreachable!("converted by value")
            }
        }
        from.valid[row]
    });
}
