//! The reading end of a task: from a topic's records to a chunk of rows.

use super::PlanErrorKind;
use super::feed::Before;
use crate::exec::reader::{RecordError, RecordReader};
use crate::exec::shared::{Share, SharedReads, Taking};
use crate::exec::split::{append, dead_letter_headers};
use crate::exec::{Collector, DropReason};
use crate::plan;
use crate::record::{PartitionId, Record};
use crate::topic::config::MAX_BYTES;
use crate::topic::{Consumer, TopicConfig, TopicId, Topics};

/// Bytes of records that are read before they are processed.
const CHUNK_BYTES: usize = 16 << 20;

/// Room for the headers of a dead letter above the largest record of the source.
const DEAD_LETTER_HEADROOM: u32 = 4 << 10;

/// Reads rows from a topic.
pub(super) struct Source {
    pub plan: plan::Source,
    pub topic: TopicId,
    pub consumer: Consumer,
    pub failure: Option<String>,
    /// Where others read the same, if they do.
    pub share: Option<Share>,
    reader: RecordReader,
    dead_letters: Option<TopicId>,
}

impl Source {
    /// At the start of its topic.
    pub fn new(plan: &plan::Source, topics: &mut Topics) -> Result<Self, PlanErrorKind> {
        let missing = || PlanErrorKind::NoTopic(plan.topic.clone());
        let topic = topics.id(&plan.topic).ok_or_else(missing)?;
        let input = topics.get(topic).ok_or_else(missing)?;
        let (consumer, config) = (Consumer::from_start(input), input.config().clone());
        let dead_letters = match &plan.dead_letters {
            Some(name) if *name == plan.topic => {
                return Err(PlanErrorKind::DeadLettersToSource(name.clone()));
            }
            Some(name) => {
                let max_record_bytes =
                    (config.max_record_bytes + DEAD_LETTER_HEADROOM).min(MAX_BYTES);
                let config = TopicConfig { name: name.clone(), max_record_bytes, ..config };
                Some(topics.get_or_create(config)?)
            }
            None => None,
        };
        let reader = RecordReader::new(plan)?;
        let plan = plan.clone();
        Ok(Self { plan, topic, consumer, failure: None, share: None, reader, dead_letters })
    }

    /// Reads records into the output: of all partitions in the order of their arrival, or of one
    /// partition those before a time. Returns how many there were.
    pub fn read(
        &mut self,
        topics: &mut Topics,
        shared: &mut SharedReads,
        max_records: usize,
        of: Option<(PartitionId, Before)>,
        collector: &mut Collector,
    ) -> usize {
        let Self { topic, consumer, failure, share, reader, dead_letters, .. } = self;
        let Collector { output, drops, errors, .. } = collector;
        let mut taking = share.as_ref().and_then(|share| Taking::new(share, shared));
        let mut from = None;
        if let (Some(taking), Some(input), None) = (&mut taking, topics.get(*topic), of) {
            if let Some(taken) = taking.follow(consumer, input, max_records) {
                taking.flush(reader.system_columns(), output);
                return taken;
            }
            from = Some(consumer.clone());
        }
        let read = topics.with(*topic, |topic, others| {
            let each = |record: Record<'_>| {
                if failure.is_some() {
                    return;
                }
                let read = match &mut taking {
                    Some(taking) => taking.read(reader, &record, output),
                    None => reader.read(&record, output),
                };
                let Err(error) = read else { return };
                drops.add(error.reason(), 1);
                errors.record(&error, &record, topic.name());
                if reader.stops_at(&error) {
                    let at = format!("{}-{}@{}", topic.name(), record.partition.0, record.offset.0);
                    *failure = Some(format!("{at}: {error}"));
                }
                if let Some(to) = dead_letters.filter(|_| !matches!(error, RecordError::NoKey)) {
                    let headers = dead_letter_headers(&record, topic.name(), error.to_string());
                    let partitions = topic.partitions();
                    if append(&record, &headers, partitions, to, others).is_err() {
                        drops.add(DropReason::Unwritable, 1);
                    }
                }
            };
            match of {
                None => consumer.poll(topic, max_records, CHUNK_BYTES, each),
                Some((partition, before)) => {
                    let wanted = |timestamp| before.is_wanted(timestamp);
                    consumer.poll_partition(topic, partition, max_records, wanted, each)
                }
            }
        });
        let read = read.unwrap_or(0);
        if let Some(taking) = &mut taking {
            if let Some(from) = from {
                taking.lead(from, consumer, read);
            }
            taking.flush(reader.system_columns(), output);
        }
        read
    }
}
