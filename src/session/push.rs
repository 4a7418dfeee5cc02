//! Queries of one's own: push queries and `PRINT`, whose rows wait until they are taken, and pull
//! queries, which are answered at once.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::chunk::Chunk;
use crate::exec::limits::MOST_TURN_BYTES;
use crate::exec::{Limits, Task};
use crate::format::json;
use crate::plan::Op;
use crate::record::{Offset, PartitionId, Record};
use crate::schema::Schema;
use crate::sql::analyzer::{Selected, show_type};
use crate::sql::ast::{Print, SourceKind};
use crate::time::Timestamp;
use crate::topic::{Consumer, Topic, TopicConfig, Topics};

use super::answer::ResultColumn;

/// The most rows that wait to be taken: older ones make room, and are counted.
pub const MOST_WAITING: usize = 1_000;
/// The most rows of a pull query.
pub const MOST_ROWS: usize = 10_000;
/// Records that are read at a time.
const BATCH: usize = 1_024;

/// Rows of a push query, since they were last taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PushRows {
    /// Each cell is the JSON of its value.
    pub rows: Vec<Vec<String>>,
    /// Rows that made room for newer ones before they were taken.
    #[cfg_attr(test, ts(type = "number"))]
    pub dropped: u64,
    /// Whether no more will come: the limit is reached, or it stopped.
    pub ended: bool,
    /// Why it stopped, if it did.
    pub failure: Option<String>,
}

enum Reads {
    Query { task: Box<Task>, node: usize },
    Topic { consumer: Consumer, name: String, every: u64, seen: u64 },
}

/// A push query or a `PRINT`.
pub struct Push {
    /// Its number.
    pub id: u32,
    reads: Reads,
    waiting: VecDeque<Vec<String>>,
    dropped: u64,
    left: Option<u64>,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The columns of a result.
pub fn columns(schema: &Schema) -> Vec<ResultColumn> {
    let column = |field: &crate::schema::Field| ResultColumn {
        name: field.name.to_string(),
        data_type: show_type(&field.data_type),
    };
    schema.fields.iter().map(column).collect()
}

/// The columns of `PRINT`.
pub fn print_columns() -> Vec<ResultColumn> {
    let columns = [
        ("ROWTIME", "BIGINT"),
        ("PARTITION", "INTEGER"),
        ("OFFSET", "BIGINT"),
        ("KEY", "VARCHAR"),
        ("VALUE", "VARCHAR"),
    ];
    columns
        .map(|(name, data_type)| ResultColumn { name: name.into(), data_type: data_type.into() })
        .to_vec()
}

impl Push {
    /// A push query over what comes, or `from_start` over what is there too.
    ///
    /// # Errors
    /// When its plan cannot be started.
    pub fn select(
        id: u32,
        selected: &Selected,
        from_start: bool,
        limits: Limits,
        topics: &mut Topics,
    ) -> Result<Self, String> {
        let task = Task::new(&selected.pipeline, topics).map_err(|error| error.to_string())?;
        let mut task = task.with_limits(limits);
        if !from_start {
            task.skip_to_end(topics);
        }
        task.subscribe(selected.node);
        let reads = Reads::Query { task: Box::new(task), node: selected.node };
        let left = selected.limit;
        Ok(Self { id, reads, waiting: VecDeque::new(), dropped: 0, left })
    }

    /// `PRINT`
    pub fn print(id: u32, print: &Print, topic: &Topic) -> Self {
        let consumer = if print.from_beginning {
            Consumer::from_start(topic)
        } else {
            Consumer::from_end(topic)
        };
        let every = print.sampling.map_or(1, |sampling| sampling.every.max(1));
        let name = topic.name().to_owned();
        let reads = Reads::Topic { consumer, name, every, seen: 0 };
        Self { id, reads, waiting: VecDeque::new(), dropped: 0, left: print.limit }
    }

    /// Reads what is there, up to the limit.
    pub fn poll(&mut self, now: Timestamp, topics: &mut Topics) {
        if self.left == Some(0) {
            return;
        }
        let mut rows = Vec::new();
        match &mut self.reads {
            Reads::Query { task, node } => {
                let mut chunk = task.new_chunk(*node);
                let end = task.work().saturating_add(MOST_TURN_BYTES);
                loop {
                    // Row by row where few are wanted, so that the limit bounds the work.
                    let most = if self.left.is_some_and(|left| left < 64) { 1 } else { BATCH };
                    let read = task.poll(topics, most);
                    if read == 0 {
                        task.commit(now, topics);
                    }
                    task.take_rows(*node, &mut chunk);
                    rows.extend(cells(&chunk));
                    chunk.clear();
                    let enough = self.left.is_some_and(|left| rows.len() as u64 >= left);
                    if read == 0 || enough || task.work() >= end {
                        break;
                    }
                    if rows.len() > MOST_WAITING {
                        self.dropped += (rows.len() - MOST_WAITING) as u64;
                        rows.drain(..rows.len() - MOST_WAITING);
                    }
                }
            }
            Reads::Topic { consumer, name, every, seen } => {
                let Some(topic) = topics.by_name(name) else { return };
                let left = self.left;
                while left.is_none_or(|left| (rows.len() as u64) < left) {
                    let read = consumer.poll(topic, 1, usize::MAX, |record| {
                        if seen.is_multiple_of(*every) {
                            rows.push(printed(&record));
                        }
                        *seen += 1;
                    });
                    if read == 0 {
                        break;
                    }
                }
            }
        }
        if let Some(left) = &mut self.left {
            rows.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= rows.len() as u64;
        }
        self.waiting.extend(rows);
        while self.waiting.len() > MOST_WAITING {
            self.waiting.pop_front();
            self.dropped += 1;
        }
    }

