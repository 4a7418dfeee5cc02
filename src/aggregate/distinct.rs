//! Exact number of distinct values, and the set of encoded values that `COLLECT_SET` shares.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use super::count::push_bigint;
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};
use crate::hash::hash_bytes;
use crate::interner::Interner;
use crate::value::{DataType, Value};

/// Distinct byte strings in order of insertion.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Entries", into = "Entries")]
pub struct ByteSet {
    entries: Entries,
    table: HashTable<u32>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Entries {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Entries {
    fn get(&self, index: u32) -> &[u8] {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.bytes[start..self.ends[index] as usize]
    }
}

impl From<Entries> for ByteSet {
    fn from(entries: Entries) -> Self {
        let mut table = HashTable::with_capacity(entries.ends.len());
        for index in 0..entries.ends.len() as u32 {
            let hash = hash_bytes(entries.get(index));
            table.insert_unique(hash, index, |&other| hash_bytes(entries.get(other)));
        }
        Self { entries, table }
    }
}

impl From<ByteSet> for Entries {
    fn from(set: ByteSet) -> Self {
        set.entries
    }
}

impl ByteSet {
    /// Number of strings.
    pub fn len(&self) -> usize {
        self.entries.ends.len()
    }

    /// Whether the string is there.
    pub fn contains(&self, bytes: &[u8]) -> bool {
        self.table.find(hash_bytes(bytes), |&i| self.entries.get(i) == bytes).is_some()
    }

    /// Adds a string if it is not there.
    ///
    /// # Panics
    /// When the set passes 4 GiB.
    pub fn insert(&mut self, bytes: &[u8]) {
        let hash = hash_bytes(bytes);
        if self.table.find(hash, |&i| self.entries.get(i) == bytes).is_some() {
            return;
        }
        let index = self.len() as u32;
        self.entries.bytes.extend_from_slice(bytes);
        let end = u32::try_from(self.entries.bytes.len()).expect("a set is under 4 GiB");
        self.entries.ends.push(end);
        let entries = &self.entries;
        self.table.insert_unique(hash, index, |&i| hash_bytes(entries.get(i)));
    }

    /// The strings in order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).map(|index| self.entries.get(index))
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.entries.bytes.clear();
        self.entries.ends.clear();
        self.table.clear();
    }

    /// Memory in bytes.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>()
            + self.entries.bytes.len()
            + self.entries.ends.len() * 4
            + self.table.len() * 5
    }
}

/// Appends the value at `row`, which is not NULL, so that equal values and only
/// they give equal bytes.
pub fn encode(column: &Column, row: usize, out: &mut Vec<u8>) {
    match &column.data {
        ColumnData::Boolean(v) => out.push(u8::from(v[row])),
        ColumnData::Int(v) => out.extend_from_slice(&v[row].to_le_bytes()),
        ColumnData::BigInt(v) | ColumnData::Timestamp(v) => {
            out.extend_from_slice(&v[row].to_le_bytes());
        }
        ColumnData::Double(v) => out.extend_from_slice(&v[row].to_bits().to_le_bytes()),
        ColumnData::Varchar(v) => out.extend_from_slice(v.get(row).as_bytes()),
        ColumnData::Nested(v) => {
            let bytes = postcard::to_allocvec(&v[row].in_key_order())
                .expect("a value serialises into memory");
            out.extend_from_slice(&bytes);
        }
    }
}

/// The value that [`encode`] wrote. Bytes of another length (a damaged checkpoint) give NULL.
pub fn decode(data_type: &DataType, bytes: &[u8], interner: &mut Interner) -> Value {
    let value = match data_type {
        DataType::Boolean => bytes.first().map(|b| Value::Boolean(*b != 0)),
        DataType::Int => bytes.try_into().ok().map(|b| Value::Int(i32::from_le_bytes(b))),
        DataType::BigInt => bytes.try_into().ok().map(|b| Value::BigInt(i64::from_le_bytes(b))),
        DataType::Timestamp => {
            bytes.try_into().ok().map(|b| Value::Timestamp(i64::from_le_bytes(b)))
        }
        DataType::Double => {
            bytes.try_into().ok().map(|b| Value::Double(f64::from_bits(u64::from_le_bytes(b))))
        }
        DataType::Varchar => {
            std::str::from_utf8(bytes).ok().map(|text| Value::Varchar(interner.intern(text)))
        }
        DataType::Array(_) | DataType::Map(..) | DataType::Struct(_) => {
            postcard::from_bytes(bytes).ok()
        }
    };
    value.unwrap_or(Value::Null)
}

/// Exact `COUNT_DISTINCT`: keeps every distinct value.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CountDistinct {
    groups: Vec<ByteSet>,
    #[serde(skip)]
    scratch: Vec<u8>,
}

impl Accumulator for CountDistinct {
    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups, ByteSet::default);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        for update in updates {
            let row = update.row as usize;
            if column.valid[row] {
                self.scratch.clear();
                encode(column, row, &mut self.scratch);
                self.groups[update.group as usize].insert(&self.scratch);
            }
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        let other = std::mem::take(&mut self.groups[from as usize]);
        for bytes in other.iter() {
            self.groups[into as usize].insert(bytes);
        }
        self.groups[from as usize] = other;
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        push_bigint(out, self.groups[group as usize].len() as i64);
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize].clear();
    }

    fn size_bytes(&self) -> usize {
        self.groups.iter().map(ByteSet::size_bytes).sum()
    }

    fn shares_slices(&self) -> bool {
        true
    }

    fn checkpoint(&self) -> Vec<u8> {
        write(self)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        *self = read(bytes)?;
        Ok(())
    }
}
