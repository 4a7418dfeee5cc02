//! Micro-batches of rows in columns, which flow between operators.
//!
//! A [`Chunk`] holds rows in the order in which they are to be processed, from any number of
//! partitions: each row names its own. What an operator does must not depend on where one chunk
//! ends and the next begins.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;
use crate::value::{DataType, Value};

/// Text values, one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all values.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The value at `row`.
    ///
    /// # Panics
    /// When there is no such row.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.text[start..self.ends[row] as usize]
    }

    /// Adds a value.
    ///
    /// # Panics
    /// When the chunk's text would pass 4 GiB: chunks are bounded far below.
    pub fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.close();
    }

    /// Adds the values at `rows` of others.
    ///
    /// # Panics
    /// When there are no such rows, or as [`Strings::push`].
    pub fn extend_from(&mut self, other: &Self, rows: Range<usize>) {
        let Some(last) = rows.end.checked_sub(1).filter(|_| !rows.is_empty()) else { return };
        let start = if rows.start == 0 { 0 } else { other.ends[rows.start - 1] };
        let before = self.text.len();
        self.text.push_str(&other.text[start as usize..other.ends[last] as usize]);
        u32::try_from(self.text.len()).expect("a chunk's text is under 4 GiB");
        self.ends.extend(other.ends[rows].iter().map(|end| end - start + before as u32));
    }

    /// Adds a value in pieces: writes go to the end of the text, then [`Strings::close`].
    pub fn open(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends the value that was written through [`Strings::open`].
    ///
    /// # Panics
    /// As [`Strings::push`].
    pub fn close(&mut self) {
        self.ends.push(u32::try_from(self.text.len()).expect("a chunk's text is under 4 GiB"));
    }

    /// Removes the values from `len` on, and what was written through [`Strings::open`] and not
    /// closed.
    pub fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.text.truncate(self.ends.last().map_or(0, |end| *end as usize));
    }

    /// Removes all values, keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

/// The values of a column. Rows that are NULL hold a placeholder here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ColumnData {
    /// `BOOLEAN`
    Boolean(Vec<bool>),
    /// `INT`
    Int(Vec<i32>),
    /// `BIGINT`
    BigInt(Vec<i64>),
    /// `DOUBLE`
    Double(Vec<f64>),
    /// `TIMESTAMP`
    Timestamp(Vec<i64>),
    /// `VARCHAR`
    Varchar(Strings),
    /// `ARRAY`, `MAP` and `STRUCT`
    Nested(Vec<Value>),
}

/// One column of a chunk: values and which of them are there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The type.
    pub data_type: DataType,
    /// The values.
    pub data: ColumnData,
    /// For each row whether it is not NULL.
    pub valid: Vec<bool>,
}

impl Column {
    /// An empty column.
    #[must_use]
    pub fn new(data_type: &DataType) -> Self {
        let data = match data_type {
            DataType::Boolean => ColumnData::Boolean(Vec::new()),
            DataType::Int => ColumnData::Int(Vec::new()),
            DataType::BigInt => ColumnData::BigInt(Vec::new()),
            DataType::Double => ColumnData::Double(Vec::new()),
            DataType::Timestamp => ColumnData::Timestamp(Vec::new()),
            DataType::Varchar => ColumnData::Varchar(Strings::default()),
            DataType::Array(_) | DataType::Map(..) | DataType::Struct(_) => {
                ColumnData::Nested(Vec::new())
            }
        };
        Self { data_type: data_type.clone(), data, valid: Vec::new() }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.valid.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.valid.is_empty()
    }

