//! The records of one request, and what became of each.

use std::ops::Range;

/// Records whose keys and values lie one after the other in one buffer.
#[derive(Debug, Default)]
pub struct Batch {
    /// Keys and values.
    pub bytes: Vec<u8>,
    /// One for each record of the request, in its order.
    pub rows: Vec<Row>,
}

/// One record.
#[derive(Debug, Default)]
pub struct Row {
    /// Where in the buffer the key is; `None` is Kafka's null.
    pub key: Option<Range<usize>>,
    /// Where in the buffer the value is; `None` is a tombstone.
    pub value: Option<Range<usize>>,
    /// The partition that was asked for.
    pub partition: Option<i32>,
    /// In milliseconds since 1970; `None`: the producer's clock.
    pub timestamp: Option<i64>,
    /// Names and values.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Why it is not written at all.
    pub refused: Option<Cause>,
}

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The broker has it.
    Written {
        /// From 0.
        partition: i32,
        /// Within the partition.
        offset: i64,
    },
    /// The broker does not have it, as far as one knows.
    Failed(Cause),
}

/// Why a record is not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Larger than the broker takes.
    TooLarge,
    /// There is no such topic.
    NoTopic,
    /// The topic has no such partition.
    NoPartition,
    /// The broker did not acknowledge it in time.
    TimedOut,
    /// The request is wrong at this record: an error code of HTTP and a message.
    Invalid(u16, String),
    /// Asked for by a fault: whether it says that another try may help, and the code in the answer
    /// where it is not the dialect's own.
    Injected(bool, Option<i32>),
    /// The producer's own message.
    Other(String),
}

impl Cause {
    /// Whether another try may help, as the dialects' error codes tell.
    pub fn retriable(&self) -> bool {
        matches!(self, Self::TimedOut | Self::NoTopic | Self::Injected(true, _))
    }

    /// For a person.
    pub fn message(&self) -> String {
        match self {
            Self::TooLarge => "The message is larger than the maximum request size.".into(),
            Self::NoTopic => "This server does not host this topic-partition.".into(),
            Self::NoPartition => "Partition not found.".into(),
            Self::TimedOut => "Expiring record(s): the broker did not answer in time.".into(),
            Self::Invalid(_, message) | Self::Other(message) => message.clone(),
            Self::Injected(..) => "A failure that the test asked for.".into(),
        }
    }
}

impl Batch {
    /// The bytes of a key or a value.
    pub fn slice(&self, range: &Option<Range<usize>>) -> Option<&[u8]> {
        range.as_ref().map(|range| &self.bytes[range.clone()])
    }

    /// Appends what `write` writes and says where it is.
    pub fn append<E>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<Range<usize>, E> {
        let start = self.bytes.len();
        write(&mut self.bytes)?;
        Ok(start..self.bytes.len())
    }
}
