//! Which rows are of one key: the key's columns, the partition, and the window of a windowed key.
//!
//! Tables and joins find what they hold by it. Not here: what they hold.

use crate::chunk::{Chunk, Column, ColumnData};
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, put};
use crate::state::keys::{KeyTable, hash_rows};
use crate::value::DataType;

/// Numbers for the keys of rows.
#[derive(Debug)]
pub struct RowKeys {
    keys: KeyTable,
    columns: usize,
    is_windowed: bool,
    /// What belongs to the identity besides the key's own columns: start and end of the window,
    /// and which of several key columns are NULL.
    extra: Vec<Column>,
    hashes: Vec<u64>,
    ids: Vec<u32>,
}

impl RowKeys {
    /// For rows whose first columns, of these types, are the key.
    #[must_use]
    pub fn new(key_types: &[DataType], is_windowed: bool) -> Self {
        let mut extra = Vec::new();
        if is_windowed {
            extra.extend([Column::new(&DataType::BigInt), Column::new(&DataType::BigInt)]);
        }
        if key_types.len() > 1 {
            extra.push(Column::new(&DataType::BigInt));
        }
        let types = key_types.iter().chain(extra.iter().map(|column| &column.data_type));
        Self {
            keys: KeyTable::new(types.cloned().collect()),
            columns: key_types.len(),
            is_windowed,
            extra,
            hashes: Vec::new(),
            ids: Vec::new(),
        }
    }

    /// Finds the key of every row; [`RowKeys::id`] then gives them until [`RowKeys::sweep`].
    pub fn assign(&mut self, chunk: &Chunk) {
        self.fill_extra(chunk);
        let columns: Vec<&Column> =
            chunk.columns[..self.columns].iter().chain(&self.extra).collect();
        hash_rows(&columns, &chunk.partitions, chunk.len(), &mut self.hashes);
        self.ids.clear();
        for (row, &hash) in self.hashes.iter().enumerate() {
            let has_key = columns[..self.columns].iter().any(|column| column.valid[row]);
            self.ids.push(if has_key {
                let scope = chunk.partitions[row];
                self.keys.find_or_insert(&columns, row, (hash, scope), || scope)
            } else {
                NONE
            });
        }
    }

    fn fill_extra(&mut self, chunk: &Chunk) {
        let mut columns = self.extra.iter_mut();
        if self.is_windowed {
            let starts = chunk.windows.iter().map(|window| window.start.0);
            fill(columns.next().expect("a start"), starts);
            let ends = chunk.windows.iter().map(|window| window.end.0);
            fill(columns.next().expect("an end"), ends);
        }
        if let Some(nulls) = columns.next() {
            let keys = &chunk.columns[..self.columns];
            let mask = |row: usize| {
                keys.iter().fold(0, |mask, column| mask << 1 | i64::from(!column.valid[row]))
            };
            fill(nulls, (0..chunk.len()).map(mask));
        }
    }

    /// The number of a row's key; [`NONE`] when all of its columns are NULL.
    #[must_use]
    #[inline]
    pub fn id(&self, row: usize) -> u32 {
        self.ids[row]
    }

    /// Number of key columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// All keys.
    #[must_use]
    pub const fn table(&self) -> &KeyTable {
        &self.keys
    }

    /// Keeps a key until it is released as often.
    pub fn retain(&mut self, id: u32) {
        self.keys.retain(id);
    }

    /// Undoes one [`RowKeys::retain`].
    pub fn release(&mut self, id: u32) {
        self.keys.release(id);
    }

    /// Forgets the keys that nothing refers to.
    pub fn sweep(&mut self) {
        self.keys.sweep();
    }

    /// Adds the keys to a checkpoint.
    pub fn checkpoint(&self, out: &mut Vec<u8>) {
        put(out, "keys", &self.keys);
    }

    /// Replaces the keys by a checkpoint's.
    ///
    /// # Errors
    /// When the checkpoint has others.
    pub fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        let keys: KeyTable = from.read("keys")?;
        if keys.types() != self.keys.types() {
            return Err(CheckpointError::OtherPipeline);
        }
        self.keys = keys;
        self.keys.rebuild();
        Ok(())
    }

    /// Memory in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.keys.size_bytes()
    }
}

fn fill(column: &mut Column, values: impl Iterator<Item = i64>) {
    column.clear();
    let ColumnData::BigInt(data) = &mut column.data else { unreachable!("a BIGINT column") };
    data.extend(values);
    column.valid.resize(data.len(), true);
}
