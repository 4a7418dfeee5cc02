//! Topics: records in partitions, kept in memory as bytes, with offsets, retention and consumers.
//!
//! A topic also remembers the order in which records were appended across its partitions (the
//! append sequence), so that a [`Consumer`] of several partitions reads them in arrival order. Not
//! here: what the bytes mean (`format`), replication, transactions and consumer groups.
//!
//! Retention and rolling follow Kafka with one difference: they use record time, never a clock.
//! * A partition's active segment is sealed before an append that would make it larger than
//!   `segment_bytes`, or whose timestamp is more than an eighth of `retention_ms` after that of the
//!   segment's first record (Kafka's `segment.ms`; the eighth bounds by how much age retention
//!   overshoots).
//! * Whenever a segment is sealed, retention removes whole sealed segments of all partitions from
//!   the old end: while a partition without its oldest segment still has `retention_bytes`, and
//!   while the oldest segment's newest timestamp is more than `retention_ms` before the topic's
//!   largest timestamp.

pub mod config;
pub mod consumer;
mod partition;
pub mod partitioner;
pub mod registry;
mod segment;
#[cfg(test)]
mod tests;

use serde::Serialize;
use thiserror::Error;

pub use config::{ConfigError, TopicConfig};
pub use consumer::Consumer;
pub use partitioner::{StickyPartitioner, partition_for_key};
pub use registry::{TopicError, TopicId, Topics};

use crate::record::{Header, Offset, PartitionId, Record};
use crate::time::Timestamp;
use partition::Partition;
use segment::NewRecord;

/// Why a record was not appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AppendError {
    /// There is no such partition.
    #[error("partition {partition} is not one of {partitions}")]
    UnknownPartition {
        /// What was asked for.
        partition: u32,
        /// How many there are.
        partitions: u32,
    },
    /// The record is over the topic's `max_record_bytes`.
    #[error("a record of {bytes} bytes is over the topic's limit of {max_bytes}")]
    TooLarge {
        /// Size of the record with its headers and index entry.
        bytes: u64,
        /// The limit.
        max_bytes: u32,
    },
}

/// Figures of one partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PartitionStats {
    /// Records that are there.
    pub records: u64,
    /// Bytes that are there: keys, values, headers, and 32 of index for each record.
    pub bytes: u64,
    /// The oldest offset that is there; equals `log_end` when there is none.
    pub log_start: Offset,
    /// The offset that the next record will have.
    pub log_end: Offset,
    /// Segments, with the active one.
    pub segments: u64,
    /// Records that retention removed.
    pub removed_records: u64,
    /// Bytes that retention removed.
    pub removed_bytes: u64,
}

/// Figures of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TopicStats {
    /// Records that are there.
    pub records: u64,
    /// Bytes that are there.
    pub bytes: u64,
    /// Records that retention removed.
    pub removed_records: u64,
    /// Bytes that retention removed.
    pub removed_bytes: u64,
    /// Each partition.
    pub partitions: Vec<PartitionStats>,
}

/// Records in partitions. A clone shares the sealed segments and copies only the active ones.
#[derive(Clone, Debug)]
pub struct Topic {
    config: TopicConfig,
    partitions: Vec<Partition>,
    /// Records appended so far, which is the sequence of the next one.
    appended: u64,
    /// Where the newest record went, whose index entry is told where the next one goes.
    newest: Option<PartitionId>,
    largest: Timestamp,
}

impl Topic {
    /// An empty topic.
    ///
    /// # Errors
    /// When the configuration is not valid.
    pub fn new(config: TopicConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let partitions = vec![Partition::default(); config.partitions as usize];
        Ok(Self { config, partitions, appended: 0, newest: None, largest: Timestamp::MIN })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &TopicConfig {
        &self.config
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Number of partitions.
    #[must_use]
    pub const fn partitions(&self) -> u32 {
        self.config.partitions
    }

    /// Records appended since the topic was created, with those that retention removed.
    #[must_use]
    pub const fn appended(&self) -> u64 {
        self.appended
    }

    /// The largest timestamp appended so far; [`Timestamp::MIN`] before the first.
    #[must_use]
    pub const fn largest_timestamp(&self) -> Timestamp {
        self.largest
    }

    /// Adds a record to a partition.
    ///
    /// # Errors
    /// When there is no such partition or the record is too large; nothing is changed then.
    pub fn append(
        &mut self,
        partition: PartitionId,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header],
        timestamp: Timestamp,
    ) -> Result<Offset, AppendError> {
        let record = NewRecord { key, value, headers, timestamp, sequence: self.appended };
        self.admit(partition, &record)?;
        if let Some(newest) = self.newest {
            self.partitions[newest.0 as usize].point_newest_to(partition);
        }
        let into = &mut self.partitions[partition.0 as usize];
        let sealed = into.append(&record, &self.config);
        let offset = Offset(into.log_end().0 - 1);
        self.newest = Some(partition);
        self.appended += 1;
        self.largest = self.largest.max(timestamp);
        if sealed {
            self.retain();
        }
        Ok(offset)
    }

    /// Adds a record to the partition that Kafka's default partitioner gives its key, or, without
    /// a key, to the one that `keyless` chooses ([`StickyPartitioner::next`]).
    ///
    /// # Errors
    /// As [`Topic::append`].
    pub fn append_keyed(
        &mut self,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header],
        timestamp: Timestamp,
        keyless: impl FnOnce(u32) -> PartitionId,
    ) -> Result<(PartitionId, Offset), AppendError> {
        let partition = match key {
            Some(key) => partition_for_key(key, self.config.partitions),
            None => keyless(self.config.partitions),
        };
        self.append(partition, key, value, headers, timestamp).map(|offset| (partition, offset))
    }

