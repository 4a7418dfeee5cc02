//! JSON values to SQL values, as ksqlDB's JSON deserializer coerces them.
//!
//! * `VARCHAR`: a string's text; a number or boolean as it is written; an object as JSON text
//!   without white space; an array as `[a, b]` of its items' texts.
//! * `INT`, `BIGINT`, `TIMESTAMP`: a number without its fraction; a string that is an integer.
//! * `DOUBLE`: a number; a string that is one.
//! * `BOOLEAN`: a boolean.
//! * `ARRAY`, `MAP`, `STRUCT`: arrays and objects, item by item.
//! * NULL of any type: `null`.

use std::borrow::Cow;
use std::sync::Arc;

use super::cursor::{Kind, Token, items, members};
use super::error::{ErrorKind, Fault};
use super::number;
use super::text::{decode_text, upper_cased};
use super::writer::write_string;
use crate::chunk::{Column, ColumnData};
use crate::interner::Interner;
use crate::value::{DataType, Value};

/// What makes nested values cheap: short texts in them that came lately, as lists name the same
/// few things again and again, and memory to collect items in.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    texts: Interner,
    spare: Vec<Value>,
}

/// The longest text that is worth keeping.
const LONGEST_KNOWN: usize = 32;

impl Known {
    fn text(&mut self, text: &str) -> Arc<str> {
        if text.len() > LONGEST_KNOWN { Arc::from(text) } else { self.texts.intern(text) }
    }
}

/// Adds a value to a column. After an error the column may hold half a row.
#[inline]
pub(super) fn push(
    column: &mut Column,
    record: &str,
    token: Token,
    known: &mut Known,
) -> Result<(), Fault> {
    if token.kind == Kind::Null {
        column.push_null();
        return Ok(());
    }
    match &mut column.data {
        ColumnData::Varchar(strings) => {
            if token.kind == Kind::Plain {
                strings.push(token.text(record));
            } else {
                varchar(record, token, strings.open());
                strings.close();
            }
        }
        ColumnData::BigInt(v) => v.push(integer(record, token, "BIGINT")?),
        ColumnData::Timestamp(v) => v.push(integer(record, token, "TIMESTAMP")?),
        ColumnData::Int(v) => v.push(int(record, token)?),
        ColumnData::Double(v) => v.push(double(record, token)?),
        ColumnData::Boolean(v) => v.push(boolean(token)?),
        ColumnData::Nested(v) => v.push(value(record, token, &column.data_type, known)?),
    }
    column.valid.push(true);
    Ok(())
}

/// Whether a value becomes one of this type; builds nothing.
pub(super) fn conforms(record: &str, token: Token, data_type: &DataType) -> Result<(), Fault> {
    match (data_type, token.kind) {
        (_, Kind::Null) | (DataType::Varchar, _) => Ok(()),
        (DataType::Boolean, _) => boolean(token).map(|_| ()),
        (DataType::Int, _) => int(record, token).map(|_| ()),
        (DataType::BigInt, _) => integer(record, token, "BIGINT").map(|_| ()),
        (DataType::Timestamp, _) => integer(record, token, "TIMESTAMP").map(|_| ()),
        (DataType::Double, _) => double(record, token).map(|_| ()),
        (DataType::Array(item), Kind::Array) => {
            items(record, token, |token| conforms(record, token, item))
        }
        (DataType::Map(key, item), Kind::Object) => members(record, token, |name, token| {
            conforms(record, name, key)?;
            conforms(record, token, item)
        }),
        (DataType::Struct(fields), Kind::Object) => {
            let found = fields_of(record, token, fields);
            fields.iter().zip(found).try_for_each(|((_, data_type), token)| match token {
                Some(token) => conforms(record, token, data_type),
                None => Ok(()),
            })
        }
        _ => Err(wrong(base_name(data_type), token)),
    }
}

