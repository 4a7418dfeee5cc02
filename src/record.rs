//! A record as a topic holds it: key, value and headers are bytes, read by a format.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A partition of a topic, from 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PartitionId(pub u32);

/// The place of a record in its partition, from 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Offset(pub i64);

impl Offset {
    /// The offset after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A header: a name and bytes, as in Kafka.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Vec<u8>,
}

/// A record read from a topic. Borrowed: the bytes stay in the topic's segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The partition.
    pub partition: PartitionId,
    /// The offset in the partition.
    pub offset: Offset,
    /// The record's timestamp: for the generator's topics the event time.
    pub timestamp: Timestamp,
    /// The key, if there is one.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// Headers, in order.
    pub headers: &'a [Header],
}
