//! The reader of Kafka's own form of a value and of windowed keys: bytes are a value of a type or they
//! are refused, and what was read is written as the same bytes.

use streamglass::chunk::Column;
use streamglass::format::kafka;
use streamglass::value::DataType;

/// Any bytes as a value of each type, and as a key with a window.
pub fn fuzz(data: &[u8]) {
    for data_type in [
        DataType::Boolean,
        DataType::Int,
        DataType::BigInt,
        DataType::Double,
        DataType::Timestamp,
        DataType::Varchar,
        DataType::Array(Box::new(DataType::Int)),
    ] {
        value(data, &data_type);
    }
    windows(data);
}

fn value(data: &[u8], data_type: &DataType) {
    let mut column = Column::new(data_type);
    column.push_null();
    let verdict = kafka::read(Some(data), &mut column);
    let rows = if verdict.is_ok() { 2 } else { 1 };
    assert_eq!((column.len(), column.valid.len()), (rows, rows), "{data_type}: {verdict:?}");
    if verdict.is_err() {
        return;
    }
    let mut again = Vec::new();
    assert_eq!(kafka::write(&mut again, &column, 1), Ok(true));
    match data_type {
        // Every byte but 1 is false, and false is written as 0.
        DataType::Boolean => assert_eq!(again, [u8::from(data == [1])]),
        _ => assert_eq!(again, data, "{data_type}"),
    }
}

fn windows(data: &[u8]) {
    match kafka::split_time_window(data, 60_000) {
        Ok((key, window)) => {
            let mut again = key.to_vec();
            kafka::write_time_window(&mut again, window);
            assert_eq!(again, data);
        }
        Err(_) => assert!(data.len() < 8),
    }
    match kafka::split_session_window(data) {
        Ok((key, window)) => {
            let mut again = key.to_vec();
            kafka::write_session_window(&mut again, window);
            assert_eq!(again, data);
        }
        Err(_) => assert!(data.len() < 16),
    }
}

/// Values of every length that a type has, and keys with windows.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut windowed = b"key".to_vec();
    windowed.extend_from_slice(&i64::MAX.to_be_bytes());
    let mut session = windowed.clone();
    session.extend_from_slice(&i64::MIN.to_be_bytes());
    vec![
        Vec::new(),
        vec![1],
        i32::MIN.to_be_bytes().to_vec(),
        f64::NAN.to_bits().to_be_bytes().to_vec(),
        "é and 漢 and 🦀".as_bytes().to_vec(),
        windowed,
        session,
    ]
}