/// The value of a token as one of this type.
fn value(
    record: &str,
    token: Token,
    data_type: &DataType,
    known: &mut Known,
) -> Result<Value, Fault> {
    Ok(match (data_type, token.kind) {
        (_, Kind::Null) => Value::Null,
        (DataType::Varchar, Kind::Plain) => Value::Varchar(known.text(token.text(record))),
        (DataType::Varchar, _) => {
            let mut text = String::new();
            varchar(record, token, &mut text);
            Value::Varchar(text.into())
        }
        (DataType::Boolean, _) => Value::Boolean(boolean(token)?),
        (DataType::Int, _) => Value::Int(int(record, token)?),
        (DataType::BigInt, _) => Value::BigInt(integer(record, token, "BIGINT")?),
        (DataType::Timestamp, _) => Value::Timestamp(integer(record, token, "TIMESTAMP")?),
        (DataType::Double, _) => Value::Double(double(record, token)?),
        (DataType::Array(item), Kind::Array) => {
            let mut values = std::mem::take(&mut known.spare);
            items(record, token, |token| {
                values.push(value(record, token, item, known)?);
                Ok(())
            })?;
            let array = Value::Array(values.drain(..).collect());
            known.spare = values;
            array
        }
        (DataType::Map(key, item), Kind::Object) => map(record, token, key, item, known)?,
        (DataType::Struct(fields), Kind::Object) => {
            let found = fields_of(record, token, fields);
            let values = fields.iter().zip(found).map(|((_, data_type), token)| match token {
                Some(token) => value(record, token, data_type, known),
                None => Ok(Value::Null),
            });
            Value::Struct(values.collect::<Result<Vec<_>, _>>()?.into())
        }
        _ => return Err(wrong(base_name(data_type), token)),
    })
}

/// An object as a map: of equal keys the last value counts, at the first one's place.
fn map(
    record: &str,
    token: Token,
    key: &DataType,
    item: &DataType,
    known: &mut Known,
) -> Result<Value, Fault> {
    let mut entries: Vec<(Value, Value)> = Vec::new();
    members(record, token, |name, token| {
        let entry = (value(record, name, key, known)?, value(record, token, item, known)?);
        match entries.iter_mut().find(|(known, _)| *known == entry.0) {
            Some(known) => known.1 = entry.1,
            None => entries.push(entry),
        }
        Ok(())
    })?;
    Ok(Value::Map(entries.into()))
}

/// For each field of a STRUCT the member that is meant, by the rule for columns.
fn fields_of(record: &str, object: Token, fields: &[(Arc<str>, DataType)]) -> Vec<Option<Token>> {
    let mut found: Vec<(bool, Option<Token>)> = vec![(false, None); fields.len()];
    let all = members(record, object, |name, token| {
        let name = text(record, name);
        let upper = upper_cased(&name);
        for ((field, _), (exact, place)) in fields.iter().zip(&mut found) {
            if **field == *name {
                (*exact, *place) = (true, Some(token));
            } else if **field == *upper && !*exact {
                *place = Some(token);
            }
        }
        Ok::<(), Fault>(())
    });
    debug_assert!(all.is_ok());
    found.into_iter().map(|(_, token)| token).collect()
}

fn boolean(token: Token) -> Result<bool, Fault> {
    match token.kind {
        Kind::True => Ok(true),
        Kind::False => Ok(false),
        _ => Err(wrong("BOOLEAN", token)),
    }
}

fn int(record: &str, token: Token) -> Result<i32, Fault> {
    let wide = integer(record, token, "INT")?;
    i32::try_from(wide).map_err(|_| out_of_range("INT", token))
}

#[inline]
fn integer(record: &str, token: Token, name: &'static str) -> Result<i64, Fault> {
    let value = match token.kind {
        Kind::Integer => number::integer(token.text(record)),
        Kind::Decimal => number::truncated(token.text(record)),
        Kind::Plain | Kind::Escaped => {
            return text(record, token).parse().map_err(|_| wrong(name, token));
        }
        _ => return Err(wrong(name, token)),
    };
    value.ok_or_else(|| out_of_range(name, token))
}

