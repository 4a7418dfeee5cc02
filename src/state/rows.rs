//! Rows that an operator keeps: values of some columns, NULLs among them, by number.
//!
//! The values are bytes in one arena, so that keeping a row allocates nothing of its own. Not here:
//! which key a row belongs to and how long it is kept.

use serde::{Deserialize, Serialize};

use super::arena::{Arena, Span};
use super::keys::{encode, push_decoded};
use crate::chunk::Column;
use crate::slots;
use crate::value::DataType;

/// Rows by number. A removed one's number is used again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowStore {
    types: Vec<DataType>,
    /// [`Span::NOWHERE`] of a removed row.
    spans: Vec<Span>,
    free: Vec<u32>,
    arena: Arena,
    #[serde(skip)]
    scratch: Vec<u8>,
}

impl RowStore {
    /// No rows, of columns of these types.
    #[must_use]
    pub fn new(types: Vec<DataType>) -> Self {
        let (spans, free, scratch) = (Vec::new(), Vec::new(), Vec::new());
        Self { types, spans, free, arena: Arena::default(), scratch }
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
    pub fn insert<'a>(&mut self, columns: impl IntoIterator<Item = &'a Column>, row: usize) -> u32 {
        self.scratch.clear();
        for column in columns {
            self.scratch.push(u8::from(column.valid[row]));
            if column.valid[row] {
                encode(column, row, &mut self.scratch);
            }
        }
        let span = self.arena.insert(&self.scratch);
        slots::fill(&mut self.spans, &mut self.free, span)
    }

    /// Adds a row's values to columns of the store's types.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn push_into(&self, id: u32, out: &mut [Column]) {
        let mut bytes = self.arena.get(&self.spans[id as usize]);
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
        let span = std::mem::replace(&mut self.spans[id as usize], Span::NOWHERE);
        assert!(span != Span::NOWHERE, "row {id} was removed before");
        self.arena.remove(span);
        self.free.push(id);
        if self.arena.wants_compaction() {
            self.arena.compact(self.spans.iter_mut());
        }
    }

    /// Memory in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.arena.size_bytes() + self.spans.len() * size_of::<Span>() + self.free.len() * 4
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
        assert!(store.size_bytes() < 200_000, "{}", store.size_bytes());
        assert_eq!(values(&store, kept_id), kept);
        let bytes = postcard::to_allocvec(&store).expect("writes");
        let restored: RowStore = postcard::from_bytes(&bytes).expect("reads");
        assert_eq!(values(&restored, kept_id), kept);
    }
}