    /// About how many bytes the values have: of nested ones the first level is counted.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let nested = |value: &Value| match value {
            Value::Array(items) | Value::Struct(items) => items.len() * size_of::<Value>(),
            Value::Map(entries) => entries.len() * 2 * size_of::<Value>(),
            _ => 0,
        };
        let bytes = match &self.data {
            ColumnData::Boolean(v) => v.len(),
            ColumnData::Int(v) => v.len() * 4,
            ColumnData::BigInt(v) | ColumnData::Timestamp(v) => v.len() * 8,
            ColumnData::Double(v) => v.len() * 8,
            ColumnData::Varchar(v) => v.bytes() + v.len() * 4,
            ColumnData::Nested(v) => {
                v.len() * size_of::<Value>() + v.iter().map(nested).sum::<usize>()
            }
        };
        bytes as u64
    }

    /// Removes all rows, keeps the memory.
    pub fn clear(&mut self) {
        self.valid.clear();
        match &mut self.data {
            ColumnData::Boolean(v) => v.clear(),
            ColumnData::Int(v) => v.clear(),
            ColumnData::BigInt(v) | ColumnData::Timestamp(v) => v.clear(),
            ColumnData::Double(v) => v.clear(),
            ColumnData::Varchar(v) => v.clear(),
            ColumnData::Nested(v) => v.clear(),
        }
    }

    /// Removes the rows from `len` on, and what was written of a row that is not complete.
    pub fn truncate(&mut self, len: usize) {
        self.valid.truncate(len);
        match &mut self.data {
            ColumnData::Boolean(v) => v.truncate(len),
            ColumnData::Int(v) => v.truncate(len),
            ColumnData::BigInt(v) | ColumnData::Timestamp(v) => v.truncate(len),
            ColumnData::Double(v) => v.truncate(len),
            ColumnData::Varchar(v) => v.truncate(len),
            ColumnData::Nested(v) => v.truncate(len),
        }
    }

    /// Adds a NULL.
    pub fn push_null(&mut self) {
        self.valid.push(false);
        match &mut self.data {
            ColumnData::Boolean(v) => v.push(false),
            ColumnData::Int(v) => v.push(0),
            ColumnData::BigInt(v) | ColumnData::Timestamp(v) => v.push(0),
            ColumnData::Double(v) => v.push(0.0),
            ColumnData::Varchar(v) => v.close(),
            ColumnData::Nested(v) => v.push(Value::Null),
        }
    }

    /// Adds a value.
    ///
    /// # Panics
    /// When the value is not NULL and not of the column's type: the plan guarantees it.
    pub fn push(&mut self, value: &Value) {
        match (&mut self.data, value) {
            (_, Value::Null) => return self.push_null(),
            (ColumnData::Boolean(v), Value::Boolean(x)) => v.push(*x),
            (ColumnData::Int(v), Value::Int(x)) => v.push(*x),
            (ColumnData::BigInt(v), Value::BigInt(x))
            | (ColumnData::Timestamp(v), Value::Timestamp(x)) => v.push(*x),
            (ColumnData::Double(v), Value::Double(x)) => v.push(*x),
            (ColumnData::Varchar(v), Value::Varchar(x)) => v.push(x),
            (ColumnData::Nested(v), Value::Array(_) | Value::Map(_) | Value::Struct(_)) => {
                v.push(value.clone());
            }
            (_, value) => panic!("{value:?} in a column of {}", self.data_type),
        }
        self.valid.push(true);
    }

    /// Adds the value at `row` of a column of the same type.
    ///
    /// # Panics
    /// When the types differ or there is no such row.
    pub fn push_from(&mut self, other: &Self, row: usize) {
        match (&mut self.data, &other.data) {
            (ColumnData::Boolean(v), ColumnData::Boolean(from)) => v.push(from[row]),
            (ColumnData::Int(v), ColumnData::Int(from)) => v.push(from[row]),
            (ColumnData::BigInt(v), ColumnData::BigInt(from))
            | (ColumnData::Timestamp(v), ColumnData::Timestamp(from)) => v.push(from[row]),
            (ColumnData::Double(v), ColumnData::Double(from)) => v.push(from[row]),
            (ColumnData::Varchar(v), ColumnData::Varchar(from)) => v.push(from.get(row)),
            (ColumnData::Nested(v), ColumnData::Nested(from)) => v.push(from[row].clone()),
            _ => panic!("{} into a column of {}", other.data_type, self.data_type),
        }
        self.valid.push(other.valid[row]);
    }

    /// Adds the values at `rows` of a column of the same type, in that order.
    ///
    /// # Panics
    /// When the types differ or there is no such row.
    pub fn gather(&mut self, other: &Self, rows: &[u32]) {
        fn take<T: Copy>(to: &mut Vec<T>, from: &[T], rows: &[u32]) {
            to.extend(rows.iter().map(|&row| from[row as usize]));
        }
        match (&mut self.data, &other.data) {
            (ColumnData::Boolean(v), ColumnData::Boolean(from)) => take(v, from, rows),
            (ColumnData::Int(v), ColumnData::Int(from)) => take(v, from, rows),
            (ColumnData::BigInt(v), ColumnData::BigInt(from))
            | (ColumnData::Timestamp(v), ColumnData::Timestamp(from)) => take(v, from, rows),
            (ColumnData::Double(v), ColumnData::Double(from)) => take(v, from, rows),
            (ColumnData::Varchar(v), ColumnData::Varchar(from)) => {
                rows.iter().for_each(|&row| v.push(from.get(row as usize)));
            }
            (ColumnData::Nested(v), ColumnData::Nested(from)) => {
                v.extend(rows.iter().map(|&row| from[row as usize].clone()));
            }
            _ => panic!("{} into a column of {}", other.data_type, self.data_type),
        }
        take(&mut self.valid, &other.valid, rows);
    }

    /// Adds the values at `rows` of a column of the same type.
    ///
    /// # Panics
    /// When the types differ or there are no such rows.
    pub fn extend_from(&mut self, other: &Self, rows: Range<usize>) {
        self.valid.extend_from_slice(&other.valid[rows.clone()]);
        match (&mut self.data, &other.data) {
            (ColumnData::Boolean(v), ColumnData::Boolean(from)) => v.extend_from_slice(&from[rows]),
            (ColumnData::Int(v), ColumnData::Int(from)) => v.extend_from_slice(&from[rows]),
            (ColumnData::BigInt(v), ColumnData::BigInt(from))
            | (ColumnData::Timestamp(v), ColumnData::Timestamp(from)) => {
                v.extend_from_slice(&from[rows]);
            }
            (ColumnData::Double(v), ColumnData::Double(from)) => v.extend_from_slice(&from[rows]),
            (ColumnData::Varchar(v), ColumnData::Varchar(from)) => v.extend_from(from, rows),
            (ColumnData::Nested(v), ColumnData::Nested(from)) => v.extend_from_slice(&from[rows]),
            _ => panic!("{} into a column of {}", other.data_type, self.data_type),
        }
    }

    /// Makes the values at `rows` NULL.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn set_null(&mut self, rows: impl IntoIterator<Item = usize>) {
        rows.into_iter().for_each(|row| self.valid[row] = false);
    }

    /// The value at `row`.
    ///
    /// # Panics
    /// When there is no such row.
    #[must_use]
    pub fn value(&self, row: usize) -> Value {
        if !self.valid[row] {
            return Value::Null;
        }
        match &self.data {
            ColumnData::Boolean(v) => Value::Boolean(v[row]),
            ColumnData::Int(v) => Value::Int(v[row]),
            ColumnData::BigInt(v) => Value::BigInt(v[row]),
            ColumnData::Double(v) => Value::Double(v[row]),
            ColumnData::Timestamp(v) => Value::Timestamp(v[row]),
            ColumnData::Varchar(v) => Value::Varchar(Arc::from(v.get(row))),
            ColumnData::Nested(v) => v[row].clone(),
        }
    }
}

