//! A real producer before a real broker.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::{ClientContext, DefaultClientContext};
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::{Header, Message as _, OwnedHeaders};
use rdkafka::producer::{
    BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer,
};
use tokio::sync::oneshot;

use crate::batch::{Batch, Cause, Outcome};
use crate::partition::Partitioner;

/// How long one waits for metadata.
const METADATA: Duration = Duration::from_secs(5);

/// A producer and what it knows of the broker.
pub struct Kafka {
    producer: Arc<ThreadedProducer<Deliveries>>,
    admin: AdminClient<DefaultClientContext>,
    known: Mutex<BTreeSet<String>>,
}

impl Kafka {
    /// A producer for the broker at `servers`, which gives up a record after `timeout`.
    ///
    /// # Errors
    /// librdkafka's message.
    pub fn new(servers: &str, partitioner: Partitioner, timeout: Duration) -> Result<Self, String> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", servers).set("log_level", "2");
        let admin = config.create().map_err(|error| error.to_string())?;
        config
            .set("partitioner", partitioner.librdkafka())
            .set("enable.idempotence", "true")
            .set("message.timeout.ms", timeout.as_millis().to_string())
            .set("linger.ms", "2")
            .set("queue.buffering.max.messages", "1000000")
            .set("reconnect.backoff.max.ms", "500")
            .set("allow.auto.create.topics", "false");
        let producer = config
            .create_with_context(Deliveries)
            .map_err(|error: KafkaError| error.to_string())?;
        Ok(Self { producer: Arc::new(producer), admin, known: Mutex::default() })
    }

    /// Makes a topic unless it is there.
    ///
    /// # Errors
    /// The broker's message.
    pub async fn create(&self, topic: &str, partitions: i32) -> Result<(), String> {
        let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
        let options = AdminOptions::new().operation_timeout(Some(METADATA));
        let results = self.admin.create_topics([&new], &options).await;
        for result in results.map_err(|error| error.to_string())? {
            match result {
                Ok(_) | Err((_, Code::TopicAlreadyExists)) => {}
                Err((topic, code)) => return Err(format!("{topic}: {code}")),
            }
        }
        // The answer comes before all of the broker knows of it.
        for _ in 0..100 {
            if self.topics().await?.get(topic).is_some_and(|count| *count > 0) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("topic {topic} was created and is not there"))
    }

    /// Names and numbers of partitions.
    ///
    /// # Errors
    /// librdkafka's message, when the broker cannot be reached.
    pub async fn topics(&self) -> Result<BTreeMap<String, i32>, String> {
        let producer = Arc::clone(&self.producer);
        let metadata =
            tokio::task::spawn_blocking(move || producer.client().fetch_metadata(None, METADATA))
                .await
                .map_err(|error| error.to_string())?
                .map_err(|error| error.to_string())?;
        let topics: BTreeMap<_, _> = metadata
            .topics()
            .iter()
            .filter(|topic| topic.error().is_none() && !topic.name().starts_with("__"))
            .map(|topic| (topic.name().to_owned(), topic.partitions().len() as i32))
            .collect();
        self.known.lock().expect("no panic").extend(topics.keys().cloned());
        Ok(topics)
    }

    /// Whether there is such a topic.
    pub async fn has(&self, topic: &str) -> bool {
        if self.known.lock().expect("no panic").contains(topic) {
            return true;
        }
        self.topics().await.is_ok_and(|topics| topics.contains_key(topic))
    }

    /// Sends what is not refused and waits until the broker has all, or they are given up.
    pub async fn write(&self, topic: &str, batch: Batch) -> Vec<Outcome> {
        let count = batch.rows.len();
        if count == 0 {
            return Vec::new();
        }
        let (done, all) = oneshot::channel();
        let waiting = Arc::new(Waiting {
            outcomes: Mutex::new(vec![Outcome::Failed(Cause::TimedOut); count]),
            left: AtomicUsize::new(count),
            done: Mutex::new(Some(done)),
        });
        for (index, row) in batch.rows.iter().enumerate() {
            if let Some(cause) = &row.refused {
                waiting.set(index, Outcome::Failed(cause.clone()));
                continue;
            }
            let slot = Box::new(Slot { waiting: Arc::clone(&waiting), index });
            let mut record = BaseRecord::with_opaque_to(topic, slot);
            record.key = batch.slice(&row.key);
            record.payload = batch.slice(&row.value);
            record.partition = row.partition;
            record.timestamp = row.timestamp;
            if !row.headers.is_empty() {
                let headers = OwnedHeaders::new_with_capacity(row.headers.len());
                record.headers = Some(row.headers.iter().fold(headers, |headers, (key, value)| {
                    headers.insert(Header { key, value: Some(value.as_slice()) })
                }));
            }
            self.send(record).await;
        }
        // The sender is dropped only with the last slot, and every slot is set.
        let _ = all.await;
        waiting.outcomes.lock().expect("no panic").clone()
    }

    async fn send(&self, mut record: BaseRecord<'_, [u8], [u8], Box<Slot>>) {
        loop {
            match self.producer.send(record) {
                Ok(()) => return,
                Err((KafkaError::MessageProduction(Code::QueueFull), back)) => {
                    record = back;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err((error, back)) => {
                    let slot = back.delivery_opaque;
                    slot.waiting.set(slot.index, Outcome::Failed(cause(&error)));
                    return;
                }
            }
        }
    }
}

fn cause(error: &KafkaError) -> Cause {
    match error.rdkafka_error_code() {
        Some(Code::MessageSizeTooLarge) => Cause::TooLarge,
        Some(Code::UnknownPartition) => Cause::NoPartition,
        Some(Code::UnknownTopic | Code::UnknownTopicOrPartition) => Cause::NoTopic,
        Some(Code::MessageTimedOut) => Cause::TimedOut,
        _ => Cause::Other(error.to_string()),
    }
}

/// The records of one request that are on their way.
struct Waiting {
    outcomes: Mutex<Vec<Outcome>>,
    left: AtomicUsize,
    done: Mutex<Option<oneshot::Sender<()>>>,
}

impl Waiting {
    fn set(&self, index: usize, outcome: Outcome) {
        self.outcomes.lock().expect("no panic")[index] = outcome;
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1
            && let Some(done) = self.done.lock().expect("no panic").take()
        {
            // Nobody waits any more when the client has gone away.
            let _ = done.send(());
        }
    }
}

/// The place of one record among those.
struct Slot {
    waiting: Arc<Waiting>,
    index: usize,
}

/// Hears of each record what became of it.
struct Deliveries;

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<Slot>;

    fn delivery(&self, result: &DeliveryResult<'_>, slot: Self::DeliveryOpaque) {
        let outcome = match result {
            Ok(message) => {
                Outcome::Written { partition: message.partition(), offset: message.offset() }
            }
            Err((error, _)) => Outcome::Failed(cause(error)),
        };
        slot.waiting.set(slot.index, outcome);
    }
}
