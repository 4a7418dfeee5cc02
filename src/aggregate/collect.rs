//! `COLLECT_LIST` and `COLLECT_SET`: values in arrival order, NULLs among them, up to a limit.
//! What the limit keeps out is counted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::distinct::{ByteSet, decode, encode};
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
    groups: Vec<Vec<Value>>,
    items: u64,
    over_limit: u64,
    #[serde(skip)]
    interner: Interner,
}

impl CollectList {
    /// Keeps `limit` values of each group.
    pub fn new(limit: u32) -> Self {
        Self { limit, groups: Vec::new(), items: 0, over_limit: 0, interner: Interner::default() }
    }
}

impl Accumulator for CollectList {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Vec::new());
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        for update in updates {
            let list = &mut self.groups[update.group as usize];
            if list.len() < self.limit as usize {
                list.push(self.interner.value(column, update.row as usize));
                self.items += 1;
            } else {
                self.over_limit += 1;
            }
        }
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        for update in updates {
            let value = self.interner.value(column, update.row as usize);
            let list = &mut self.groups[update.group as usize];
            if let Some(at) = list.iter().rposition(|kept| *kept == value) {
                list.remove(at);
                self.items -= 1;
            }
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        let tail = std::mem::take(&mut self.groups[from as usize]);
        let list = &mut self.groups[into as usize];
        let taken = tail.len().min(self.limit as usize - list.len());
        list.extend_from_slice(&tail[..taken]);
        self.items += taken as u64;
        self.over_limit += (tail.len() - taken) as u64;
        self.groups[from as usize] = tail;
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        push_array(out, self.groups[group as usize].as_slice());
    }

    fn evaluate_last(&mut self, group: u32, out: &mut Column) {
        let list = &mut self.groups[group as usize];
        self.items -= list.len() as u64;
        push_array(out, list.drain(..).collect::<Arc<[Value]>>());
    }

    fn reset(&mut self, group: u32) {
        self.items -= self.groups[group as usize].len() as u64;
        self.groups[group as usize].clear();
    }

    fn size_bytes(&self) -> usize {
        let held: usize = self.groups.iter().flatten().map(Value::heap_bytes).sum();
        let handles = self.items as usize * size_of::<Value>();
        self.groups.len() * size_of::<Vec<Value>>() + handles + held
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
