//! `COUNT(*)` and `COUNT(x)`.

use serde::{Deserialize, Serialize};

use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};

/// Number of rows, or of arguments that are not NULL.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Count(Vec<i64>);

impl Accumulator for Count {
    fn resize(&mut self, groups: usize) {
        self.0.resize(groups, 0);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        match argument {
            None => {
                for update in updates {
                    self.0[update.group as usize] += 1;
                }
            }
            Some(column) => {
                for update in updates {
                    self.0[update.group as usize] += i64::from(column.valid[update.row as usize]);
                }
            }
        }
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        for update in updates {
            let counts = argument.is_none_or(|column| column.valid[update.row as usize]);
            self.0[update.group as usize] -= i64::from(counts);
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        self.0[into as usize] += self.0[from as usize];
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        push_bigint(out, self.0[group as usize]);
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

/// Adds a `BIGINT` to a result column.
pub fn push_bigint(out: &mut Column, value: i64) {
    let ColumnData::BigInt(values) = &mut out.data else { unreachable!("result is BIGINT") };
    values.push(value);
    out.valid.push(true);
}

/// Adds a `DOUBLE` to a result column.
pub fn push_double(out: &mut Column, value: f64) {
    let ColumnData::Double(values) = &mut out.data else { unreachable!("result is DOUBLE") };
    values.push(value);
    out.valid.push(true);
}
