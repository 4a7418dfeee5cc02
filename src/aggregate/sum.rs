//! `SUM`: of integers, which wraps as Java's addition does, and of doubles, in arrival order.

use serde::{Deserialize, Serialize};

use super::count::push_double;
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};

/// Sums of `INT` or `BIGINT`. 64 bits are kept for both: wrapping at 32 bits at the end is the
/// same as at every step.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct IntegerSum(Vec<i64>);

/// Calls `add(group, value)` for each argument that is not NULL.
pub fn each_integer(updates: &[Update], argument: Option<&Column>, mut add: impl FnMut(u32, i64)) {
    let column = argument.expect("the function has an argument");
    match &column.data {
        ColumnData::BigInt(values) | ColumnData::Timestamp(values) => {
            for update in updates {
                if column.valid[update.row as usize] {
                    add(update.group, values[update.row as usize]);
                }
            }
        }
        ColumnData::Int(values) => {
            for update in updates {
                if column.valid[update.row as usize] {
                    add(update.group, i64::from(values[update.row as usize]));
                }
            }
        }
        _ => unreachable!("the argument is an integer"),
    }
}

/// Calls `add(group, value)` for each argument that is not NULL.
pub fn each_double(updates: &[Update], argument: Option<&Column>, mut add: impl FnMut(u32, f64)) {
    let column = argument.expect("the function has an argument");
    let ColumnData::Double(values) = &column.data else { unreachable!("the argument is a DOUBLE") };
    for update in updates {
        if column.valid[update.row as usize] {
            add(update.group, values[update.row as usize]);
        }
    }
}

impl Accumulator for IntegerSum {
    fn resize(&mut self, groups: usize) {
        self.0.resize(groups, 0);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_integer(updates, argument, |group, value| {
            let sum = &mut self.0[group as usize];
            *sum = sum.wrapping_add(value);
        });
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_integer(updates, argument, |group, value| {
            let sum = &mut self.0[group as usize];
            *sum = sum.wrapping_sub(value);
        });
    }

    fn merge(&mut self, into: u32, from: u32) {
        self.0[into as usize] = self.0[into as usize].wrapping_add(self.0[from as usize]);
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let sum = self.0[group as usize];
        match &mut out.data {
            ColumnData::Int(values) => values.push(sum as i32),
            ColumnData::BigInt(values) => values.push(sum),
            _ => unreachable!("the sum of integers is an integer"),
        }
        out.valid.push(true);
    }

    fn reset(&mut self, group: u32) {
        self.0[group as usize] = 0;
    }

    fn size_bytes(&self) -> usize {
        self.0.len() * size_of::<i64>()
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

/// Sums of `DOUBLE`, rounded at each addition.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct DoubleSum(Vec<f64>);

impl Accumulator for DoubleSum {
    fn resize(&mut self, groups: usize) {
        self.0.resize(groups, 0.0);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_double(updates, argument, |group, value| self.0[group as usize] += value);
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_double(updates, argument, |group, value| self.0[group as usize] -= value);
    }

    fn merge(&mut self, into: u32, from: u32) {
        self.0[into as usize] += self.0[from as usize];
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        push_double(out, self.0[group as usize]);
    }

    fn reset(&mut self, group: u32) {
        self.0[group as usize] = 0.0;
    }

    fn size_bytes(&self) -> usize {
        self.0.len() * size_of::<f64>()
    }

    fn shares_slices(&self) -> bool {
        false
    }

    fn checkpoint(&self) -> Vec<u8> {
        write(self)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        *self = read(bytes)?;
        Ok(())
    }
}
