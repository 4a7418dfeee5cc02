//! A broker in memory, for tests that are about answers and not about Kafka.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::batch::{Batch, Cause, Outcome};
use crate::partition::Partitioner;
use crate::readback::Stored;

/// Kafka's default `message.max.bytes`.
pub const MAX_RECORD: usize = 1_000_000;

/// Topics, each with partitions of records.
pub struct Memory {
    partitioner: Partitioner,
    topics: Mutex<BTreeMap<String, Vec<Vec<Stored>>>>,
}

impl Memory {
    /// Without topics.
    pub fn new(partitioner: Partitioner) -> Self {
        Self { partitioner, topics: Mutex::default() }
    }

    /// Makes a topic unless it is there.
    pub fn create(&self, topic: &str, partitions: i32) {
        let mut topics = self.topics.lock().expect("no test panics here");
        topics
            .entry(topic.to_owned())
            .or_insert_with(|| (0..partitions).map(|_| Vec::new()).collect());
    }

    /// Names and numbers of partitions.
    pub fn topics(&self) -> BTreeMap<String, i32> {
        let topics = self.topics.lock().expect("no test panics here");
        topics.iter().map(|(name, partitions)| (name.clone(), partitions.len() as i32)).collect()
    }

    /// All records of a topic, partition by partition.
    pub fn records(&self, topic: &str) -> Vec<Stored> {
        let topics = self.topics.lock().expect("no test panics here");
        topics.get(topic).map(|partitions| partitions.concat()).unwrap_or_default()
    }

    /// Appends what is not refused.
    pub fn write(&self, topic: &str, batch: &Batch) -> Vec<Outcome> {
        let mut topics = self.topics.lock().expect("no test panics here");
        let Some(partitions) = topics.get_mut(topic) else {
            return vec![Outcome::Failed(Cause::NoTopic); batch.rows.len()];
        };
        let count = partitions.len() as i32;
        let mut outcomes = Vec::with_capacity(batch.rows.len());
        for row in &batch.rows {
            if let Some(cause) = &row.refused {
                outcomes.push(Outcome::Failed(cause.clone()));
                continue;
            }
            let (key, value) = (batch.slice(&row.key), batch.slice(&row.value));
            if key.map_or(0, <[u8]>::len) + value.map_or(0, <[u8]>::len) > MAX_RECORD {
                outcomes.push(Outcome::Failed(Cause::TooLarge));
                continue;
            }
            let partition = row.partition.unwrap_or_else(|| self.partitioner.partition(key, count));
            let Some(log) = usize::try_from(partition).ok().and_then(|p| partitions.get_mut(p))
            else {
                outcomes.push(Outcome::Failed(Cause::NoPartition));
                continue;
            };
            let offset = log.len() as i64;
            log.push(Stored {
                partition,
                offset,
                timestamp: row.timestamp,
                key: key.map(<[u8]>::to_vec),
                value: value.map(<[u8]>::to_vec),
                headers: row.headers.clone(),
            });
            outcomes.push(Outcome::Written { partition, offset });
        }
        outcomes
    }
}
