//! Rows that an operator keeps: values of some columns, NULLs among them, by number.
//!
//! The values are bytes in one arena, so that keeping a row allocates nothing of its own. Not here:
//! which key a row belongs to and how long it is kept.

use serde::{Deserialize, Serialize};

use super::keys::{encode, push_decoded};
use crate::chunk::Column;
use crate::value::DataType;

/// Bytes of removed rows that are always let be.
const LEAST_DEAD_BYTES: u32 = 1 << 16;

/// Rows by number. A removed one's number is used again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowStore {
    types: Vec<DataType>,
    /// Start and length in `arena`; the length of a removed row is [`u32::MAX`].
    spans: Vec<(u32, u32)>,
    free: Vec<u32>,
    arena: Vec<u8>,
    dead_bytes: u32,
}

const REMOVED: u32 = u32::MAX;

impl RowStore {
    /// No rows, of columns of these types.
    #[must_use]
    pub const fn new(types: Vec<DataType>) -> Self {
        Self { types, spans: Vec::new(), free: Vec::new(), arena: Vec::new(), dead_bytes: 0 }
    }

    /// The types of the columns.
    #[must_use]
    pub fn types(&self) -> &[DataType] {
        &self.types
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len() - self.free.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps the values at `row` of columns of the store's types; gives the row's number.
    ///
    /// # Panics
    /// When the rows would pass 4 GiB.
    pub fn insert<'a>(&mut self, columns: impl IntoIterator<Item = &'a Column>, row: usize) -> u32 {
        let start = self.arena.len();
        for column in columns {
            self.arena.push(u8::from(column.valid[row]));
            if column.valid[row] {
                encode(column, row, &mut self.arena);
            }
        }
        u32::try_from(self.arena.len()).expect("rows are under 4 GiB");
        let span = (start as u32, (self.arena.len() - start) as u32);
        match self.free.pop() {
            Some(id) => {
                self.spans[id as usize] = span;
                id
            }
            None => {
                self.spans.push(span);
                self.spans.len() as u32 - 1
            }
        }
    }

    /// Adds a row's values to columns of the store's types.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn push_into(&self, id: u32, out: &mut [Column]) {
        let (start, length) = self.spans[id as usize];
        let mut bytes = &self.arena[start as usize..(start + length) as usize];
        for (data_type, column) in self.types.iter().zip(out) {
            let (is_there, rest) = bytes.split_first().expect("a whole row");
            bytes = rest;
            if *is_there == 0 {
                column.push_null();
            } else {
                push_decoded(data_type, &mut bytes, column);
            }
        }
    }

    /// Forgets a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn remove(&mut self, id: u32) {
        let span = &mut self.spans[id as usize];
        assert!(span.1 != REMOVED, "row {id} was removed before");
        self.dead_bytes += span.1;
        *span = (0, REMOVED);
        self.free.push(id);
        if self.dead_bytes > LEAST_DEAD_BYTES && self.dead_bytes as usize > self.arena.len() / 2 {
            self.compact();
        }
    }

    fn compact(&mut self) {
        let mut arena = Vec::with_capacity(self.arena.len() - self.dead_bytes as usize);
        for span in self.spans.iter_mut().filter(|span| span.1 != REMOVED) {
            let start = arena.len() as u32;
            let from = span.0 as usize;
            arena.extend_from_slice(&self.arena[from..from + span.1 as usize]);
            span.0 = start;
        }
        self.arena = arena;
        self.dead_bytes = 0;
    }

    /// Memory in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.arena.len() + self.spans.len() * 8 + self.free.len() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn columns(text: &Value, number: &Value) -> [Column; 2] {
        let mut columns = [Column::new(&DataType::Varchar), Column::new(&DataType::BigInt)];
        columns[0].push(text);
        columns[1].push(number);
        columns
    }

    fn values(store: &RowStore, id: u32) -> [Value; 2] {
        let mut out = [Column::new(&DataType::Varchar), Column::new(&DataType::BigInt)];
        store.push_into(id, &mut out);
        [out[0].value(0), out[1].value(0)]
    }

    #[test]
    fn rows_come_back_with_their_nulls_and_memory_is_used_again() {
        let mut store = RowStore::new(vec![DataType::Varchar, DataType::BigInt]);
        let kept = [Value::varchar("kept"), Value::Null];
        let kept_id = store.insert(&columns(&kept[0], &kept[1]), 0);
        for round in 0..50_000 {
            let row = [Value::Null, Value::BigInt(round)];
            let id = store.insert(&columns(&row[0], &row[1]), 0);
            assert_eq!(values(&store, id), row);
            store.remove(id);
        }
        assert_eq!((store.len(), store.spans.len()), (1, 2));
        assert!(store.arena.len() < 200_000, "{}", store.arena.len());
        assert_eq!(values(&store, kept_id), kept);
        let bytes = postcard::to_allocvec(&store).expect("writes");
        let restored: RowStore = postcard::from_bytes(&bytes).expect("reads");
        assert_eq!(values(&restored, kept_id), kept);
    }
}