#[inline]
fn double(record: &str, token: Token) -> Result<f64, Fault> {
    match token.kind {
        Kind::Integer | Kind::Decimal => Ok(number::double(token.text(record))),
        Kind::Plain | Kind::Escaped => {
            java_double(text(record, token).trim()).ok_or_else(|| wrong("DOUBLE", token))
        }
        _ => Err(wrong("DOUBLE", token)),
    }
}

/// What Java's `Double.parseDouble` takes, without its hexadecimal form and type suffixes.
fn java_double(text: &str) -> Option<f64> {
    match text.trim_start_matches(['+', '-']) {
        // Rust takes these in any case, and short forms of them.
        "NaN" | "Infinity" => {}
        digits if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {}
        _ => return None,
    }
    text.parse().ok()
}

fn varchar(record: &str, token: Token, out: &mut String) {
    match token.kind {
        Kind::Escaped => decode_text(token.text(record), out),
        Kind::Object => compact(record, token, out),
        Kind::Array => {
            out.push('[');
            let start = out.len();
            let all = items(record, token, |item| {
                if out.len() > start {
                    out.push_str(", ");
                }
                varchar(record, item, out);
                Ok::<(), Fault>(())
            });
            debug_assert!(all.is_ok());
            out.push(']');
        }
        _ => out.push_str(token.text(record)),
    }
}

/// JSON text without white space and with no more escapes than needed.
pub(super) fn compact(record: &str, token: Token, out: &mut String) {
    let string = |token: Token, out: &mut String| {
        let mut bytes = std::mem::take(out).into_bytes();
        write_string(&mut bytes, &text(record, token));
        *out = String::from_utf8(bytes).expect("UTF-8 and UTF-8");
    };
    let mut first = true;
    let mut comma = |out: &mut String| {
        if !std::mem::take(&mut first) {
            out.push(',');
        }
    };
    let all: Result<(), Fault> = match token.kind {
        Kind::Plain | Kind::Escaped => {
            string(token, out);
            Ok(())
        }
        Kind::Array => {
            out.push('[');
            let all = items(record, token, |item| {
                comma(out);
                compact(record, item, out);
                Ok(())
            });
            out.push(']');
            all
        }
        Kind::Object => {
            out.push('{');
            let all = members(record, token, |name, item| {
                comma(out);
                string(name, out);
                out.push(':');
                compact(record, item, out);
                Ok(())
            });
            out.push('}');
            all
        }
        _ => {
            out.push_str(token.text(record));
            Ok(())
        }
    };
    debug_assert!(all.is_ok());
}

/// A string's text.
pub(super) fn text(record: &str, token: Token) -> Cow<'_, str> {
    let raw = token.text(record);
    if token.kind != Kind::Escaped {
        return Cow::Borrowed(raw);
    }
    let mut decoded = String::new();
    decode_text(raw, &mut decoded);
    Cow::Owned(decoded)
}

#[cold]
const fn wrong(expected: &'static str, token: Token) -> Fault {
    let kind = ErrorKind::WrongType { expected, found: token.kind.describe() };
    Fault::new(kind, token.start as usize)
}

#[cold]
const fn out_of_range(data_type: &'static str, token: Token) -> Fault {
    Fault::new(ErrorKind::OutOfRange(data_type), token.start as usize)
}

const fn base_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "BOOLEAN",
        DataType::Int => "INT",
        DataType::BigInt => "BIGINT",
        DataType::Double => "DOUBLE",
        DataType::Varchar => "VARCHAR",
        DataType::Timestamp => "TIMESTAMP",
        DataType::Array(_) => "ARRAY",
        DataType::Map(..) => "MAP",
        DataType::Struct(_) => "STRUCT",
    }
}
