//! A script over topics that someone fills record by record: what its queries write is taken as it
//! comes, and nothing is kept longer than a turn needs it.
//!
//! As in the rest of a replay there is one partition and every update is emitted. Queries read in
//! turns: [`Follow::turn`] ends one. Where two topics meet in a query, each turn's records are taken
//! in order of their timestamps. Not here: files, lines, clocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::input::{self, InputError};
use super::{Bytes, Replay, ReplayError, in_one_partition, output};
use crate::engine::{self, Engine, StartError, TURN_MS, processing_log};
use crate::exec::DropReason;
use crate::record::PartitionId;
use crate::sql::catalog::{Serde, Source, keys, values};
use crate::time::{Micros, Timestamp};
use crate::topic::{AppendError, Consumer, TopicConfig, TopicId};

/// Bytes that a topic keeps for queries that have not read them: those of a turn and of what
/// queries make of them must fit, and what does not is counted.
const RETENTION_BYTES: u64 = 64 << 20;

/// Turns end on the grid of stream time that a lab has in virtual time, or after so many records,
const MOST_RECORDS: usize = 2_048;
/// or bytes.
const MOST_BYTES: usize = 8 << 20;

/// Why a script cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FollowError {
    /// A topic to fill that nothing reads.
    #[error("no stream or table of the script is over the topic {topic}: {there}")]
    NotRead {
        /// Its name.
        topic: String,
        /// What there is.
        there: String,
    },
    /// A topic to follow that nothing writes.
    #[error("the script has no topic {topic}: {there}")]
    NotThere {
        /// Its name.
        topic: String,
        /// What there is.
        there: String,
    },
}

/// A topic that is followed.
#[derive(Debug)]
struct Followed {
    id: TopicId,
    consumer: Consumer,
    source: Source,
    taken: usize,
}

/// A record of a followed topic.
#[derive(Debug)]
pub struct Taken<'a> {
    record: Bytes,
    offset: usize,
    source: &'a Source,
}

impl Taken<'_> {
    /// As a replay writes it: `{"topic", "partition", "offset", "key", "value", "timestamp",
    /// "window"?}`.
    #[must_use]
    pub fn line(&self) -> String {
        output::line(&self.record, self.offset, self.source)
    }

    /// The value alone, as JSON.
    #[must_use]
    pub fn value(&self) -> String {
        output::value(&self.record, self.source)
    }

    /// The key as text: of a KAFKA key its value, of others their bytes.
    #[must_use]
    pub fn key(&self) -> String {
        output::key(&self.record, self.source)
    }
}

/// A script whose queries run.
#[derive(Debug)]
pub struct Follow {
    engine: Engine,
    inputs: BTreeMap<Arc<str>, (TopicId, Source)>,
    followed: Vec<Followed>,
    /// The largest timestamp that came.
    stream_time: Option<Timestamp>,
    waiting: Waiting,
}

/// What came since the last turn.
#[derive(Debug, Default)]
struct Waiting {
    records: usize,
    bytes: usize,
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        "there is none".to_owned()
    } else {
        format!("it has {}", names.join(", "))
    }
}

fn topic(name: &str) -> TopicConfig {
    TopicConfig { retention_bytes: Some(RETENTION_BYTES), ..TopicConfig::new(name, 1) }
}

impl Replay {
    /// Starts the queries. Records of `followed` are to be taken; without names, of every topic
    /// that a query writes.
    ///
    /// # Errors
    /// When a topic to follow is not there, a query does not start, or the values of an `INSERT`
    /// cannot be computed.
    pub fn follow(&self, followed: &[String]) -> Result<Follow, ReplayError> {
        let mut engine = Engine::default();
        let unnamed =
            |error: StartError| ReplayError::Start("of the script".to_owned(), Box::new(error));
        let mut inputs = BTreeMap::new();
        for (name, source) in &self.declared {
            let id = engine.create_topic(topic(name)).map_err(unnamed)?;
            inputs.insert(name.clone(), (id, source.clone()));
        }
        engine.log_errors();
        for (query, limits) in &self.queries {
            engine.set_limits(*limits);
            let pipeline = in_one_partition(query.pipeline.clone());
            let name = pipeline.name.clone();
            let failed = |error| ReplayError::Start(name, Box::new(error));
            engine.start(pipeline).map_err(failed)?;
        }
        let mut names: Vec<&str> = followed.iter().map(String::as_str).collect();
        if names.is_empty() {
            names = self.queries.iter().map(|(query, _)| &*query.sink.topic).collect();
            names.extend(self.shows_log.then_some(processing_log::TOPIC));
        }
        let mut taking: Vec<Followed> = Vec::new();
        for name in names {
            let Some((id, source)) = inputs.get(name) else {
                let there = listed(self.declared.keys().map(|name| &**name));
                return Err(FollowError::NotThere { topic: name.to_owned(), there }.into());
            };
            let Some(topic) = engine.topics().get(*id) else { continue };
            if taking.iter().all(|other| other.id != *id) {
                let (consumer, source) = (Consumer::from_start(topic), source.clone());
                taking.push(Followed { id: *id, consumer, source, taken: 0 });
            }
        }
        let mut follow = Follow {
            engine,
            inputs,
            followed: taking,
            stream_time: None,
            waiting: Waiting::default(),
        };
        for insert in &self.inserts {
            follow.append(&insert.target.topic, &self.inserted(insert)?);
        }
        Ok(follow)
    }
}

