//! Group keys: from the values of some columns to a small number and back.
//!
//! Rows are hashed and compared in their columns; bytes are written only when a key is new. Keys
//! are counted by reference and their numbers used again, so memory follows the live keys.

use std::cmp::Ordering;

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use super::NONE;
use super::arena::{Arena, Span};
use crate::chunk::{Column, ColumnData};
use crate::hash;
use crate::slots;
use crate::value::{DataType, Value};

/// Marks an entry that is not in use.
const FREE: u32 = u32::MAX;

/// All keys of an operator.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeyTable {
    types: Vec<DataType>,
    entries: Vec<Entry>,
    arena: Arena,
    free: Vec<u32>,
    /// Keys that may have lost their last reference since the last sweep.
    candidates: Vec<u32>,
    #[serde(skip)]
    table: HashTable<u32>,
    #[serde(skip)]
    scratch: Vec<u8>,
}

/// What is known of a key: all of it is wanted at once, so it is in one place of memory.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Entry {
    hash: u64,
    /// Its encoding.
    span: Span,
    /// What else belongs to its identity: the partition, where keys are not repartitioned.
    scope: u32,
    partition: u32,
    references: u32,
}

impl KeyTable {
    /// No keys, of columns of these types.
    #[must_use]
    pub fn new(types: Vec<DataType>) -> Self {
        Self {
            types,
            entries: Vec::new(),
            arena: Arena::default(),
            free: Vec::new(),
            candidates: Vec::new(),
            table: HashTable::new(),
            scratch: Vec::new(),
        }
    }

    /// Puts back what a checkpoint leaves out.
    pub fn rebuild(&mut self) {
        self.table.clear();
        let entries = &self.entries;
        for (id, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.references != FREE)
        {
            self.table.insert_unique(entry.hash, id as u32, |&other| entries[other as usize].hash);
        }
    }

    /// The types of the key's columns.
    #[must_use]
    pub fn types(&self) -> &[DataType] {
        &self.types
    }

    /// Number of keys in use.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The most keys that there were at one time; every number is below it.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.entries.len()
    }

    /// The partition of a key.
    #[must_use]
    #[inline]
    pub fn partition(&self, id: u32) -> u32 {
        self.entries[id as usize].partition
    }

    /// The number of the key in `row`, whose hash is `hash` (see [`hash_rows`]); a new one gets
    /// the partition that `partition` gives.
    #[inline]
    pub fn find_or_insert(
        &mut self,
        columns: &[&Column],
        row: usize,
        (hash, scope): (u64, u32),
        partition: impl FnOnce() -> u32,
    ) -> u32 {
        let Self { types, table, entries, arena, .. } = self;
        let is_word = matches!(&types[..], [one] if is_word(one));
        let found = table.find(hash, |&id| {
            let entry = &entries[id as usize];
            let is_alike = entry.hash == hash && entry.scope == scope;
            is_alike && (is_word || equals(columns, row, arena.get(&entry.span)))
        });
        match found {
            Some(id) => *id,
            None => self.insert(columns, row, (hash, scope), partition()),
        }
    }

    #[cold]
    fn insert(
        &mut self,
        columns: &[&Column],
        row: usize,
        (hash, scope): (u64, u32),
        partition: u32,
    ) -> u32 {
        self.scratch.clear();
        columns.iter().for_each(|column| encode(column, row, &mut self.scratch));
        let span = self.arena.insert(&self.scratch);
        let entry = Entry { hash, span, scope, partition, references: 0 };
        let id = slots::fill(&mut self.entries, &mut self.free, entry);
        let entries = &self.entries;
        self.table.insert_unique(hash, id, |&other| entries[other as usize].hash);
        self.candidates.push(id);
        id
    }

    /// Number of references to a key.
    #[must_use]
    pub fn references(&self, id: u32) -> u32 {
        self.entries[id as usize].references
    }

    /// Keeps the key.
    pub fn retain(&mut self, id: u32) {
        self.entries[id as usize].references += 1;
    }

    /// Undoes one [`KeyTable::retain`]. The key goes at the next sweep.
    pub fn release(&mut self, id: u32) {
        let references = &mut self.entries[id as usize].references;
        *references -= 1;
        if *references == 0 {
            self.candidates.push(id);
        }
    }

    /// Forgets the keys that nothing refers to. Not while numbers from
    /// [`KeyTable::find_or_insert`] are still to be used.
    pub fn sweep(&mut self) {
        while let Some(id) = self.candidates.pop() {
            let entry = &mut self.entries[id as usize];
            if entry.references != 0 {
                continue;
            }
            entry.references = FREE;
            if let Ok(found) = self.table.find_entry(entry.hash, |&other| other == id) {
                found.remove();
            }
            self.arena.remove(entry.span);
            self.free.push(id);
        }
        if self.arena.wants_compaction() {
            let entries = self.entries.iter_mut().filter(|entry| entry.references != FREE);
            self.arena.compact(entries.map(|entry| &mut entry.span));
        }
    }

    /// Adds the key's values to columns of its types.
    pub fn push_into(&self, id: u32, out: &mut [Column]) {
        let mut bytes = self.bytes(id);
        for (data_type, column) in self.types.iter().zip(out) {
            push_decoded(data_type, &mut bytes, column);
        }
    }

    /// The order of two keys: by their values, then by their scope.
    #[must_use]
    pub fn compare(&self, a: u32, b: u32) -> Ordering {
        let (mut left, mut right) = (self.bytes(a), self.bytes(b));
        for data_type in &self.types {
            match compare_decoded(data_type, &mut left, &mut right) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        self.entries[a as usize].scope.cmp(&self.entries[b as usize].scope)
    }

    fn bytes(&self, id: u32) -> &[u8] {
        self.arena.get(&self.entries[id as usize].span)
    }

    /// Memory in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.arena.size_bytes() + self.entries.len() * size_of::<Entry>() + self.table.len() * 5
    }
}

