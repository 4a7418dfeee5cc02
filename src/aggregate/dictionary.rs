//! Values that are kept for many rows, by number: a text that comes again has the same number, and is
//! kept once.
//!
//! Other values are kept each for itself: numbers seldom come again, and are no larger than what would
//! be needed to find them.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use crate::chunk::{Column, ColumnData};
use crate::hash::hash_bytes;
use crate::slots;
use crate::value::Value;

/// The number of NULL.
const NULL: u32 = u32::MAX;

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    value: Value,
    /// How often it is kept; 0 when it is gone.
    count: u32,
}

/// Values by number. The number of one that is gone is used again.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Dictionary {
    entries: Vec<Entry>,
    free: Vec<u32>,
    /// Bytes that the values hold outside themselves.
    bytes: usize,
    #[serde(skip)]
    texts: HashTable<u32>,
}

impl Dictionary {
    /// Puts back what a checkpoint leaves out.
    pub fn rebuild(&mut self) {
        self.texts.clear();
        let entries = &self.entries;
        for (id, entry) in (0..).zip(entries) {
            if let Value::Varchar(text) = &entry.value {
                self.texts
                    .insert_unique(hash_bytes(text.as_bytes()), id, |id| hash_of(entries, *id));
            }
        }
    }

    /// Keeps the value at `row` of a column; gives its number.
    #[inline]
    pub fn keep(&mut self, column: &Column, row: usize) -> u32 {
        if !column.valid[row] {
            return NULL;
        }
        let ColumnData::Varchar(texts) = &column.data else {
            return self.add(column.value(row));
        };
        let text = texts.get(row);
        let hash = hash_bytes(text.as_bytes());
        let Self { entries, texts, .. } = self;
        match texts.find(hash, |id| entries[*id as usize].value.is_text(text)) {
            Some(id) => {
                entries[*id as usize].count += 1;
                *id
            }
            None => {
                let id = self.add(Value::varchar(text));
                let entries = &self.entries;
                self.texts.insert_unique(hash, id, |id| hash_of(entries, *id));
                id
            }
        }
    }

    fn add(&mut self, value: Value) -> u32 {
        self.bytes += value.heap_bytes();
        slots::fill(&mut self.entries, &mut self.free, Entry { value, count: 1 })
    }

    /// The value with this number.
    #[inline]
    pub fn value(&self, id: u32) -> &Value {
        if id == NULL { &Value::Null } else { &self.entries[id as usize].value }
    }

    /// Keeps the value with this number once more.
    #[inline]
    pub fn retain(&mut self, id: u32) {
        if id != NULL {
            self.entries[id as usize].count += 1;
        }
    }

    /// Undoes one [`Dictionary::keep`] or [`Dictionary::retain`].
    #[inline]
    pub fn release(&mut self, id: u32) {
        if id == NULL {
            return;
        }
        let entry = &mut self.entries[id as usize];
        entry.count -= 1;
        if entry.count == 0 {
            self.remove(id);
        }
    }

    fn remove(&mut self, id: u32) {
        let value = std::mem::take(&mut self.entries[id as usize].value);
        self.bytes -= value.heap_bytes();
        if let Value::Varchar(text) = &value
            && let Ok(found) = self.texts.find_entry(hash_bytes(text.as_bytes()), |at| *at == id)
        {
            found.remove();
        }
        self.free.push(id);
    }

    /// Memory in bytes.
    pub fn size_bytes(&self) -> usize {
        (self.entries.len() - self.free.len()) * size_of::<Entry>()
            + self.texts.len() * 5
            + self.bytes
    }
}

/// What a text is found by.
fn hash_of(entries: &[Entry], id: u32) -> u64 {
    match &entries[id as usize].value {
        Value::Varchar(text) => hash_bytes(text.as_bytes()),
        _ => unreachable!("only texts are found"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::DataType;

    fn column(data_type: &DataType, values: &[Value]) -> Column {
        let mut column = Column::new(data_type);
        values.iter().for_each(|value| column.push(value));
        column
    }

    #[test]
    fn a_text_has_one_number_for_as_long_as_it_is_kept() {
        let texts = ["a", "b", "a"].map(Value::varchar);
        let texts = column(&DataType::Varchar, &[&texts[..], &[Value::Null]].concat());
        let mut values = Dictionary::default();
        let ids: Vec<u32> = (0..4).map(|row| values.keep(&texts, row)).collect();
        assert_eq!(ids, [0, 1, 0, NULL]);
        values.release(ids[0]);
        let bytes = postcard::to_allocvec(&values).expect("written");
        let size = values.size_bytes();
        let mut values: Dictionary = postcard::from_bytes(&bytes).expect("read");
        values.rebuild();
        assert_eq!(values.size_bytes(), size);
        assert_eq!(values.keep(&texts, 2), 0);
        for _ in 0..2 {
            assert_eq!(values.value(0), &Value::varchar("a"));
            values.release(0);
        }
        assert_eq!(values.value(NULL), &Value::Null);
        let numbers = column(&DataType::BigInt, &[Value::BigInt(7), Value::BigInt(7)]);
        assert_eq!([0, 1].map(|row| values.keep(&numbers, row)), [0, 2]);
        for id in [0, 1, 2, NULL] {
            values.release(id);
        }
        assert_eq!((values.size_bytes(), values.free.len()), (0, 3));
    }
}
