//! `HISTOGRAM`: how often each text occurred, up to a number of distinct texts; and `ATTR`, which is
//! the value that all rows have.

use serde::{Deserialize, Serialize};

use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};
use crate::interner::Interner;
use crate::value::Value;

/// Counts by text, in order of first arrival.
#[derive(Debug, Serialize, Deserialize)]
pub struct Histogram {
    limit: u32,
    /// Whether the result is the only value, NULL among them, or NULL.
    only: bool,
    groups: Vec<Vec<(Value, i64)>>,
    over_limit: u64,
    #[serde(skip)]
    interner: Interner,
}

impl Histogram {
    /// Counts so many distinct texts.
    pub fn new(limit: u32) -> Self {
        let (groups, interner) = (Vec::new(), Interner::default());
        Self { limit, only: false, groups, over_limit: 0, interner }
    }

    /// Gives the value that all rows have, NULL too, out of so many distinct ones.
    pub fn only(limit: u32) -> Self {
        Self { only: true, ..Self::new(limit) }
    }

    fn add(&mut self, group: u32, value: Value, count: i64) {
        let counts = &mut self.groups[group as usize];
        match counts.iter().position(|(known, _)| *known == value) {
            Some(at) => {
                counts[at].1 += count;
                if counts[at].1 <= 0 {
                    counts.remove(at);
                }
            }
            None if count > 0 && counts.len() < self.limit as usize => counts.push((value, count)),
            None => self.over_limit += count.unsigned_abs(),
        }
    }

    fn add_rows(&mut self, updates: &[Update], argument: Option<&Column>, count: i64) {
        let column = argument.expect("the function has an argument");
        for update in updates {
            let row = update.row as usize;
            if !self.only && !column.valid[row] {
                continue;
            }
            let value = self.interner.value(column, row);
            self.add(update.group, value, count);
        }
    }
}

impl Accumulator for Histogram {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Vec::new());
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        self.add_rows(updates, argument, 1);
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        self.add_rows(updates, argument, -1);
    }

    fn merge(&mut self, into: u32, from: u32) {
        for (value, count) in self.groups[from as usize].clone() {
            self.add(into, value, count);
        }
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        if self.only {
            return match self.groups[group as usize].as_slice() {
                [(value, _)] => out.push(value),
                _ => out.push_null(),
            };
        }
        let ColumnData::Nested(values) = &mut out.data else { unreachable!("result is a MAP") };
        let counts = self.groups[group as usize].iter();
        let entries = counts.map(|(value, count)| (value.clone(), Value::BigInt(*count)));
        values.push(Value::Map(entries.collect()));
        out.valid.push(true);
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize].clear();
    }

    fn size_bytes(&self) -> usize {
        let items: usize = self.groups.iter().map(Vec::len).sum();
        let held: usize = self.groups.iter().flatten().map(|(value, _)| value.heap_bytes()).sum();
        let handles = items * size_of::<(Value, i64)>();
        self.groups.len() * size_of::<Vec<(Value, i64)>>() + handles + held
    }

    fn shares_slices(&self) -> bool {
        false
    }

    fn take_over_limit(&mut self) -> u64 {
        std::mem::take(&mut self.over_limit)
    }

    fn checkpoint(&self) -> Vec<u8> {
        write(self)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        *self = read(bytes)?;
        Ok(())
    }
}