/// Whether values of a type are hashed as one word: hashes of two are equal only where they are, as
/// [`hash::add`] and [`hash::finish`] map words one to one.
const fn is_word(data_type: &DataType) -> bool {
    match data_type {
        DataType::Boolean
        | DataType::Int
        | DataType::BigInt
        | DataType::Double
        | DataType::Timestamp => true,
        DataType::Varchar | DataType::Array(_) | DataType::Map(..) | DataType::Struct(_) => false,
    }
}

/// Hashes the key of every row, column by column. `scopes` is empty or has one entry a row.
pub fn hash_rows(columns: &[&Column], scopes: &[u32], rows: usize, hashes: &mut Vec<u64>) {
    hashes.clear();
    hashes.resize(rows, 0);
    for (hash, scope) in hashes.iter_mut().zip(scopes) {
        *hash = u64::from(*scope);
    }
    for column in columns {
        match &column.data {
            ColumnData::Boolean(v) => add_words(hashes, v.iter().map(|x| u64::from(*x))),
            ColumnData::Int(v) => add_words(hashes, v.iter().map(|x| *x as u64)),
            ColumnData::BigInt(v) | ColumnData::Timestamp(v) => {
                add_words(hashes, v.iter().map(|x| *x as u64));
            }
            ColumnData::Double(v) => add_words(hashes, v.iter().map(|x| x.to_bits())),
            ColumnData::Varchar(v) => {
                for (row, hash) in hashes.iter_mut().enumerate() {
                    *hash = hash::add_bytes(*hash, v.get(row).as_bytes());
                }
            }
            ColumnData::Nested(v) => {
                add_words(hashes, v.iter().map(|x| hash::hash_bytes(&nested_bytes(x))));
            }
        }
    }
    hashes.iter_mut().for_each(|hash| *hash = hash::finish(*hash));
}

fn add_words(hashes: &mut [u64], words: impl Iterator<Item = u64>) {
    for (hash, word) in hashes.iter_mut().zip(words) {
        *hash = hash::add(*hash, word);
    }
}

fn nested_bytes(value: &Value) -> Vec<u8> {
    postcard::to_allocvec(value).expect("a value serialises into memory")
}

