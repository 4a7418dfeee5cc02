//! Rows to JSON, compact, as ksqlDB's serializer writes them.

use super::java_double;
use super::simd;
use crate::chunk::{Column, ColumnData};
use crate::value::{DataType, Value};

/// Adds `row` of `columns` to `out` as an object whose members have these names; NULL is `null`.
///
/// # Panics
/// When there is no such row, or not as many names as columns.
pub fn write_row<N: AsRef<str>>(out: &mut Vec<u8>, names: &[N], columns: &[Column], row: usize) {
    assert_eq!(names.len(), columns.len(), "one name for each column");
    out.push(b'{');
    for (i, (name, column)) in names.iter().zip(columns).enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_string(out, name.as_ref());
        out.push(b':');
        write_value(out, column, row);
    }
    out.push(b'}');
}

/// Adds the value at `row` of a column.
///
/// # Panics
/// When there is no such row.
pub fn write_value(out: &mut Vec<u8>, column: &Column, row: usize) {
    if !column.valid[row] {
        out.extend_from_slice(b"null");
        return;
    }
    match &column.data {
        ColumnData::Boolean(v) => write_boolean(out, v[row]),
        ColumnData::Int(v) => write_integer(out, i64::from(v[row])),
        ColumnData::BigInt(v) | ColumnData::Timestamp(v) => write_integer(out, v[row]),
        ColumnData::Double(v) => java_double::write(out, v[row]),
        ColumnData::Varchar(v) => write_string(out, v.get(row)),
        ColumnData::Nested(v) => write_nested(out, &v[row], &column.data_type),
    }
}

/// Adds a string with its quotes; only what must be is escaped, as Jackson does it.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.push(b'"');
    let mut from = 0;
    loop {
        let at = simd::find_stop(bytes, from);
        out.extend_from_slice(&bytes[from..at]);
        let Some(b) = bytes.get(at) else { break };
        write_escape(out, *b);
        from = at + 1;
    }
    out.push(b'"');
}

fn write_escape(out: &mut Vec<u8>, b: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let short = match b {
        b'"' | b'\\' => b,
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            out.extend_from_slice(br"\u00");
            out.extend_from_slice(&[HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn write_boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

fn write_integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// A value of this type: the type has the names of a STRUCT's fields.
fn write_nested(out: &mut Vec<u8>, value: &Value, data_type: &DataType) {
    let mut comma = Separator(true);
    match (value, data_type) {
        (Value::Null, _) => out.extend_from_slice(b"null"),
        (Value::Boolean(v), _) => write_boolean(out, *v),
        (Value::Int(v), _) => write_integer(out, i64::from(*v)),
        (Value::BigInt(v) | Value::Timestamp(v), _) => write_integer(out, *v),
        (Value::Double(v), _) => java_double::write(out, *v),
        (Value::Varchar(v), _) => write_string(out, v),
        (Value::Array(items), DataType::Array(item)) => {
            out.push(b'[');
            for value in &**items {
                comma.write(out);
                write_nested(out, value, item);
            }
            out.push(b']');
        }
        (Value::Map(entries), DataType::Map(_, item)) => {
            out.push(b'{');
            for (key, value) in &**entries {
                comma.write(out);
                write_key(out, key);
                out.push(b':');
                write_nested(out, value, item);
            }
            out.push(b'}');
        }
        (Value::Struct(values), DataType::Struct(fields)) => {
            out.push(b'{');
            for (value, (name, field)) in values.iter().zip(&**fields) {
                comma.write(out);
                write_string(out, name);
                out.push(b':');
                write_nested(out, value, field);
            }
            out.push(b'}');
        }
        (value, data_type) => panic!("{value:?} is not of type {data_type}"),
    }
}

/// A map's key: JSON's are strings, and ksqlDB's JSON has no others.
fn write_key(out: &mut Vec<u8>, key: &Value) {
    match key {
        Value::Varchar(text) => write_string(out, text),
        other => {
            out.push(b'"');
            write_nested(out, other, &DataType::Varchar);
            out.push(b'"');
        }
    }
}

/// Writes a comma before all but the first.
struct Separator(bool);

impl Separator {
    fn write(&mut self, out: &mut Vec<u8>) {
        if !std::mem::take(&mut self.0) {
            out.push(b',');
        }
    }
}
