//! A small cache that turns repeated texts into one shared allocation.
//!
//! Not a dictionary: it forgets, so its memory is bounded and no result depends on it.

use std::fmt;
use std::sync::Arc;

use crate::chunk::Column;
use crate::chunk::ColumnData;
use crate::hash::{equal, hash_bytes};
use crate::value::Value;

const SLOTS: usize = 512;

/// Direct-mapped by hash: the newer of two texts with the same slot stays.
#[derive(Clone, Default)]
pub struct Interner {
    slots: Vec<Option<Arc<str>>>,
}

impl fmt::Debug for Interner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interner")
    }
}

impl Interner {
    /// The text, shared with earlier ones where possible.
    pub fn intern(&mut self, text: &str) -> Arc<str> {
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        let slot = &mut self.slots[hash_bytes(text.as_bytes()) as usize % SLOTS];
        match slot {
            Some(old) if equal(old.as_bytes(), text.as_bytes()) => old.clone(),
            _ => slot.insert(Arc::from(text)).clone(),
        }
    }

    /// The value at `row` of a column.
    pub fn value(&mut self, column: &Column, row: usize) -> Value {
        match &column.data {
            ColumnData::Varchar(texts) if column.valid[row] => {
                Value::Varchar(self.intern(texts.get(row)))
            }
            _ => column.value(row),
        }
    }
}
