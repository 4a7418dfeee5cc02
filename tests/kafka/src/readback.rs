//! Reads a topic back with a consumer of Kafka's own protocol.

use std::time::{Duration, Instant};

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::metadata::{MetadataPartition, MetadataTopic};
use rdkafka::{Offset, TopicPartitionList};

/// How long one waits for the next record of those that the broker says it has.
const PATIENCE: Duration = Duration::from_secs(30);

/// One record as the broker keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// From 0.
    pub partition: i32,
    /// Within the partition.
    pub offset: i64,
    /// In milliseconds since 1970.
    pub timestamp: Option<i64>,
    /// `None` is null.
    pub key: Option<Vec<u8>>,
    /// `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Names and values.
    pub headers: Vec<(String, Vec<u8>)>,
}

/// How many partitions `topic` has.
///
/// # Errors
/// When the broker cannot be reached or has no such topic.
pub fn partitions(servers: &str, topic: &str) -> Result<i32, String> {
    Ok(ids(&consumer(servers)?, topic)?.len() as i32)
}

fn consumer(servers: &str) -> Result<BaseConsumer, String> {
    ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("log_level", "2")
        .set("group.id", "streamglass-readback")
        .set("enable.auto.commit", "false")
        .set("queued.max.messages.kbytes", "65536")
        .create()
        .map_err(say)
}

fn ids(consumer: &BaseConsumer, topic: &str) -> Result<Vec<i32>, String> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).map_err(say)?;
    let partitions = metadata.topics().first().map(MetadataTopic::partitions).unwrap_or_default();
    if partitions.is_empty() {
        return Err(format!("the broker has no topic {topic}"));
    }
    Ok(partitions.iter().map(MetadataPartition::id).collect())
}

fn say(error: KafkaError) -> String {
    error.to_string()
}

/// All records that `topic` has now, those of one partition in the order of their offsets.
///
/// # Errors
/// When the broker cannot be reached, has no such topic, or does not hand over what it says it has.
pub fn read(servers: &str, topic: &str) -> Result<Vec<Stored>, String> {
    let consumer = consumer(servers)?;
    let (mut list, mut left) = (TopicPartitionList::new(), 0);
    for id in ids(&consumer, topic)? {
        let (low, high) = consumer.fetch_watermarks(topic, id, PATIENCE).map_err(say)?;
        left += high - low;
        list.add_partition_offset(topic, id, Offset::Beginning).map_err(say)?;
    }
    consumer.assign(&list).map_err(say)?;
    let mut records = Vec::with_capacity(usize::try_from(left).unwrap_or(0));
    let mut last = Instant::now();
    while left > 0 {
        let Some(message) = consumer.poll(Duration::from_millis(200)) else {
            if last.elapsed() > PATIENCE {
                return Err(format!("{left} records of {topic} do not come"));
            }
            continue;
        };
        let message = message.map_err(say)?;
        let headers = message.headers().map(|headers| {
            headers
                .iter()
                .map(|header| (header.key.to_owned(), header.value.unwrap_or_default().to_vec()))
                .collect()
        });
        records.push(Stored {
            partition: message.partition(),
            offset: message.offset(),
            timestamp: message.timestamp().to_millis(),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers.unwrap_or_default(),
        });
        left -= 1;
        last = Instant::now();
    }
    records.sort_by_key(|record| (record.partition, record.offset));
    Ok(records)
}
