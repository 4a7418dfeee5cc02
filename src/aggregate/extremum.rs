//! `MIN` and `MAX`: NULL while there is no value. Doubles by `total_cmp`, texts by their bytes.

use serde::{Deserialize, Serialize};

use super::sum::{each_double, each_integer};
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};
use crate::interner::Interner;
use crate::value::{DataType, Value};

/// The accumulator for a type: largest value when `largest`, else smallest.
pub fn accumulator(argument: &DataType, largest: bool) -> Box<dyn Accumulator> {
    match argument {
        DataType::Double => Box::new(DoubleExtremum { largest, groups: Vec::new() }),
        DataType::Varchar => {
            Box::new(TextExtremum { largest, groups: Vec::new(), interner: Interner::default() })
        }
        _ => Box::new(IntegerExtremum { largest, groups: Vec::new() }),
    }
}

/// Of `INT`, `BIGINT` or `TIMESTAMP`.
#[derive(Debug, Serialize, Deserialize)]
struct IntegerExtremum {
    largest: bool,
    groups: Vec<Option<i64>>,
}

impl IntegerExtremum {
    fn add(largest: bool, best: &mut Option<i64>, value: i64) {
        *best = Some(match *best {
            Some(old) if largest => old.max(value),
            Some(old) => old.min(value),
            None => value,
        });
    }
}

impl Accumulator for IntegerExtremum {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, None);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_integer(updates, argument, |group, value| {
            Self::add(self.largest, &mut self.groups[group as usize], value);
        });
    }

    fn merge(&mut self, into: u32, from: u32) {
        if let Some(value) = self.groups[from as usize] {
            Self::add(self.largest, &mut self.groups[into as usize], value);
        }
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let Some(value) = self.groups[group as usize] else { return out.push_null() };
        match &mut out.data {
            ColumnData::Int(values) => values.push(value as i32),
            ColumnData::BigInt(values) | ColumnData::Timestamp(values) => values.push(value),
            _ => unreachable!("the result has the argument's type"),
        }
        out.valid.push(true);
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize] = None;
    }

    fn size_bytes(&self) -> usize {
        self.groups.len() * size_of::<Option<i64>>()
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

/// Of `DOUBLE`.
#[derive(Debug, Serialize, Deserialize)]
struct DoubleExtremum {
    largest: bool,
    groups: Vec<Option<f64>>,
}

impl DoubleExtremum {
    fn add(largest: bool, best: &mut Option<f64>, value: f64) {
        if best.is_none_or(|old| value.total_cmp(&old).is_gt() == largest) {
            *best = Some(value);
        }
    }
}

impl Accumulator for DoubleExtremum {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, None);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_double(updates, argument, |group, value| {
            Self::add(self.largest, &mut self.groups[group as usize], value);
        });
    }

    fn merge(&mut self, into: u32, from: u32) {
        if let Some(value) = self.groups[from as usize] {
            Self::add(self.largest, &mut self.groups[into as usize], value);
        }
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        match self.groups[group as usize] {
            Some(value) => super::count::push_double(out, value),
            None => out.push_null(),
        }
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize] = None;
    }

    fn size_bytes(&self) -> usize {
        self.groups.len() * size_of::<Option<f64>>()
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

/// Of `VARCHAR`.
#[derive(Debug, Serialize, Deserialize)]
struct TextExtremum {
    largest: bool,
    groups: Vec<Value>,
    #[serde(skip)]
    interner: Interner,
}

impl TextExtremum {
    fn is_better(&self, group: u32, text: &str) -> bool {
        match &self.groups[group as usize] {
            Value::Varchar(old) if self.largest => text > &**old,
            Value::Varchar(old) => text < &**old,
            _ => true,
        }
    }
}

impl Accumulator for TextExtremum {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Value::Null);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        let ColumnData::Varchar(values) = &column.data else {
            unreachable!("the argument is a VARCHAR")
        };
        for update in updates {
            let row = update.row as usize;
            if column.valid[row] && self.is_better(update.group, values.get(row)) {
                let text = self.interner.intern(values.get(row));
                self.groups[update.group as usize] = Value::Varchar(text);
            }
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        let value = self.groups[from as usize].clone();
        if let Value::Varchar(text) = &value
            && self.is_better(into, text)
        {
            self.groups[into as usize] = value;
        }
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        out.push(&self.groups[group as usize]);
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize] = Value::Null;
    }

    fn size_bytes(&self) -> usize {
        let held: usize = self.groups.iter().map(Value::heap_bytes).sum();
        self.groups.len() * size_of::<Value>() + held
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
