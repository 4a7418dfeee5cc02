//! A topic as a person reads it: partitions, retention and the last records as text.

use crate::lab::protocol::{InspectedRecord, Inspection, PartitionState};
use crate::record::Record;
use crate::topic::{Topic, TopicConfig};

/// The most characters of a key, a value or a header that are shown.
const MOST_CHARACTERS: usize = 4_096;

/// How the keys of a topic are windowed, if they are; a topic itself does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyWindow {
    /// Not windowed.
    None,
    /// The window's start behind the key; the size is the query's.
    Time {
        /// Milliseconds.
        size_ms: i64,
    },
    /// End and start behind the key.
    Session,
}

/// The topic with its newest `most` records, newest first.
#[must_use]
pub fn inspect(topic: &Topic, key_window: KeyWindow, most: usize) -> Inspection {
    let mut records: Vec<_> =
        topic.last(most).iter().map(|record| readable(record, key_window)).collect();
    records.reverse();
    Inspection {
        topic: topic.name().to_owned(),
        retention: retention(topic.config()),
        partitions: topic
            .stats()
            .partitions
            .iter()
            .map(|partition| PartitionState {
                log_start: partition.log_start.0,
                log_end: partition.log_end.0,
                bytes: partition.bytes,
            })
            .collect(),
        records,
    }
}

fn readable(record: &Record<'_>, key_window: KeyWindow) -> InspectedRecord {
    let (key, window) = match record.key {
        Some(key) => {
            let (key, window) = split_window(key, key_window);
            (Some(text(key)), window)
        }
        None => (None, None),
    };
    InspectedRecord {
        partition: record.partition.0,
        offset: record.offset.0,
        timestamp_ms: record.timestamp.0,
        key,
        window,
        value: record.value.map(text),
        headers: record
            .headers
            .iter()
            .map(|header| (header.name.clone(), text(&header.value)))
            .collect(),
    }
}

/// The key without the bytes of its window, and the window.
fn split_window(key: &[u8], key_window: KeyWindow) -> (&[u8], Option<(i64, i64)>) {
    match key_window {
        KeyWindow::None => (key, None),
        KeyWindow::Time { size_ms } => match key.split_last_chunk::<8>() {
            Some((key, start)) => {
                let start = i64::from_be_bytes(*start);
                (key, Some((start, start.saturating_add(size_ms))))
            }
            None => (key, None),
        },
        KeyWindow::Session => match key.split_last_chunk::<16>() {
            Some((key, both)) => {
                let (end, start) = both.split_at(8);
                let number = |bytes: &[u8]| {
                    i64::from_be_bytes(bytes.try_into().expect("half of sixteen bytes"))
                };
                (key, Some((number(start), number(end))))
            }
            None => (key, None),
        },
    }
}

/// Bytes as text; what is no UTF-8 as `\xNN`; cut when it is long.
fn text(bytes: &[u8]) -> String {
    let mut text = String::new();
    // The longest character has four bytes: more are never needed.
    for chunk in bytes[..bytes.len().min(4 * MOST_CHARACTERS)].utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    if let Some((cut, _)) = text.char_indices().nth(MOST_CHARACTERS) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

fn retention(config: &TopicConfig) -> String {
    let bytes = match config.retention_bytes {
        Some(bytes) if bytes >= 1 << 20 => format!("{} MB a partition", bytes >> 20),
        Some(bytes) => format!("{} KB a partition", bytes >> 10),
        None => "any size".to_owned(),
    };
    let age = match config.retention_ms {
        Some(ms) => format!("{} h", ms / crate::time::HOUR_MS),
        None => "any age".to_owned(),
    };
    format!("{bytes}, {age}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Header, PartitionId};
    use crate::time::Timestamp;

    #[test]
    fn records_become_text() {
        let mut topic = Topic::new(TopicConfig::new("t", 1)).expect("valid");
        let mut key = b"home".to_vec();
        key.extend(60_000_i64.to_be_bytes());
        let headers = [Header { name: "error".into(), value: b"cut short".to_vec() }];
        for (key, value) in [(Some(&key[..]), Some(&b"{\"n\":1}\xff"[..])), (None, None)] {
            topic.append(PartitionId(0), key, value, &headers, Timestamp(5)).expect("small enough");
        }
        let seen = inspect(&topic, KeyWindow::Time { size_ms: 60_000 }, 10);
        assert_eq!(seen.partitions[0].log_end, 2);
        assert_eq!(seen.records[0].value, None, "newest first; a tombstone has no value");
        let older = &seen.records[1];
        assert_eq!(older.key.as_deref(), Some("home"));
        assert_eq!(older.window, Some((60_000, 120_000)));
        assert_eq!(older.value.as_deref(), Some("{\"n\":1}\\xff"));
        assert_eq!(older.headers, [("error".to_owned(), "cut short".to_owned())]);
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let long = "ä".repeat(MOST_CHARACTERS + 7);
        let shown = text(long.as_bytes());
        assert_eq!(shown.chars().count(), MOST_CHARACTERS + 1);
        assert!(shown.ends_with('…'));
        assert_eq!(split_window(b"short", KeyWindow::Session), (&b"short"[..], None));
    }
}