    fn admit(&self, partition: PartitionId, record: &NewRecord<'_>) -> Result<(), AppendError> {
        if partition.0 >= self.config.partitions {
            return Err(AppendError::UnknownPartition {
                partition: partition.0,
                partitions: self.config.partitions,
            });
        }
        let bytes = record.size();
        if bytes > u64::from(self.config.max_record_bytes) {
            return Err(AppendError::TooLarge { bytes, max_bytes: self.config.max_record_bytes });
        }
        Ok(())
    }

    fn retain(&mut self) {
        let oldest = self.config.retention_ms.map(|ms| self.largest.plus_ms(-ms));
        for partition in &mut self.partitions {
            partition.retain(self.config.retention_bytes, oldest);
        }
    }

    /// The oldest offset of a partition that is there; `None` when there is no such partition.
    #[must_use]
    pub fn log_start(&self, partition: PartitionId) -> Option<Offset> {
        self.partitions.get(partition.0 as usize).map(Partition::log_start)
    }

    /// The offset that a partition's next record will have; `None` when there is no such partition.
    #[must_use]
    pub fn log_end(&self, partition: PartitionId) -> Option<Offset> {
        self.partitions.get(partition.0 as usize).map(Partition::log_end)
    }

    /// The record at an offset; `None` when it is not there yet or no more.
    #[must_use]
    pub fn read_at(&self, partition: PartitionId, offset: Offset) -> Option<Record<'_>> {
        let (segment, index) = self.partitions.get(partition.0 as usize)?.locate(offset)?;
        Some(segment.record(partition, index))
    }

    /// The newest `n` records of all partitions, in append order.
    #[must_use]
    pub fn last(&self, n: usize) -> Vec<Record<'_>> {
        let mut ends: Vec<Offset> = self.partitions.iter().map(Partition::log_end).collect();
        let mut newest_first = Vec::new();
        while newest_first.len() < n {
            let heads = self.partitions.iter().zip(&ends).enumerate();
            let newest = heads.filter_map(|(id, (partition, end))| {
                let (segment, index) = partition.locate(Offset(end.0 - 1))?;
                Some((segment.entry(index).sequence, id, segment, index))
            });
            let Some((_, id, segment, index)) = newest.max_by_key(|(sequence, ..)| *sequence)
            else {
                break;
            };
            ends[id] = Offset(ends[id].0 - 1);
            newest_first.push(segment.record(PartitionId(id as u32), index));
        }
        newest_first.reverse();
        newest_first
    }

    /// The newest `n` records of one partition, oldest of them first.
    #[must_use]
    pub fn last_of(&self, partition: PartitionId, n: usize) -> Vec<Record<'_>> {
        let (Some(start), Some(end)) = (self.log_start(partition), self.log_end(partition)) else {
            return Vec::new();
        };
        let count = i64::try_from(n).unwrap_or(i64::MAX).min(end.0 - start.0);
        (end.0 - count..end.0).filter_map(|at| self.read_at(partition, Offset(at))).collect()
    }

    /// Figures, by partition and in all.
    #[must_use]
    pub fn stats(&self) -> TopicStats {
        let partitions: Vec<_> = self.partitions.iter().map(Partition::stats).collect();
        let sum = |figure: fn(&PartitionStats) -> u64| partitions.iter().map(figure).sum();
        TopicStats {
            records: sum(|p| p.records),
            bytes: sum(|p| p.bytes),
            removed_records: sum(|p| p.removed_records),
            removed_bytes: sum(|p| p.removed_bytes),
            partitions,
        }
    }
}
