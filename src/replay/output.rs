//! Records of a topic as lines of JSON, read as the source over it says.

use std::borrow::Cow;
use std::fmt::Write;

use super::Bytes;
use crate::chunk::{Column, Window};
use crate::format::{json, kafka};
use crate::sql::catalog::{KeyWindow, Serde, Source, keys, values};
use crate::value::DataType;

/// A record that `sink`'s query wrote, as `{"topic", "partition", "offset", "key", "value",
/// "timestamp", "window"?}`.
pub fn line(record: &Bytes, offset: usize, sink: &Source) -> String {
    let key_type = keys(&sink.schema).next().map(|field| &field.data_type);
    let value_type = values(&sink.schema).next().map(|field| &field.data_type);
    let (key, window) = split(record.key.as_deref(), sink.window);
    let mut out = String::from("{\"topic\":");
    out.push_str(&quoted(&sink.topic));
    let _ = write!(
        out,
        ",\"partition\":0,\"offset\":{offset},\"key\":{},\"value\":{},\"timestamp\":{}",
        shown(key, sink.key_format, key_type),
        shown(record.value.as_deref(), sink.value_format, value_type),
        record.timestamp
    );
    if let (Some(window), Some(kind)) = (window, sink.window) {
        let kind = if kind == KeyWindow::Session { "session" } else { "time" };
        let (start, end) = (window.start.0, window.end.0);
        let _ = write!(out, ",\"window\":{{\"start\":{start},\"end\":{end},\"type\":\"{kind}\"}}");
    }
    out.push('}');
    out
}

/// The value as JSON.
pub fn value(record: &Bytes, sink: &Source) -> String {
    let value_type = values(&sink.schema).next().map(|field| &field.data_type);
    shown(record.value.as_deref(), sink.value_format, value_type).into_owned()
}

/// The key as text, without its window: of a JSON or delimited key its bytes.
pub fn key(record: &Bytes, sink: &Source) -> String {
    let key_type = keys(&sink.schema).next().map(|field| &field.data_type);
    let (key, _) = split(record.key.as_deref(), sink.window);
    match (key, sink.key_format, key_type) {
        (None, ..) | (_, Serde::None, _) => String::new(),
        (Some(bytes), Serde::Kafka, Some(data_type)) if *data_type != DataType::Varchar => {
            shown(Some(bytes), Serde::Kafka, key_type).into_owned()
        }
        (Some(bytes), ..) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A key without its window, and the window.
fn split(key: Option<&[u8]>, window: Option<KeyWindow>) -> (Option<&[u8]>, Option<Window>) {
    let Some(bytes) = key else { return (None, None) };
    let parts = match window {
        None => return (Some(bytes), None),
        Some(KeyWindow::Session) => kafka::split_session_window(bytes),
        Some(KeyWindow::Time(size)) => kafka::split_time_window(bytes, size.unwrap_or(0)),
    };
    parts.map_or((Some(bytes), None), |(key, window)| (Some(key), Some(window)))
}

fn shown<'a>(bytes: Option<&'a [u8]>, format: Serde, data_type: Option<&DataType>) -> Cow<'a, str> {
    let Some(bytes) = bytes else { return Cow::Borrowed("null") };
    match format {
        Serde::None => Cow::Borrowed("null"),
        Serde::Json { .. } => String::from_utf8_lossy(bytes),
        Serde::Delimited { .. } => Cow::Owned(quoted(&String::from_utf8_lossy(bytes))),
        Serde::Kafka => {
            let mut column = Column::new(data_type.unwrap_or(&DataType::Varchar));
            if kafka::read(Some(bytes), &mut column).is_err() {
                return Cow::Owned(quoted(&String::from_utf8_lossy(bytes)));
            }
            let mut out = Vec::new();
            json::write_value(&mut out, &column, 0);
            Cow::Owned(String::from_utf8_lossy(&out).into_owned())
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    json::write_string(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}
