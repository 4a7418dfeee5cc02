//! `COLLECT_LIST` and `COLLECT_SET`: values in arrival order, NULLs among them, up to a limit.
//! What the limit keeps out is counted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::dictionary::Dictionary;
use super::distinct::{ByteSet, decode, encode};
use super::lists::Lists;
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};
use crate::interner::Interner;
use crate::value::{DataType, Value};

/// Adds an `ARRAY` to a result column.
pub fn push_array(out: &mut Column, items: impl Into<Arc<[Value]>>) {
    let ColumnData::Nested(values) = &mut out.data else { unreachable!("result is an ARRAY") };
    values.push(Value::Array(items.into()));
    out.valid.push(true);
}

/// `COLLECT_LIST`.
#[derive(Debug, Serialize, Deserialize)]
pub struct CollectList {
    limit: u32,
    groups: Lists,
    values: Dictionary,
    over_limit: u64,
}

impl CollectList {
    /// Keeps `limit` values of each group.
    pub fn new(limit: u32) -> Self {
        let (groups, values) = (Lists::default(), Dictionary::default());
        Self { limit, groups, values, over_limit: 0 }
    }

    /// Whether a group takes one more value; one that it does not is counted.
    fn admits(&mut self, group: u32) -> bool {
        let has_room = self.groups.len(group) < self.limit as usize;
        self.over_limit += u64::from(!has_room);
        has_room
    }
}

impl Accumulator for CollectList {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        for update in updates {
            if self.admits(update.group) {
                self.groups.push(update.group, self.values.keep(column, update.row as usize));
            }
        }
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        for update in updates {
            let value = column.value(update.row as usize);
            let mut list: Vec<u32> = self.groups.iter(update.group).collect();
            if let Some(at) = list.iter().rposition(|id| *self.values.value(*id) == value) {
                self.values.release(list.remove(at));
                self.groups.clear(update.group);
                list.iter().for_each(|id| self.groups.push(update.group, *id));
            }
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        let tail: Vec<u32> = self.groups.iter(from).collect();
        for id in tail {
            if self.admits(into) {
                self.values.retain(id);
                self.groups.push(into, id);
            }
        }
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let values = self.groups.iter(group).map(|id| self.values.value(id).clone());
        push_array(out, values.collect::<Arc<[Value]>>());
    }

    fn reset(&mut self, group: u32) {
        self.groups.iter(group).for_each(|id| self.values.release(id));
        self.groups.clear(group);
    }

    fn size_bytes(&self) -> usize {
        self.groups.size_bytes() + self.values.size_bytes()
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
        self.values.rebuild();
        Ok(())
    }
}

/// `COLLECT_SET`.
#[derive(Debug, Serialize, Deserialize)]
pub struct CollectSet {
    limit: u32,
    data_type: DataType,
    groups: Vec<ByteSet>,
    over_limit: u64,
    #[serde(skip)]
    scratch: Vec<u8>,
    #[serde(skip)]
    interner: Interner,
}

impl CollectSet {
    /// Keeps `limit` distinct values of each group.
    pub fn new(limit: u32, data_type: &DataType) -> Self {
        Self {
            limit,
            data_type: data_type.clone(),
            groups: Vec::new(),
            over_limit: 0,
            scratch: Vec::new(),
            interner: Interner::default(),
        }
    }

    /// Adds to a set under the limit; returns 1 when the limit kept the value out.
    fn add(limit: u32, set: &mut ByteSet, bytes: &[u8]) -> u64 {
        if set.len() < limit as usize {
            set.insert(bytes);
            return 0;
        }
        u64::from(!set.contains(bytes))
    }
}

impl Accumulator for CollectSet {
    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups, ByteSet::default);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        for update in updates {
            // An empty text for NULL: every value that is there has at least its mark.
            self.scratch.clear();
            if column.valid[update.row as usize] {
                self.scratch.push(1);
                encode(column, update.row as usize, &mut self.scratch);
            }
            let set = &mut self.groups[update.group as usize];
            self.over_limit += Self::add(self.limit, set, &self.scratch);
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        let tail = std::mem::take(&mut self.groups[from as usize]);
        for bytes in tail.iter() {
            let set = &mut self.groups[into as usize];
            self.over_limit += Self::add(self.limit, set, bytes);
        }
        self.groups[from as usize] = tail;
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let Self { groups, data_type, interner, .. } = self;
        let items: Vec<Value> = groups[group as usize]
            .iter()
            .map(|bytes| match bytes.get(1..) {
                None => Value::Null,
                Some(value) => decode(data_type, value, interner),
            })
            .collect();
        push_array(out, items);
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize].clear();
    }

    fn size_bytes(&self) -> usize {
        self.groups.iter().map(ByteSet::size_bytes).sum()
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