impl Follow {
    /// Whether the script reads a topic, so that it can be filled.
    ///
    /// # Errors
    /// When not, with what there is.
    pub fn check_input(&self, topic: &str) -> Result<(), FollowError> {
        if self.inputs.contains_key(topic) {
            return Ok(());
        }
        let there = listed(self.inputs.keys().map(|name| &**name));
        Err(FollowError::NotRead { topic: topic.to_owned(), there })
    }

    /// Adds a record to a topic of the script. Key and value are text: their bytes, or for KAFKA
    /// numbers the text of the number. An empty key is none.
    ///
    /// # Errors
    /// When the text is no number of the column's type, or the record is over the topic's limit;
    /// `index` says which it is.
    pub fn append_text(
        &mut self,
        name: &str,
        index: usize,
        (key, value): (Option<&[u8]>, Option<&[u8]>),
        timestamp: Timestamp,
    ) -> Result<(), InputError> {
        let Some((_, source)) = self.inputs.get(name) else { return Ok(()) };
        let wrong =
            |(text, data_type)| InputError::Type { index, topic: name.to_owned(), text, data_type };
        let key_type = keys(&source.schema).next().map(|field| &field.data_type);
        let value_type = values(&source.schema).next().map(|field| &field.data_type);
        let bytes = |text: Option<&[u8]>, format, data_type| match (text, format) {
            (Some(text), Serde::Kafka) => input::kafka_text(text, data_type).map(Some),
            (text, _) => Ok(text.map(<[u8]>::to_vec)),
        };
        let key = bytes(key, source.key_format, key_type).map_err(wrong)?;
        let value = bytes(value, source.value_format, value_type).map_err(wrong)?;
        let record = Bytes { key, value, timestamp: timestamp.0 };
        self.append(name, &record)
            .map_or(Ok(()), |why| Err(InputError::Refused { index, topic: name.to_owned(), why }))
    }

    /// Whether a turn ends before a record of this time: turns follow from the records alone.
    #[must_use]
    pub fn is_due(&self, next: Timestamp) -> bool {
        let grid = |time: Timestamp| time.0.div_euclid(TURN_MS);
        self.waiting.records >= MOST_RECORDS
            || self.waiting.bytes >= MOST_BYTES
            || self.stream_time.is_some_and(|time| grid(next) > grid(time))
    }

    /// Adds a record; why it was refused, if it was.
    fn append(&mut self, name: &str, record: &Bytes) -> Option<AppendError> {
        let (id, _) = self.inputs.get(name)?;
        self.stream_time = self.stream_time.max(Some(Timestamp(record.timestamp)));
        self.waiting.records += 1;
        self.waiting.bytes += record.value.as_ref().map_or(0, Vec::len);
        let topic = self.engine.topics_mut().get_mut(*id)?;
        let (key, value) = (record.key.as_deref(), record.value.as_deref());
        topic.append(PartitionId(0), key, value, &[], Timestamp(record.timestamp)).err()
    }

    /// Lets the queries read what is there and gives `each` record that is new in the followed
    /// topics.
    ///
    /// # Errors
    /// When a query stopped, after giving what was written until then.
    pub fn turn(&mut self, each: &mut dyn FnMut(&Taken<'_>)) -> Result<(), ReplayError> {
        self.waiting = Waiting::default();
        let clock = self.stream_time.unwrap_or(Timestamp(0));
        self.engine.turn(Micros::from_timestamp(clock));
        for followed in &mut self.followed {
            let Some(topic) = self.engine.topics().get(followed.id) else { continue };
            let Followed { consumer, source, taken, .. } = followed;
            consumer.poll(topic, usize::MAX, usize::MAX, |record| {
                let record = Bytes {
                    key: record.key.map(<[u8]>::to_vec),
                    value: record.value.map(<[u8]>::to_vec),
                    timestamp: record.timestamp.0,
                };
                each(&Taken { record, offset: *taken, source });
                *taken += 1;
            });
        }
        match self.engine.queries().find(|query| query.failure().is_some()) {
            Some(query) => {
                let name = query.pipeline().name.clone();
                let why = query.failure().unwrap_or_default().to_owned();
                Err(ReplayError::Stopped(name, why))
            }
            None => Ok(()),
        }
    }

    /// What was left out so far, by query and reason.
    #[must_use]
    pub fn drops(&self) -> Vec<(String, DropReason, u64)> {
        let topics = self.engine.topics();
        let of = |query: &engine::Query| {
            let name = query.pipeline().name.clone();
            let drops: Vec<_> = query.stats(topics).drops.iter().collect();
            drops.into_iter().map(move |(reason, count)| (name.clone(), reason, count))
        };
        let mut all: Vec<_> = self.engine.queries().flat_map(of).collect();
        for followed in &self.followed {
            let lost = followed.consumer.lost_to_retention();
            if lost > 0 {
                let name = format!("following {}", followed.source.topic);
                all.push((name, DropReason::Removed, lost));
            }
        }
        all
    }
}
