//! What a topic is created with, and which values make sense.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most partitions a topic can have.
pub const MAX_PARTITIONS: u32 = 1_024;
/// The largest segment and the largest record, bytes: positions in a segment have 32 bits.
pub const MAX_BYTES: u32 = 1 << 30;
/// The smallest segment, bytes.
pub const MIN_SEGMENT_BYTES: u32 = 1_024;

/// Settings of a topic, by Kafka's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicConfig {
    /// The name: 1 to 249 of ASCII letters, digits, `.`, `_` and `-`; not `.` or `..`.
    pub name: String,
    /// Number of partitions, 1 to 1,024.
    pub partitions: u32,
    /// `retention.bytes`: what a partition keeps at least, once it had it. `None` keeps all.
    pub retention_bytes: Option<u64>,
    /// `retention.ms`: how long a record is kept at least, in record time. `None` keeps all.
    pub retention_ms: Option<i64>,
    /// `segment.bytes`: the size at which a segment is sealed. Larger records get one of their own.
    pub segment_bytes: u32,
    /// `max.message.bytes`: larger records are refused. Counts key, value, headers and the 32 bytes
    /// of the record's index entry.
    pub max_record_bytes: u32,
}

impl TopicConfig {
    /// A topic that keeps 16 MiB a partition in segments of 1 MiB and takes records up to 4 MiB.
    /// (Kafka's defaults are 1 GiB a segment and 1 MiB a record; a tab has less memory, and
    /// over-long records must reach the router to be told apart.)
    #[must_use]
    pub fn new(name: impl Into<String>, partitions: u32) -> Self {
        Self {
            name: name.into(),
            partitions,
            retention_bytes: Some(16 << 20),
            retention_ms: None,
            segment_bytes: 1 << 20,
            max_record_bytes: 4 << 20,
        }
    }

    /// How far in record time a segment reaches before it is sealed.
    #[must_use]
    pub(super) fn segment_ms(&self) -> Option<i64> {
        self.retention_ms.map(|retention_ms| (retention_ms / 8).max(1))
    }

    /// Whether a topic can have these settings.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let name = self.name.as_str();
        if !(1..=249).contains(&name.len())
            || !name.bytes().all(legal)
            || matches!(name, "." | "..")
        {
            return Err(ConfigError::Name(name.into()));
        }
        if !(1..=MAX_PARTITIONS).contains(&self.partitions) {
            return Err(ConfigError::Partitions(self.partitions));
        }
        if self.retention_ms.is_some_and(|ms| ms < 1) {
            return Err(ConfigError::RetentionMs(self.retention_ms.unwrap_or_default()));
        }
        if !(MIN_SEGMENT_BYTES..=MAX_BYTES).contains(&self.segment_bytes) {
            return Err(ConfigError::SegmentBytes(self.segment_bytes));
        }
        if !(1..=MAX_BYTES).contains(&self.max_record_bytes) {
            return Err(ConfigError::MaxRecordBytes(self.max_record_bytes));
        }
        Ok(())
    }
}

/// A setting that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// Not a legal name.
    #[error(
        "topic name {0:?}: a name has 1 to 249 of ASCII letters, digits, '.', '_' and '-', and is not '.' or '..'"
    )]
    Name(String),
    /// Too few or too many.
    #[error("partitions {0}: 1 to {MAX_PARTITIONS} are possible")]
    Partitions(u32),
    /// Not positive.
    #[error("retention_ms {0}: must be at least 1")]
    RetentionMs(i64),
    /// Out of range.
    #[error("segment_bytes {0}: {MIN_SEGMENT_BYTES} to {MAX_BYTES} are possible")]
    SegmentBytes(u32),
    /// Out of range.
    #[error("max_record_bytes {0}: 1 to {MAX_BYTES} are possible")]
    MaxRecordBytes(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let good = TopicConfig::new("imply-news_1.x", 4);
        assert_eq!(good.validate(), Ok(()));
        let long = "n".repeat(250);
        for name in ["", ".", "..", "a b", "é", "a/b", &long] {
            let bad = TopicConfig { name: name.into(), ..good.clone() };
            assert_eq!(bad.validate(), Err(ConfigError::Name(name.into())));
        }
        for partitions in [0, 1_025] {
            let bad = TopicConfig { partitions, ..good.clone() };
            assert_eq!(bad.validate(), Err(ConfigError::Partitions(partitions)));
        }
        for ms in [0, -1] {
            let bad = TopicConfig { retention_ms: Some(ms), ..good.clone() };
            assert_eq!(bad.validate(), Err(ConfigError::RetentionMs(ms)));
        }
        for segment_bytes in [0, MIN_SEGMENT_BYTES - 1, MAX_BYTES + 1] {
            let bad = TopicConfig { segment_bytes, ..good.clone() };
            assert_eq!(bad.validate(), Err(ConfigError::SegmentBytes(segment_bytes)));
        }
        for max_record_bytes in [0, MAX_BYTES + 1] {
            let bad = TopicConfig { max_record_bytes, ..good.clone() };
            assert_eq!(bad.validate(), Err(ConfigError::MaxRecordBytes(max_record_bytes)));
        }
    }
}
