//! CAST: between numbers, and of scalars to VARCHAR.

use std::fmt::Write;

use super::{ExprError, is_number};
use crate::chunk::{Column, ColumnData};
use crate::time::DAY_MS;
use crate::value::DataType;

/// Whether there is such a conversion.
pub fn check(from: &DataType, to: &DataType) -> Result<(), ExprError> {
    let nested = matches!(from, DataType::Array(_) | DataType::Map(..) | DataType::Struct(_));
    let text = *to == DataType::Varchar && !nested;
    if from == to || text || (is_number(from) && is_number(to)) {
        return Ok(());
    }
    Err(ExprError::Type { operation: format!("CAST to {to}"), data_type: from.clone() })
}

/// Converts each row. Numbers convert as Java's casts do: doubles round towards zero and stop at
/// the ends of the range, integers wrap.
pub fn cast(from: &Column, out: &mut Column) {
    let texts = matches!(out.data, ColumnData::Varchar(_));
    if from.data_type == out.data_type {
        (0..from.len()).for_each(|row| out.push_from(from, row));
        return;
    }
    if texts {
        (0..from.len()).for_each(|row| push_text(from, row, out));
        return;
    }
    out.valid.extend_from_slice(&from.valid);
    match (&from.data, &mut out.data) {
        (ColumnData::Int(a), ColumnData::BigInt(b)) => b.extend(a.iter().map(|x| i64::from(*x))),
        (ColumnData::Int(a), ColumnData::Double(b)) => b.extend(a.iter().map(|x| f64::from(*x))),
        (ColumnData::BigInt(a), ColumnData::Int(b)) => b.extend(a.iter().map(|x| *x as i32)),
        (ColumnData::BigInt(a), ColumnData::Double(b)) => b.extend(a.iter().map(|x| *x as f64)),
        (ColumnData::Double(a), ColumnData::Int(b)) => b.extend(a.iter().map(|x| *x as i32)),
        (ColumnData::Double(a), ColumnData::BigInt(b)) => b.extend(a.iter().map(|x| *x as i64)),
        _ => unreachable!("compiled for two number types"),
    }
}

fn push_text(from: &Column, row: usize, out: &mut Column) {
    let ColumnData::Varchar(texts) = &mut out.data else { unreachable!("texts are VARCHAR") };
    out.valid.push(from.valid[row]);
    if from.valid[row] {
        write_text(from, row, texts.open()).expect("writing to a String");
    }
    texts.close();
}

fn write_text(from: &Column, row: usize, text: &mut String) -> std::fmt::Result {
    match &from.data {
        ColumnData::Boolean(v) => write!(text, "{}", v[row]),
        ColumnData::Int(v) => write!(text, "{}", v[row]),
        ColumnData::BigInt(v) => write!(text, "{}", v[row]),
        ColumnData::Double(v) => write_double(v[row], text),
        ColumnData::Timestamp(v) => write_timestamp(v[row], text),
        ColumnData::Varchar(_) | ColumnData::Nested(_) => {
            unreachable!("compiled for a scalar that is no text")
        }
    }
}

/// As Java's `Double.toString`: decimal from 10^-3 up to 10^7, else with an exponent.
fn write_double(value: f64, text: &mut String) -> std::fmt::Result {
    let size = value.abs();
    if value.is_nan() {
        text.write_str("NaN")
    } else if value.is_infinite() {
        text.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else if size == 0.0 || (1e-3..1e7).contains(&size) {
        write!(text, "{value:?}")
    } else {
        let start = text.len();
        write!(text, "{value:e}")?;
        // Rust writes 1e10 where Java writes 1.0E10.
        let mantissa_and_exponent = text.split_off(start);
        let (mantissa, exponent) = mantissa_and_exponent.split_once('e').expect("has an exponent");
        let point = if mantissa.contains('.') { "" } else { ".0" };
        write!(text, "{mantissa}{point}E{exponent}")
    }
}

/// `2026-11-23T10:20:30.123`, UTC, as ksqlDB writes a TIMESTAMP.
fn write_timestamp(millis: i64, text: &mut String) -> std::fmt::Result {
    let (year, month, day) = civil(millis.div_euclid(DAY_MS));
    let of_day = millis.rem_euclid(DAY_MS);
    let (seconds, ms) = (of_day / 1_000, of_day % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    write!(text, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}")
}

/// Year, month and day of a number of days since 1970-01-01 in the Gregorian calendar, by eras of
/// 400 years that begin in March.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + (month <= 2) as i64, month, day)
}