/// A time window: `[start, end)` for tumbling and hopping windows, both ends included for session
/// and sliding windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Window {
    /// The start.
    pub start: Timestamp,
    /// The end.
    pub end: Timestamp,
}

/// Rows in columns, in processing order.
///
/// `timestamps`, `partitions` and `offsets` and every column have one entry a row. `windows` has
/// one a row when the key is windowed and none otherwise; `tombstones` likewise when any row may
/// be a deletion (its value columns are then NULL).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    /// Key and value columns, in the order of the schema.
    pub columns: Vec<Column>,
    /// Event time of each row.
    pub timestamps: Vec<Timestamp>,
    /// Partition (and so task) of each row.
    pub partitions: Vec<u32>,
    /// Offset of each row in the topic that it was read from; of a result, that of the row that
    /// caused it.
    pub offsets: Vec<i64>,
    /// Window of each row, if the key is windowed.
    pub windows: Vec<Window>,
    /// Whether each row is a tombstone, if any may be.
    pub tombstones: Vec<bool>,
}

impl Chunk {
    /// An empty chunk with columns of these types.
    #[must_use]
    pub fn new<'a>(types: impl IntoIterator<Item = &'a DataType>) -> Self {
        Self { columns: types.into_iter().map(Column::new).collect(), ..Self::default() }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.timestamps.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.timestamps.is_empty()
    }

    /// About how many bytes the rows have.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let values: u64 = self.columns.iter().map(Column::bytes).sum();
        values + self.len() as u64 * 24
    }

    /// Whether `row` deletes its key.
    #[must_use]
    pub fn is_tombstone(&self, row: usize) -> bool {
        self.tombstones.get(row).copied().unwrap_or(false)
    }

    /// Removes all rows, keeps the memory.
    pub fn clear(&mut self) {
        self.columns.iter_mut().for_each(Column::clear);
        self.timestamps.clear();
        self.partitions.clear();
        self.offsets.clear();
        self.windows.clear();
        self.tombstones.clear();
    }

    /// Adds timestamp, partition, offset, window and tombstone mark of `row` of `other`; the
    /// caller adds the columns.
    pub fn push_meta_from(&mut self, other: &Self, row: usize) {
        self.timestamps.push(other.timestamps[row]);
        self.partitions.push(other.partitions[row]);
        self.offsets.push(other.offsets[row]);
        if let Some(window) = other.windows.get(row) {
            self.windows.push(*window);
        }
        if !other.tombstones.is_empty() || !self.tombstones.is_empty() {
            self.mark_last(other.is_tombstone(row));
        }
    }

    /// Adds timestamps, partitions, offsets, windows and tombstone marks of `rows` of `other`; the
    /// caller adds the columns.
    pub fn extend_meta_from(&mut self, other: &Self, rows: Range<usize>) {
        let marked = other.tombstones.get(rows.clone()).is_some_and(|marks| marks.contains(&true));
        if marked || !self.tombstones.is_empty() {
            self.tombstones.resize(self.len(), false);
            self.tombstones.extend(rows.clone().map(|row| other.is_tombstone(row)));
        }
        if !other.windows.is_empty() {
            self.windows.extend_from_slice(&other.windows[rows.clone()]);
        }
        self.timestamps.extend_from_slice(&other.timestamps[rows.clone()]);
        self.partitions.extend_from_slice(&other.partitions[rows.clone()]);
        self.offsets.extend_from_slice(&other.offsets[rows]);
    }

    /// Adds all rows of `other`, which has the same columns.
    pub fn append(&mut self, other: &Self) {
        self.extend_meta_from(other, 0..other.len());
        for (to, from) in self.columns.iter_mut().zip(&other.columns) {
            to.extend_from(from, 0..other.len());
        }
    }

    /// Says of the last row whether it is a tombstone; rows without a mark so far are none.
    pub fn mark_last(&mut self, is_tombstone: bool) {
        self.tombstones.truncate(self.len().saturating_sub(1));
        self.tombstones.resize(self.len().saturating_sub(1), false);
        self.tombstones.push(is_tombstone);
    }

    /// Adds a tombstone for the key of `row` of `other`, which has the same columns; the first
    /// `keys` of them are the key.
    pub fn push_deletion_of(&mut self, other: &Self, row: usize, keys: usize) {
        self.push_meta_from(other, row);
        self.mark_last(true);
        for (i, (to, from)) in self.columns.iter_mut().zip(&other.columns).enumerate() {
            if i < keys { to.push_from(from, row) } else { to.push_null() }
        }
    }

    /// Adds `rows` of `other`, which has the same columns, in that order.
    pub fn gather(&mut self, other: &Self, rows: &[u32]) {
        rows.iter().for_each(|&row| self.push_meta_from(other, row as usize));
        for (to, from) in self.columns.iter_mut().zip(&other.columns) {
            to.gather(from, rows);
        }
    }

    /// Adds `row` of `other`, which has the same columns.
    pub fn push_row_from(&mut self, other: &Self, row: usize) {
        self.push_meta_from(other, row);
        for (to, from) in self.columns.iter_mut().zip(&other.columns) {
            to.push_from(from, row);
        }
    }
}
