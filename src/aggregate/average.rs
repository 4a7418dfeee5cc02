//! `AVG`: a sum and a count, divided at the end; 0 when there is no value, as in ksqlDB.

use serde::{Deserialize, Serialize};

use super::count::push_double;
use super::sum::{each_double, each_integer};
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::Column;

/// Averages of integers: the sum is an integer, which wraps at the argument's width as ksqlDB's.
#[derive(Debug, Serialize, Deserialize)]
pub struct IntegerAverage {
    narrow: bool,
    groups: Vec<(i64, i64)>,
}

impl IntegerAverage {
    /// For `INT` when `narrow`, else for `BIGINT`.
    pub const fn new(narrow: bool) -> Self {
        Self { narrow, groups: Vec::new() }
    }
}

impl Accumulator for IntegerAverage {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, (0, 0));
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_integer(updates, argument, |group, value| {
            let (sum, count) = &mut self.groups[group as usize];
            *sum = sum.wrapping_add(value);
            *count += 1;
        });
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_integer(updates, argument, |group, value| {
            let (sum, count) = &mut self.groups[group as usize];
            *sum = sum.wrapping_sub(value);
            *count -= 1;
        });
    }

    fn merge(&mut self, into: u32, from: u32) {
        let (sum, count) = self.groups[from as usize];
        let into = &mut self.groups[into as usize];
        *into = (into.0.wrapping_add(sum), into.1 + count);
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let (sum, count) = self.groups[group as usize];
        let sum = if self.narrow { f64::from(sum as i32) } else { sum as f64 };
        push_double(out, if count == 0 { 0.0 } else { sum / count as f64 });
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize] = (0, 0);
    }

    fn size_bytes(&self) -> usize {
        self.groups.len() * size_of::<(i64, i64)>()
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

/// Averages of doubles: the sum is rounded at each addition.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct DoubleAverage(Vec<(f64, i64)>);

impl Accumulator for DoubleAverage {
    fn resize(&mut self, groups: usize) {
        self.0.resize(groups, (0.0, 0));
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_double(updates, argument, |group, value| {
            let (sum, count) = &mut self.0[group as usize];
            *sum += value;
            *count += 1;
        });
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        each_double(updates, argument, |group, value| {
            let (sum, count) = &mut self.0[group as usize];
            *sum -= value;
            *count -= 1;
        });
    }

    fn merge(&mut self, into: u32, from: u32) {
        let (sum, count) = self.0[from as usize];
        let into = &mut self.0[into as usize];
        *into = (into.0 + sum, into.1 + count);
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let (sum, count) = self.0[group as usize];
        push_double(out, if count == 0 { 0.0 } else { sum / count as f64 });
    }

    fn reset(&mut self, group: u32) {
        self.0[group as usize] = (0.0, 0);
    }

    fn size_bytes(&self) -> usize {
        self.0.len() * size_of::<(f64, i64)>()
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