/// Adds a value that is not NULL to bytes.
pub(super) fn encode(column: &Column, row: usize, out: &mut Vec<u8>) {
    match &column.data {
        ColumnData::Boolean(v) => out.push(u8::from(v[row])),
        ColumnData::Int(v) => out.extend_from_slice(&v[row].to_le_bytes()),
        ColumnData::BigInt(v) | ColumnData::Timestamp(v) => {
            out.extend_from_slice(&v[row].to_le_bytes());
        }
        ColumnData::Double(v) => out.extend_from_slice(&v[row].to_bits().to_le_bytes()),
        ColumnData::Varchar(v) => encode_bytes(v.get(row).as_bytes(), out),
        ColumnData::Nested(v) => encode_bytes(&nested_bytes(&v[row]), out),
    }
}

fn encode_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(bytes);
}

/// Takes `N` bytes off the front of a key.
#[inline]
fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let (head, rest) = bytes.split_first_chunk().expect("a whole key");
    *bytes = rest;
    *head
}

#[inline]
fn take_bytes<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let length = u32::from_le_bytes(take(bytes)) as usize;
    let (head, rest) = bytes.split_at(length);
    *bytes = rest;
    head
}

#[inline]
fn equals(columns: &[&Column], row: usize, mut bytes: &[u8]) -> bool {
    columns.iter().all(|column| match &column.data {
        ColumnData::Boolean(v) => [u8::from(v[row])] == take(&mut bytes),
        ColumnData::Int(v) => v[row].to_le_bytes() == take(&mut bytes),
        ColumnData::BigInt(v) | ColumnData::Timestamp(v) => {
            v[row].to_le_bytes() == take(&mut bytes)
        }
        ColumnData::Double(v) => v[row].to_bits().to_le_bytes() == take(&mut bytes),
        ColumnData::Varchar(v) => hash::equal(v.get(row).as_bytes(), take_bytes(&mut bytes)),
        ColumnData::Nested(v) => nested_bytes(&v[row]) == take_bytes(&mut bytes),
    })
}

/// Adds the value at the front of bytes to a column, and takes it off them.
pub(super) fn push_decoded(data_type: &DataType, bytes: &mut &[u8], out: &mut Column) {
    match &mut out.data {
        ColumnData::Boolean(v) => v.push(take::<1>(bytes)[0] != 0),
        ColumnData::Int(v) => v.push(i32::from_le_bytes(take(bytes))),
        ColumnData::BigInt(v) | ColumnData::Timestamp(v) => {
            v.push(i64::from_le_bytes(take(bytes)));
        }
        ColumnData::Double(v) => v.push(f64::from_bits(u64::from_le_bytes(take(bytes)))),
        ColumnData::Varchar(v) => v.push(text(take_bytes(bytes))),
        ColumnData::Nested(v) => v.push(nested(data_type, take_bytes(bytes))),
    }
    out.valid.push(true);
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("written from a text")
}

fn nested(data_type: &DataType, bytes: &[u8]) -> Value {
    postcard::from_bytes(bytes).unwrap_or_else(|error| panic!("a key of {data_type}: {error}"))
}

fn compare_decoded(data_type: &DataType, a: &mut &[u8], b: &mut &[u8]) -> Ordering {
    match data_type {
        DataType::Boolean => take::<1>(a).cmp(&take::<1>(b)),
        DataType::Int => i32::from_le_bytes(take(a)).cmp(&i32::from_le_bytes(take(b))),
        DataType::BigInt | DataType::Timestamp => {
            i64::from_le_bytes(take(a)).cmp(&i64::from_le_bytes(take(b)))
        }
        DataType::Double => {
            let double = |bytes| f64::from_bits(u64::from_le_bytes(bytes));
            double(take(a)).total_cmp(&double(take(b)))
        }
        DataType::Varchar => take_bytes(a).cmp(take_bytes(b)),
        DataType::Array(_) | DataType::Map(..) | DataType::Struct(_) => {
            let (a, b) = (nested(data_type, take_bytes(a)), nested(data_type, take_bytes(b)));
            a.total_cmp(&b)
        }
    }
}

