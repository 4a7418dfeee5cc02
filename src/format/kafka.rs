//! The KAFKA format: one value as Kafka's own serializers write it, and windowed keys as Kafka
//! Streams does. Not here: records of several columns, which the format does not have.

use thiserror::Error;

use crate::chunk::{Column, ColumnData, Window};
use crate::time::Timestamp;
use crate::value::DataType;

/// Why bytes are no value of a type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KafkaError {
    /// Another number of bytes than the type has.
    #[error("{data_type} has {expected} bytes, not {found}")]
    Length {
        /// The type.
        data_type: DataType,
        /// How many bytes it has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Text that is not UTF-8.
    #[error("not UTF-8 from byte {0} on")]
    NotUtf8(usize),
    /// The format has no such type.
    #[error("the KAFKA format has no {0}")]
    UnsupportedType(DataType),
    /// Too short for a windowed key.
    #[error("a windowed key has at least {expected} bytes, not {found}")]
    NoWindow {
        /// Bytes of the window.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

/// Adds the value at `row` to `out`: text bare, numbers big-endian, a boolean as one byte. `false`
/// when it is NULL, which has no bytes: the record then has no key or no value.
///
/// # Errors
/// For ARRAY, MAP and STRUCT.
///
/// # Panics
/// When there is no such row.
pub fn write(out: &mut Vec<u8>, column: &Column, row: usize) -> Result<bool, KafkaError> {
    if !column.valid[row] {
        return Ok(false);
    }
    match &column.data {
        ColumnData::Boolean(v) => out.push(u8::from(v[row])),
        ColumnData::Int(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        ColumnData::BigInt(v) | ColumnData::Timestamp(v) => {
            out.extend_from_slice(&v[row].to_be_bytes());
        }
        ColumnData::Double(v) => out.extend_from_slice(&v[row].to_bits().to_be_bytes()),
        ColumnData::Varchar(v) => out.extend_from_slice(v.get(row).as_bytes()),
        ColumnData::Nested(_) => {
            return Err(KafkaError::UnsupportedType(column.data_type.clone()));
        }
    }
    Ok(true)
}

/// Adds the value that `bytes` are to a column; `None` is NULL.
///
/// # Errors
/// When the bytes are no value of the column's type; nothing is added then.
pub fn read(bytes: Option<&[u8]>, column: &mut Column) -> Result<(), KafkaError> {
    let Some(bytes) = bytes else {
        column.push_null();
        return Ok(());
    };
    let data_type = &column.data_type;
    match &mut column.data {
        // Any other byte than 1 is false, as for any other language that would write one.
        ColumnData::Boolean(v) => v.push(exactly::<1>(bytes, data_type)? == [1]),
        ColumnData::Int(v) => v.push(i32::from_be_bytes(exactly(bytes, data_type)?)),
        ColumnData::BigInt(v) | ColumnData::Timestamp(v) => {
            v.push(i64::from_be_bytes(exactly(bytes, data_type)?));
        }
        ColumnData::Double(v) => {
            v.push(f64::from_bits(u64::from_be_bytes(exactly(bytes, data_type)?)));
        }
        ColumnData::Varchar(v) => match str::from_utf8(bytes) {
            Ok(text) => v.push(text),
            Err(error) => return Err(KafkaError::NotUtf8(error.valid_up_to())),
        },
        ColumnData::Nested(_) => return Err(KafkaError::UnsupportedType(data_type.clone())),
    }
    column.valid.push(true);
    Ok(())
}

fn exactly<const N: usize>(bytes: &[u8], data_type: &DataType) -> Result<[u8; N], KafkaError> {
    bytes.try_into().map_err(|_| KafkaError::Length {
        data_type: data_type.clone(),
        expected: N,
        found: bytes.len(),
    })
}

/// Adds to a key the window of a time-windowed result: its start, 8 bytes big-endian. The reader
/// knows the size.
pub fn write_time_window(out: &mut Vec<u8>, window: Window) {
    out.extend_from_slice(&window.start.0.to_be_bytes());
}

/// Adds to a key the window of a session: end, then start, 8 bytes big-endian each.
pub fn write_session_window(out: &mut Vec<u8>, window: Window) {
    out.extend_from_slice(&window.end.0.to_be_bytes());
    out.extend_from_slice(&window.start.0.to_be_bytes());
}

/// The key and the window of a time-windowed key; the window is `size_ms` long.
///
/// # Errors
/// When there are fewer than 8 bytes.
pub fn split_time_window(bytes: &[u8], size_ms: i64) -> Result<(&[u8], Window), KafkaError> {
    let (key, start) = last_timestamp(bytes, 8)?;
    Ok((key, Window { start, end: start.plus_ms(size_ms) }))
}

/// The key and the window of a session's key.
///
/// # Errors
/// When there are fewer than 16 bytes.
pub fn split_session_window(bytes: &[u8]) -> Result<(&[u8], Window), KafkaError> {
    let (rest, start) = last_timestamp(bytes, 16)?;
    let (key, end) = last_timestamp(rest, 8)?;
    Ok((key, Window { start, end }))
}

fn last_timestamp(bytes: &[u8], least: usize) -> Result<(&[u8], Timestamp), KafkaError> {
    match bytes.split_last_chunk::<8>() {
        Some((rest, last)) if bytes.len() >= least => {
            Ok((rest, Timestamp(i64::from_be_bytes(*last))))
        }
        _ => Err(KafkaError::NoWindow { expected: least, found: bytes.len() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn values_have_the_bytes_of_kafkas_serializers() {
        for (data_type, value, bytes) in [
            (DataType::Boolean, Value::Boolean(true), &[1][..]),
            (DataType::Boolean, Value::Boolean(false), &[0]),
            (DataType::Int, Value::Int(-2), &[0xff, 0xff, 0xff, 0xfe]),
            (DataType::BigInt, Value::BigInt(258), &[0, 0, 0, 0, 0, 0, 1, 2]),
            (DataType::Timestamp, Value::Timestamp(1), &[0, 0, 0, 0, 0, 0, 0, 1]),
            (DataType::Double, Value::Double(1.0), &[0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
            (DataType::Varchar, Value::varchar("é"), "é".as_bytes()),
            (DataType::Varchar, Value::varchar(""), b""),
        ] {
            let mut column = Column::new(&data_type);
            read(Some(bytes), &mut column).expect("valid");
            read(None, &mut column).expect("NULL");
            assert_eq!((column.value(0), column.value(1)), (value, Value::Null));
            let mut out = Vec::new();
            assert_eq!(write(&mut out, &column, 0), Ok(true));
            assert_eq!(write(&mut out, &column, 1), Ok(false));
            assert_eq!(out, bytes);
        }
    }

    #[test]
    fn bytes_that_are_no_value_add_nothing() {
        let array = DataType::Array(Box::new(DataType::Int));
        for (data_type, bytes, error) in [
            (
                DataType::Int,
                &[1][..],
                KafkaError::Length { data_type: DataType::Int, expected: 4, found: 1 },
            ),
            (DataType::Varchar, &[b'a', 0xff], KafkaError::NotUtf8(1)),
            (array.clone(), &[], KafkaError::UnsupportedType(array)),
        ] {
            let mut column = Column::new(&data_type);
            assert_eq!(read(Some(bytes), &mut column), Err(error));
            assert_eq!(column, Column::new(&data_type));
        }
    }

    #[test]
    fn windows_follow_the_key() {
        let window = Window { start: Timestamp(1), end: Timestamp(61) };
        let mut time = b"key".to_vec();
        write_time_window(&mut time, window);
        assert_eq!(time, b"key\0\0\0\0\0\0\0\x01");
        assert_eq!(split_time_window(&time, 60), Ok((&b"key"[..], window)));
        let mut session = b"key".to_vec();
        write_session_window(&mut session, window);
        assert_eq!(session, b"key\0\0\0\0\0\0\0\x3d\0\0\0\0\0\0\0\x01");
        assert_eq!(split_session_window(&session), Ok((&b"key"[..], window)));
        let short = Err(KafkaError::NoWindow { expected: 16, found: 11 });
        assert_eq!(split_session_window(&time), short);
    }
}
