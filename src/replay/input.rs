//! Listed inputs, in the form of ksqlDB's test runner, to the bytes of a topic.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::Bytes;
use crate::chunk::{Column, Window};
use crate::format::kafka;
use crate::sql::catalog::{Serde, Source, keys, values};
use crate::time::Timestamp;
use crate::topic::AppendError;
use crate::value::{DataType, Value};

/// Why an input has no bytes.
#[derive(Debug, Error)]
pub enum InputError {
    /// The text is not what it should be.
    #[error("the input is not a list of records: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A topic cannot take a record.
    #[error("input {index} of topic {topic}: {why}")]
    Refused {
        /// Which input, from 0.
        index: usize,
        /// Its topic.
        topic: String,
        /// Why.
        why: AppendError,
    },
    /// A key or value is not of its column's type.
    #[error("input {index} of topic {topic}: {text} is no {data_type}")]
    Type {
        /// Which input, from 0.
        index: usize,
        /// Its topic.
        topic: String,
        /// What there is.
        text: String,
        /// What the column is.
        data_type: DataType,
    },
}

/// The inputs of a replay, in order.
#[derive(Debug)]
pub struct Inputs {
    records: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    topic: Arc<str>,
    key: Option<Box<RawValue>>,
    value: Option<Box<RawValue>>,
    timestamp: i64,
    window: Option<ListedWindow>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow, default)]
    inputs: Vec<Record<'a>>,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    topic: Cow<'a, str>,
    #[serde(borrow, default)]
    key: Option<&'a RawValue>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(default)]
    timestamp: Option<i64>,
    #[serde(default)]
    window: Option<ListedWindow>,
}

#[derive(Clone, Debug, Deserialize)]
struct ListedWindow {
    start: i64,
    end: i64,
    #[serde(rename = "type")]
    kind: String,
}

impl Inputs {
    /// Reads `{"inputs": [{"topic", "key", "value", "timestamp", "window"?}, …]}`. A number keeps
    /// its literal.
    ///
    /// # Errors
    /// When the text is something else.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let file: File<'_> = serde_json::from_str(text)?;
        let records = file.inputs.into_iter().map(|record| Listed {
            topic: Arc::from(record.topic),
            key: record.key.map(ToOwned::to_owned),
            value: record.value.map(ToOwned::to_owned),
            timestamp: record.timestamp.unwrap_or(0),
            window: record.window,
        });
        Ok(Self { records: records.collect() })
    }

    /// The bytes of each, written as the source over its topic says.
    ///
    /// # Errors
    /// When one is not of its column's type.
    pub(super) fn bytes(
        &self,
        declared: &BTreeMap<Arc<str>, Source>,
    ) -> Result<Vec<(Arc<str>, Bytes)>, InputError> {
        let mut out = Vec::new();
        for (index, record) in self.records.iter().enumerate() {
            let source = declared.get(&record.topic);
            let wrong = |(text, data_type)| InputError::Type {
                index,
                topic: record.topic.to_string(),
                text,
                data_type,
            };
            let json = Serde::Json { wrapped: true };
            let (key_format, value_format) =
                source.map_or((json, json), |source| (source.key_format, source.value_format));
            let key_type = source.and_then(|s| keys(&s.schema).next()).map(|f| &f.data_type);
            let value_type = source.and_then(|s| values(&s.schema).next()).map(|f| &f.data_type);
            let mut key = encode(record.key.as_deref(), key_format, key_type).map_err(wrong)?;
            let value = encode(record.value.as_deref(), value_format, value_type).map_err(wrong)?;
            if let (Some(key), Some(window)) = (&mut key, &record.window) {
                append_window(key, window);
            }
            let timestamp = record.timestamp;
            out.push((record.topic.clone(), Bytes { key, value, timestamp }));
        }
        Ok(out)
    }
}

fn append_window(key: &mut Vec<u8>, listed: &ListedWindow) {
    let window = Window { start: Timestamp(listed.start), end: Timestamp(listed.end) };
    if listed.kind.eq_ignore_ascii_case("session") {
        kafka::write_session_window(key, window);
    } else {
        kafka::write_time_window(key, window);
    }
}

/// The bytes of a JSON value in a format; for KAFKA of this type.
fn encode(
    json: Option<&RawValue>,
    format: Serde,
    data_type: Option<&DataType>,
) -> Result<Option<Vec<u8>>, (String, DataType)> {
    let Some(text) = json.map(RawValue::get) else { return Ok(None) };
    let bytes = match format {
        Serde::None => return Ok(None),
        Serde::Json { .. } => text.as_bytes().to_vec(),
        Serde::Delimited { .. } => unquote(text).into_bytes(),
        Serde::Kafka => {
            let data_type = data_type.unwrap_or(&DataType::Varchar);
            kafka_bytes(text, data_type).ok_or_else(|| (text.to_owned(), data_type.clone()))?
        }
    };
    Ok(Some(bytes))
}

/// The text in a JSON string; other JSON as it is.
fn unquote(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned())
}

/// The bytes of a value that is given as text in the KAFKA format; a text is its own bytes.
pub(super) fn kafka_text(
    text: &[u8],
    data_type: Option<&DataType>,
) -> Result<Vec<u8>, (String, DataType)> {
    match data_type {
        None | Some(DataType::Varchar) => Ok(text.to_vec()),
        Some(data_type) => {
            let text = String::from_utf8_lossy(text);
            kafka_value(&text, data_type).ok_or_else(|| (text.into_owned(), data_type.clone()))
        }
    }
}

fn kafka_bytes(json: &str, data_type: &DataType) -> Option<Vec<u8>> {
    kafka_value(&unquote(json), data_type)
}

fn kafka_value(text: &str, data_type: &DataType) -> Option<Vec<u8>> {
    let value = match data_type {
        DataType::Int => Value::Int(text.parse().ok()?),
        DataType::BigInt => Value::BigInt(text.parse().ok()?),
        DataType::Double => Value::Double(text.parse().ok()?),
        DataType::Varchar => Value::varchar(text),
        _ => return None,
    };
    let mut column = Column::new(data_type);
    column.push(&value);
    let mut bytes = Vec::new();
    kafka::write(&mut bytes, &column, 0).ok()?.then_some(bytes)
}
