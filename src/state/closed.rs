//! Results of closed windows, which can still be queried until their retention ends.
//!
//! A closed window never changes: its value is kept, not its state.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::keys::KeyTable;
use crate::chunk::{Chunk, Column, Window};
use crate::time::Timestamp;
use crate::value::DataType;

/// Rows that are dropped together.
const BATCH_ROWS: usize = 1_024;

/// Rows in the order in which their windows closed, so in order of their windows' ends.
#[derive(Debug, Serialize, Deserialize)]
struct Batch {
    keys: Vec<u32>,
    /// Value columns only.
    rows: Chunk,
}

/// Closed windows of every partition.
#[derive(Debug, Serialize, Deserialize)]
pub struct ClosedStore {
    types: Vec<DataType>,
    retention_ms: i64,
    partitions: BTreeMap<u32, VecDeque<Batch>>,
}

/// A row of a closed window.
#[derive(Clone, Copy, Debug)]
pub struct ClosedRow<'a> {
    /// The key.
    pub key: u32,
    /// The values and, at `row`, timestamp, offset, partition and window.
    pub chunk: &'a Chunk,
    /// The row in `chunk`.
    pub row: usize,
}

/// Where and when a closed window's row belongs.
#[derive(Clone, Copy, Debug)]
pub struct ClosedMeta {
    /// The partition.
    pub partition: u32,
    /// The key.
    pub key: u32,
    /// The window.
    pub window: Window,
    /// The largest timestamp of its records.
    pub timestamp: i64,
    /// The largest offset of its records.
    pub offset: i64,
}

impl ClosedStore {
    /// Keeps rows with value columns of these types until `retention_ms` after their window's end.
    #[must_use]
    pub const fn new(types: Vec<DataType>, retention_ms: i64) -> Self {
        Self { types, retention_ms, partitions: BTreeMap::new() }
    }

    /// Whether a window that closes at `stream_time` is to be kept at all: sessions are not, with the
    /// least retention.
    #[must_use]
    pub const fn keeps(&self, window: Window, stream_time: i64) -> bool {
        window.end.plus_ms(self.retention_ms).0 > stream_time
    }

    /// Adds a row, which is given back; `values` must add one value to every column that it is
    /// given.
    pub fn push(
        &mut self,
        meta: ClosedMeta,
        keys: &mut KeyTable,
        values: impl FnOnce(&mut [Column]),
    ) -> ClosedRow<'_> {
        let batches = self.partitions.entry(meta.partition).or_default();
        if batches.back().is_none_or(|batch| batch.keys.len() >= BATCH_ROWS) {
            batches.push_back(Batch { keys: Vec::new(), rows: Chunk::new(&self.types) });
        }
        let batch = batches.back_mut().expect("one was pushed");
        keys.retain(meta.key);
        batch.keys.push(meta.key);
        batch.rows.timestamps.push(Timestamp(meta.timestamp));
        batch.rows.partitions.push(meta.partition);
        batch.rows.offsets.push(meta.offset);
        batch.rows.windows.push(meta.window);
        values(&mut batch.rows.columns);
        ClosedRow { key: meta.key, chunk: &batch.rows, row: batch.keys.len() - 1 }
    }

    /// Drops the batches whose windows have all outlived their retention at `stream_time`.
    pub fn expire(&mut self, partition: u32, stream_time: i64, keys: &mut KeyTable) {
        let Some(batches) = self.partitions.get_mut(&partition) else { return };
        let retention_ms = self.retention_ms;
        // Windows close in order of their ends, so the last one of a batch is the last to go.
        let is_over = |batch: &Batch| {
            let newest = batch.rows.windows.last();
            newest.is_none_or(|window| window.end.plus_ms(retention_ms).0 <= stream_time)
        };
        while batches.front().is_some_and(is_over) {
            for key in batches.pop_front().expect("there is a front").keys {
                keys.release(key);
            }
        }
    }

    /// The rows that are still in retention at their partition's stream time.
    pub fn rows(&self, stream_time: impl Fn(u32) -> i64) -> impl Iterator<Item = ClosedRow<'_>> {
        self.partitions.iter().flat_map(move |(partition, batches)| {
            let oldest = stream_time(*partition).saturating_sub(self.retention_ms);
            batches.iter().flat_map(move |batch| {
                (0..batch.keys.len())
                    .filter(move |&row| batch.rows.windows[row].end.0 > oldest)
                    .map(move |row| ClosedRow { key: batch.keys[row], chunk: &batch.rows, row })
            })
        })
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.partitions.values().flatten().map(|batch| batch.keys.len()).sum()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory in bytes, nested values counted by their handles only.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.len() * (4 + 40 + self.types.len() * 17)
    }
}
