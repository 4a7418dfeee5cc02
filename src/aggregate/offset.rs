//! `EARLIEST_BY_OFFSET` and `LATEST_BY_OFFSET`: the first or last values by arrival.
//!
//! Each kept value has the number of its arrival, so that merged groups (sessions) and slices come
//! to the same result whatever they are merged in.

use serde::{Deserialize, Serialize};

use super::collect::push_array;
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::Column;
use crate::interner::Interner;
use crate::order;
use crate::value::Value;

/// The values at one end of the arrivals.
#[derive(Debug, Serialize, Deserialize)]
pub struct ByOffset {
    latest: bool,
    /// How many; `None` for one that is no array.
    n: Option<u32>,
    ignore_nulls: bool,
    arrivals: u64,
    /// Each in order of arrival.
    groups: Vec<Vec<(u64, Value)>>,
    #[serde(skip)]
    interner: Interner,
}

impl ByOffset {
    /// Keeps the last values when `latest`, else the first.
    pub fn new(latest: bool, n: Option<u32>, ignore_nulls: bool) -> Self {
        let (groups, interner) = (Vec::new(), Interner::default());
        Self { latest, n, ignore_nulls, arrivals: 0, groups, interner }
    }

    fn limit(&self) -> usize {
        self.n.unwrap_or(1) as usize
    }
}

impl Accumulator for ByOffset {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Vec::new());
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        let limit = self.limit();
        for update in updates {
            let row = update.row as usize;
            let arrival = self.arrivals;
            self.arrivals += 1;
            let kept = &mut self.groups[update.group as usize];
            if self.ignore_nulls && !column.valid[row] || !self.latest && kept.len() == limit {
                continue;
            }
            if kept.len() == limit {
                kept.remove(0);
            }
            kept.push((arrival, self.interner.value(column, row)));
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        let limit = self.limit();
        let other = self.groups[from as usize].clone();
        let kept = &mut self.groups[into as usize];
        kept.extend(other);
        order::sort_by_key(kept, |(arrival, _)| *arrival);
        if self.latest {
            kept.drain(..kept.len().saturating_sub(limit));
        } else {
            kept.truncate(limit);
        }
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let kept = &self.groups[group as usize];
        match self.n {
            Some(_) => {
                push_array(out, kept.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>());
            }
            None => out.push(kept.first().map_or(&Value::Null, |(_, value)| value)),
        }
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize].clear();
    }

    fn size_bytes(&self) -> usize {
        let items: usize = self.groups.iter().map(Vec::len).sum();
        let held: usize = self.groups.iter().flatten().map(|(_, value)| value.heap_bytes()).sum();
        let handles = items * size_of::<(u64, Value)>();
        self.groups.len() * size_of::<Vec<(u64, Value)>>() + handles + held
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