/// A list by key number that grows on demand, all [`NONE`] at first.
pub fn entry_of(list: &mut Vec<u32>, id: u32) -> &mut u32 {
    if list.len() <= id as usize {
        list.resize(id as usize + 1, NONE);
    }
    &mut list[id as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        let mut columns = vec![Column::new(&DataType::Varchar), Column::new(&DataType::Double)];
        for (text, number) in [("b", 1.0), ("a", 2.0), ("b", -1.0), ("b", 1.0), ("", f64::NAN)] {
            columns[0].push(&Value::varchar(text));
            columns[1].push(&Value::Double(number));
        }
        columns
    }

    fn assign(keys: &mut KeyTable, columns: &[Column]) -> Vec<u32> {
        let columns: Vec<&Column> = columns.iter().collect();
        let mut hashes = Vec::new();
        let rows = columns[0].len();
        hash_rows(&columns, &[], rows, &mut hashes);
        (0..rows).map(|r| keys.find_or_insert(&columns, r, (hashes[r], 0), || 0)).collect()
    }

    fn table() -> KeyTable {
        KeyTable::new(vec![DataType::Varchar, DataType::Double])
    }

    #[test]
    fn equal_keys_have_one_number_and_come_back() {
        let (mut keys, columns) = (table(), columns());
        let ids = assign(&mut keys, &columns);
        assert_eq!(ids, [0, 1, 2, 0, 3]);
        let mut out = [Column::new(&DataType::Varchar), Column::new(&DataType::Double)];
        ids[..4].iter().for_each(|id| keys.push_into(*id, &mut out));
        for row in 0..4 {
            assert_eq!(out[0].value(row), columns[0].value(row));
            assert_eq!(out[1].value(row), columns[1].value(row));
        }
        let mut sorted = [0, 1, 2, 3];
        sorted.sort_by(|a, b| keys.compare(*a, *b));
        assert_eq!(sorted, [3, 1, 2, 0]);
    }

    #[test]
    fn scopes_keep_keys_apart() {
        let (mut keys, columns) = (table(), columns());
        let columns: Vec<&Column> = columns.iter().collect();
        let mut hashes = Vec::new();
        hash_rows(&columns, &[0, 0, 0, 1, 0], 5, &mut hashes);
        let first = keys.find_or_insert(&columns, 0, (hashes[0], 0), || 4);
        let other = keys.find_or_insert(&columns, 3, (hashes[3], 1), || 5);
        assert_ne!(first, other);
        assert_eq!((keys.partition(first), keys.partition(other)), (4, 5));
    }

    #[test]
    fn numbers_and_bytes_are_used_again() {
        let (mut keys, columns) = (table(), columns());
        let ids = assign(&mut keys, &columns);
        keys.retain(ids[1]);
        keys.sweep();
        assert_eq!(keys.len(), 1);
        assert_eq!(assign(&mut keys, &columns)[1], ids[1], "a kept key keeps its number");
        assert_eq!(keys.capacity(), 4);
        for round in 0..2_000 {
            let mut texts = Column::new(&DataType::Varchar);
            let mut numbers = Column::new(&DataType::Double);
            for i in 0..50 {
                texts.push(&Value::varchar(&format!("session {round} {i}")));
                numbers.push(&Value::Double(0.0));
            }
            assign(&mut keys, &[texts, numbers]);
            keys.sweep();
        }
        assert!(keys.capacity() <= 64 && keys.size_bytes() < 200_000, "{}", keys.size_bytes());
        let mut out = [Column::new(&DataType::Varchar), Column::new(&DataType::Double)];
        keys.push_into(ids[1], &mut out);
        assert_eq!(out[0].value(0), Value::varchar("a"));
    }

    #[test]
    fn a_checkpoint_keeps_numbers() {
        let (mut keys, columns) = (table(), columns());
        let ids = assign(&mut keys, &columns);
        let bytes = postcard::to_allocvec(&keys).expect("writes");
        let mut restored: KeyTable = postcard::from_bytes(&bytes).expect("reads");
        restored.rebuild();
        assert_eq!(assign(&mut restored, &columns), ids);
    }
}
