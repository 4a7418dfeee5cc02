//! `TOPK` and `TOPKDISTINCT`: the largest values, largest first, by [`Value::total_cmp`]; structs by
//! their first field, of equal ones the earliest first.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::collect::push_array;
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};
use crate::interner::Interner;
use crate::value::{DataType, Value};

/// The `k` largest values of each group.
#[derive(Debug, Serialize, Deserialize)]
pub struct TopK {
    k: u32,
    distinct: bool,
    /// Values are structs: equal in order, they may still differ.
    structs: bool,
    /// Each largest first.
    groups: Vec<Vec<Value>>,
    #[serde(skip)]
    interner: Interner,
}

impl TopK {
    /// Keeps `k` values, each once when `distinct`.
    pub fn new(k: u32, distinct: bool, argument: &DataType) -> Self {
        let structs = matches!(argument, DataType::Struct(_));
        Self { k, distinct, structs, groups: Vec::new(), interner: Interner::default() }
    }

    fn add(&mut self, group: u32, value: Value) {
        let top = &mut self.groups[group as usize];
        let at = top.partition_point(|kept| order(kept, &value) != Ordering::Less);
        let known = at > 0 && order(&top[at - 1], &value) == Ordering::Equal;
        if at >= self.k as usize || (self.distinct && known) {
            return;
        }
        top.truncate(self.k as usize - 1);
        top.insert(at, value);
    }

    /// Whether the value at `row` is below all of a full group: most are, so this builds nothing.
    fn is_below(&self, group: u32, column: &Column, row: usize) -> bool {
        let top = &self.groups[group as usize];
        if top.len() < self.k as usize {
            return false;
        }
        match (top.last(), &column.data) {
            (Some(Value::BigInt(least)), ColumnData::BigInt(v)) => v[row] <= *least,
            (Some(Value::Int(least)), ColumnData::Int(v)) => v[row] <= *least,
            (Some(Value::Double(least)), ColumnData::Double(v)) => v[row].total_cmp(least).is_le(),
            (Some(Value::Varchar(least)), ColumnData::Varchar(v)) => v.get(row) <= &**least,
            _ => false,
        }
    }
}

/// The order of two values, of structs by the field that sorts them.
fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Struct(a), Value::Struct(b)) => a[0].total_cmp(&b[0]),
        _ => a.total_cmp(b),
    }
}

fn sorts_by_null(column: &Column, row: usize) -> bool {
    match &column.data {
        ColumnData::Nested(v) => matches!(&v[row], Value::Struct(fields) if fields[0].is_null()),
        _ => false,
    }
}

impl Accumulator for TopK {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Vec::new());
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        for update in updates {
            let row = update.row as usize;
            if column.valid[row]
                && !sorts_by_null(column, row)
                && !self.is_below(update.group, column, row)
            {
                let value = self.interner.value(column, row);
                self.add(update.group, value);
            }
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        let other = std::mem::take(&mut self.groups[from as usize]);
        for value in &other {
            self.add(into, value.clone());
        }
        self.groups[from as usize] = other;
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        push_array(out, self.groups[group as usize].as_slice());
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize].clear();
    }

    fn size_bytes(&self) -> usize {
        let items: usize = self.groups.iter().map(Vec::len).sum();
        let held: usize = self.groups.iter().flatten().map(Value::heap_bytes).sum();
        self.groups.len() * size_of::<Vec<Value>>() + items * size_of::<Value>() + held
    }

    fn shares_slices(&self) -> bool {
        !self.structs
    }

    fn checkpoint(&self) -> Vec<u8> {
        write(self)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        *self = read(bytes)?;
        Ok(())
    }
}
