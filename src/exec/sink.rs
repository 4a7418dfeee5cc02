//! Rows to records: writes results to a topic.

use std::sync::Arc;

use super::errors::{Errors, RESULT_WITHOUT_TIME};
use super::event_time::EventTime;
use super::reader::{FormatError, check_formats};
use super::{DropReason, Drops};
use crate::chunk::{Chunk, Column, Window};
use crate::format::{delimited, json, kafka};
use crate::plan::{Format, OnError, Sink};
use crate::record::{Offset, PartitionId};
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::topic::{AppendError, Topic, TopicId, Topics, partition_for_key};
use crate::window::WindowSpec;

/// Writes rows to a topic. Reuses its buffers.
#[derive(Debug)]
pub struct SinkWriter {
    topic: TopicId,
    key_format: Format,
    null_keys: bool,
    value_format: Format,
    names: Vec<Arc<str>>,
    keys: usize,
    window: Option<WindowSpec>,
    timestamp: Option<EventTime>,
    failure: Option<String>,
    key: Vec<u8>,
    value: Vec<u8>,
}

impl SinkWriter {
    /// Writes rows of this schema, whose keys have a window if `window` is one, to `topic`.
    ///
    /// # Errors
    /// When the formats do not fit the columns.
    pub fn new(
        plan: &Sink,
        schema: &Schema,
        window: Option<WindowSpec>,
        topic: TopicId,
    ) -> Result<Self, FormatError> {
        let keys = check_formats(schema, plan.key_format, plan.value_format)?;
        let timestamp = plan.timestamp.as_ref().map(|t| EventTime::new(t, schema)).transpose()?;
        Ok(Self {
            topic,
            timestamp,
            failure: None,
            key_format: plan.key_format,
            null_keys: plan.null_keys,
            value_format: plan.value_format,
            names: schema.fields.iter().map(|field| field.name.clone()).collect(),
            keys,
            window,
            key: Vec::new(),
            value: Vec::new(),
        })
    }

    /// Appends every row; returns how many the topic took. What it refuses is counted and logged.
    pub fn write(
        &mut self,
        chunk: &Chunk,
        topics: &mut Topics,
        drops: &mut Drops,
        errors: &mut Errors,
    ) -> u64 {
        // What writes to a topic keeps it from being dropped.
        let Some(topic) = topics.get_mut(self.topic) else {
            drops.add(DropReason::Unwritable, chunk.len() as u64);
            return 0;
        };
        let mut written = 0;
        for row in 0..chunk.len() {
            let Some(timestamp) = self.timestamp_of(chunk, row) else {
                drops.add(DropReason::InvalidTimestamp, 1);
                errors.result_without_time(chunk, row, &self.names);
                continue;
            };
            match self.write_row(chunk, row, timestamp, topic) {
                Ok(_) => written += 1,
                Err(why) => {
                    drops.add(DropReason::Unwritable, 1);
                    errors.production(&why);
                }
            }
        }
        written
    }

    /// Why the query has to stop, if it has.
    pub fn take_failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    fn timestamp_of(&mut self, chunk: &Chunk, row: usize) -> Option<Timestamp> {
        let Some(time) = self.timestamp.as_ref().filter(|_| !chunk.is_tombstone(row)) else {
            return Some(chunk.timestamps[row]);
        };
        let timestamp = time.of(&chunk.columns, row);
        if timestamp.is_none() && time.on_invalid() == OnError::Fail && self.failure.is_none() {
            self.failure = Some(RESULT_WITHOUT_TIME.to_owned());
        }
        timestamp.map(Timestamp)
    }

    fn write_row(
        &mut self,
        chunk: &Chunk,
        row: usize,
        timestamp: Timestamp,
        topic: &mut Topic,
    ) -> Result<Offset, AppendError> {
        let (keys, values) = chunk.columns.split_at(self.keys);
        self.key.clear();
        let has_key =
            write_key(&mut self.key, self.key_format, &self.names, keys, row, self.null_keys);
        // As Kafka Streams, the partition is that of the key without its window.
        let partition = if has_key {
            partition_for_key(&self.key, topic.partitions())
        } else {
            PartitionId(chunk.partitions[row] % topic.partitions())
        };
        if let (true, Some(window)) = (has_key, chunk.windows.get(row)) {
            self.write_window(*window);
        }
        self.value.clear();
        let value_names = &self.names[self.keys..];
        let has_value = !chunk.is_tombstone(row)
            && write_value(&mut self.value, self.value_format, value_names, values, row);
        let key = has_key.then_some(self.key.as_slice());
        let value = has_value.then_some(self.value.as_slice());
        topic.append(partition, key, value, &[], timestamp)
    }

    fn write_window(&mut self, window: Window) {
        match self.window {
            Some(WindowSpec::Session(_)) => kafka::write_session_window(&mut self.key, window),
            Some(_) => kafka::write_time_window(&mut self.key, window),
            None => {}
        }
    }
}

/// Writes a key; `false` when there is none. JSON keys of one column are bare.
fn write_key(
    out: &mut Vec<u8>,
    format: Format,
    names: &[Arc<str>],
    columns: &[Column],
    row: usize,
    null_keys: bool,
) -> bool {
    let any = columns.iter().any(|column| column.valid[row]) || null_keys && columns.len() > 1;
    match (format, columns) {
        (Format::None, _) | (_, []) => false,
        (Format::Delimited(delimiter), _) => {
            any && delimited::write(out, delimiter, columns, row).is_ok()
        }
        (Format::Kafka, [column, ..]) => kafka::write(out, column, row).unwrap_or(false),
        (Format::Json | Format::JsonBare, [column]) => {
            json::write_value(out, column, row);
            any
        }
        (Format::Json | Format::JsonBare, _) => {
            json::write_row(out, &names[..columns.len()], columns, row);
            any
        }
    }
}

/// Writes a value; `false` when there is none.
fn write_value(
    out: &mut Vec<u8>,
    format: Format,
    names: &[Arc<str>],
    columns: &[Column],
    row: usize,
) -> bool {
    match (format, columns) {
        (Format::None, _) => false,
        (Format::Delimited(delimiter), _) => delimited::write(out, delimiter, columns, row).is_ok(),
        (Format::JsonBare, [column]) if column.valid[row] => {
            json::write_value(out, column, row);
            true
        }
        (Format::JsonBare, _) => false,
        (Format::Json, _) => {
            json::write_row(out, names, columns, row);
            true
        }
        (Format::Kafka, [column]) => kafka::write(out, column, row).unwrap_or(false),
        (Format::Kafka, _) => false,
    }
}
