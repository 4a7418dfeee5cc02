//! Where a proxy writes: to a real broker or to memory.

use std::collections::BTreeMap;

use crate::batch::{Batch, Outcome};
use crate::kafka::Kafka;
use crate::memory::Memory;

/// What stands behind a proxy.
pub enum Broker {
    /// For tests of answers.
    Memory(Memory),
    /// A real one.
    Kafka(Kafka),
}

impl Broker {
    /// Makes a topic unless it is there.
    ///
    /// # Errors
    /// The broker's message.
    pub async fn create(&self, topic: &str, partitions: i32) -> Result<(), String> {
        match self {
            Self::Memory(memory) => {
                memory.create(topic, partitions);
                Ok(())
            }
            Self::Kafka(kafka) => kafka.create(topic, partitions).await,
        }
    }

    /// Names of topics and their numbers of partitions, asked for anew.
    ///
    /// # Errors
    /// The broker's message, when it cannot be reached.
    pub async fn topics(&self) -> Result<BTreeMap<String, i32>, String> {
        match self {
            Self::Memory(memory) => Ok(memory.topics()),
            Self::Kafka(kafka) => kafka.topics().await,
        }
    }

    /// Whether there is such a topic; a broker that is away is believed to have what it had.
    pub async fn has(&self, topic: &str) -> bool {
        match self {
            Self::Memory(memory) => memory.topics().contains_key(topic),
            Self::Kafka(kafka) => kafka.has(topic).await,
        }
    }

    /// Writes what is not refused, and waits for all acknowledgements.
    pub async fn write(&self, topic: &str, batch: Batch) -> Vec<Outcome> {
        match self {
            Self::Memory(memory) => memory.write(topic, &batch),
            Self::Kafka(kafka) => kafka.write(topic, batch).await,
        }
    }
}