    /// The rows since the last time.
    pub fn take(&mut self) -> PushRows {
        let failure = match &self.reads {
            Reads::Query { task, .. } => task.failure().map(ToOwned::to_owned),
            Reads::Topic { .. } => None,
        };
        PushRows {
            rows: self.waiting.drain(..).collect(),
            dropped: std::mem::take(&mut self.dropped),
            ended: self.left == Some(0) || failure.is_some(),
            failure,
        }
    }
}

/// The rows of a chunk but for tombstones; each cell is JSON.
fn cells(chunk: &Chunk) -> impl Iterator<Item = Vec<String>> {
    (0..chunk.len()).filter(|row| !chunk.is_tombstone(*row)).map(|row| {
        let cell = |column| {
            let mut out = Vec::new();
            json::write_value(&mut out, column, row);
            String::from_utf8_lossy(&out).into_owned()
        };
        chunk.columns.iter().map(cell).collect()
    })
}

fn printed(record: &Record<'_>) -> Vec<String> {
    let text = |bytes: Option<&[u8]>| match bytes {
        None => "null".to_owned(),
        Some(bytes) => {
            let mut out = Vec::new();
            json::write_string(&mut out, &String::from_utf8_lossy(bytes));
            String::from_utf8_lossy(&out).into_owned()
        }
    };
    vec![
        record.timestamp.0.to_string(),
        record.partition.0.to_string(),
        record.offset.0.to_string(),
        text(record.key),
        text(record.value),
    ]
}

/// The rows of a pull query, and what is to be known of them.
///
/// A table is what the last record of each key in its topic says; a stream is all its records.
///
/// # Errors
/// When its plan cannot be started or stopped at a record.
pub fn pull(
    selected: &Selected,
    table: bool,
    limits: Limits,
    topics: &mut Topics,
) -> Result<(Vec<Vec<String>>, Vec<String>), String> {
    let mut notes = Vec::new();
    let mut pipeline = selected.pipeline.clone();
    let mut scratch = Topics::default();
    let mut over = topics;
    if table {
        for node in &mut pipeline.nodes {
            if let Op::Source(source) = &mut node.op {
                // The last record of each key is a row like others: nothing can take it back.
                source.table = false;
                let Some(topic) = over.by_name(&source.topic) else {
                    return Err(format!("there is no topic {}", source.topic));
                };
                let removed = topic.stats().removed_records;
                if removed > 0 {
                    notes.push(format!(
                        "retention has removed {removed} records of the topic {}: keys that were \
                         not updated since are missing",
                        source.topic
                    ));
                }
                compacted(topic, &mut scratch)?;
            }
        }
        over = &mut scratch;
    }
    let task = Task::new(&pipeline, over).map_err(|error| error.to_string())?;
    let mut task = task.with_limits(limits);
    task.subscribe(selected.node);
    let mut chunk = task.new_chunk(selected.node);
    let limit = selected
        .limit
        .map_or(MOST_ROWS, |limit| usize::try_from(limit).unwrap_or(MOST_ROWS).min(MOST_ROWS));
    let mut rows: Vec<Vec<String>> = Vec::new();
    while rows.len() <= limit {
        let read = task.poll(over, BATCH);
        task.take_rows(selected.node, &mut chunk);
        rows.extend(cells(&chunk));
        chunk.clear();
        if read == 0 {
            break;
        }
    }
    if let Some(failure) = task.failure() {
        return Err(failure.to_owned());
    }
    if rows.len() > limit {
        rows.truncate(limit);
        if selected.limit.is_none_or(|asked| asked > limit as u64) {
            notes.push(format!("only the first {limit} rows are shown"));
        }
    }
    debug_assert!(selected.kind == SourceKind::Stream || table);
    Ok((rows, notes))
}

/// Copies the last record of each key of a topic, in order of the keys' bytes.
fn compacted(topic: &Topic, into: &mut Topics) -> Result<(), String> {
    let mut last: BTreeMap<&[u8], (PartitionId, Offset)> = BTreeMap::new();
    for partition in (0..topic.partitions()).map(PartitionId) {
        let (Some(from), Some(to)) = (topic.log_start(partition), topic.log_end(partition)) else {
            continue;
        };
        for offset in from.0..to.0 {
            let Some(record) = topic.read_at(partition, Offset(offset)) else { continue };
            let Some(key) = record.key else { continue };
            match record.value {
                Some(_) => last.insert(key, (partition, record.offset)),
                None => last.remove(key),
            };
        }
    }
    let config =
        TopicConfig { retention_bytes: None, retention_ms: None, ..topic.config().clone() };
    let id = into.get_or_create(config).map_err(|error| error.to_string())?;
    let Some(copy) = into.get_mut(id) else { return Ok(()) };
    for (partition, offset) in last.into_values() {
        let Some(record) = topic.read_at(partition, offset) else { continue };
        // It was in a topic of the same settings: it fits.
        let _ = copy.append(partition, record.key, record.value, record.headers, record.timestamp);
    }
    Ok(())
}
