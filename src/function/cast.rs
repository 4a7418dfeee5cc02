//! `CAST`: from any type to any that ksqlDB has a conversion for.
//!
//! Numbers convert as Java's casts do, texts as its parsers read them, and all becomes text as
//! `toString` writes it. Not here: whole columns of numbers, which `exec` converts itself.

use super::call::{Fault, Outcome};
use super::time_format;
use crate::format::json::write_double;
use crate::value::{DataType, Value};

/// Whether there is such a conversion.
#[must_use]
pub fn is_possible(from: &DataType, to: &DataType) -> bool {
    const fn number(data_type: &DataType) -> bool {
        matches!(data_type, DataType::Int | DataType::BigInt | DataType::Double)
    }
    match (from, to) {
        (from, to) if from == to => true,
        (_, DataType::Varchar) => true,
        (
            DataType::Varchar,
            DataType::Boolean
            | DataType::Int
            | DataType::BigInt
            | DataType::Double
            | DataType::Timestamp,
        ) => true,
        (DataType::Array(from), DataType::Array(to)) => is_possible(from, to),
        (DataType::Map(from_key, from), DataType::Map(to_key, to)) => {
            is_possible(from_key, to_key) && is_possible(from, to)
        }
        (DataType::Struct(from), DataType::Struct(to)) => to.iter().all(|(name, to)| {
            from.iter()
                .find(|(other, _)| other == name)
                .is_none_or(|(_, from)| is_possible(from, to))
        }),
        (from, to) => number(from) && number(to),
    }
}

/// Converts a value.
///
/// # Errors
/// When a text is no value of the type.
///
/// # Panics
/// When there is no such conversion, or the value is not of the type.
pub fn cast(value: &Value, from: &DataType, to: &DataType) -> Outcome {
    if from == to || value.is_null() {
        return Ok(value.clone());
    }
    Ok(match (value, to) {
        (value, DataType::Varchar) => {
            let mut text = String::new();
            write_text(value, from, &mut text);
            Value::Varchar(text.into())
        }
        (Value::Varchar(text), to) => return parse(text, to),
        (Value::Int(v), DataType::BigInt) => Value::BigInt(i64::from(*v)),
        (Value::Int(v), DataType::Double) => Value::Double(f64::from(*v)),
        (Value::BigInt(v), DataType::Int) => Value::Int(*v as i32),
        (Value::BigInt(v), DataType::Double) => Value::Double(*v as f64),
        (Value::Double(v), DataType::Int) => Value::Int(*v as i32),
        (Value::Double(v), DataType::BigInt) => Value::BigInt(*v as i64),
        (value, to) => return nested(value, from, to),
    })
}

fn nested(value: &Value, from: &DataType, to: &DataType) -> Outcome {
    Ok(match (value, from, to) {
        (Value::Array(items), DataType::Array(from), DataType::Array(to)) => {
            Value::Array(items.iter().map(|v| cast(v, from, to)).collect::<Result<_, _>>()?)
        }
        (Value::Map(entries), DataType::Map(from_key, from), DataType::Map(to_key, to)) => {
            let entries =
                entries.iter().map(|(k, v)| Ok((cast(k, from_key, to_key)?, cast(v, from, to)?)));
            Value::Map(entries.collect::<Result<_, Fault>>()?)
        }
        (Value::Struct(values), DataType::Struct(from), DataType::Struct(to)) => {
            let fields = to.iter().map(|(name, to)| {
                let found = from.iter().zip(&**values).find(|((other, _), _)| other == name);
                found.map_or(Ok(Value::Null), |((_, from), value)| cast(value, from, to))
            });
            Value::Struct(fields.collect::<Result<_, _>>()?)
        }
        _ => unreachable!("{from} to {to} was checked"),
    })
}

/// Reads a text as a value of a scalar type.
fn parse(text: &str, to: &DataType) -> Outcome {
    let text = text.trim();
    let value = match to {
        DataType::Boolean => {
            let is_true = ["true", "t", "yes", "y"].iter().any(|t| text.eq_ignore_ascii_case(t));
            Some(Value::Boolean(is_true))
        }
        DataType::Int => text.parse().ok().map(Value::Int),
        DataType::BigInt => text.parse().ok().map(Value::BigInt),
        DataType::Double => parse_double(text).map(Value::Double),
        DataType::Timestamp => time_format::parse_partial(text).map(Value::Timestamp),
        _ => unreachable!("was checked"),
    };
    value.ok_or(Fault("the text is no value of the type"))
}

/// Reads a decimal number as Java's `Double.parseDouble` does, without hexadecimal form and type
/// suffixes.
#[must_use]
pub fn parse_double(text: &str) -> Option<f64> {
    match text.trim_start_matches(['+', '-']) {
        // Rust takes these in any case, and short forms of them.
        "NaN" | "Infinity" => {}
        digits if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {}
        _ => return None,
    }
    text.parse().ok()
}

/// Adds a value as `CAST(… AS VARCHAR)` writes it; NULL inside of another is `null`.
///
/// # Panics
/// When the value is not of the type.
pub fn write_text(value: &Value, data_type: &DataType, out: &mut String) {
    match (value, data_type) {
        (Value::Null, _) => out.push_str("null"),
        (Value::Boolean(v), _) => out.push_str(if *v { "true" } else { "false" }),
        (Value::Int(v), _) => out.push_str(itoa::Buffer::new().format(*v)),
        (Value::BigInt(v), _) => out.push_str(itoa::Buffer::new().format(*v)),
        (Value::Double(v), _) => write_double(*v, out),
        (Value::Varchar(text), _) => out.push_str(text),
        (Value::Timestamp(v), _) => time_format::write_iso(*v, out),
        (Value::Array(items), DataType::Array(item)) => {
            out.push('[');
            for (i, value) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                write_text(value, item, out);
            }
            out.push(']');
        }
        (Value::Map(entries), DataType::Map(key_type, item)) => {
            out.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                write_text(key, key_type, out);
                out.push('=');
                write_text(value, item, out);
            }
            out.push('}');
        }
        (Value::Struct(values), DataType::Struct(fields)) => {
            // Kafka Connect's `Struct.toString` leaves NULLs out.
            out.push_str("Struct{");
            let there = values.iter().zip(&**fields).filter(|(value, _)| !value.is_null());
            for (i, (value, (name, field))) in there.enumerate() {
                out.push_str(if i == 0 { "" } else { "," });
                out.push_str(name);
                out.push('=');
                write_text(value, field, out);
            }
            out.push('}');
        }
        _ => unreachable!("{value:?} is no {data_type}"),
    }
}
