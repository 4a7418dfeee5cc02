//! `CASE`: the first branch whose condition is true.

use super::{Evaluator, Faults};
use crate::chunk::{Chunk, Column, ColumnData};

/// A compiled `CASE`.
#[derive(Clone, Debug)]
pub struct Case {
    /// One for each branch.
    pub conditions: Vec<Evaluator>,
    /// One for each branch.
    pub results: Vec<Evaluator>,
    /// What applies when no condition is true.
    pub otherwise: Option<Box<Evaluator>>,
}

/// No branch: NULL.
const NONE: usize = usize::MAX;

impl Case {
    /// Evaluates all branches over all rows, then takes each row's: only the conditions up to the
    /// one that is true, and its result, can fail.
    pub fn run(&mut self, chunk: &Chunk, out: &mut Column, faults: &mut Faults) {
        let mut branch = vec![NONE; chunk.len()];
        let mut failed = vec![false; chunk.len()];
        let mut own = Faults::new();
        for (number, condition) in self.conditions.iter_mut().enumerate() {
            own.clear();
            let column = condition.run(chunk, &mut own);
            let ColumnData::Boolean(values) = &column.data else {
                unreachable!("conditions are BOOLEAN")
            };
            let undecided =
                |row: usize, branch: &[usize], failed: &[bool]| branch[row] == NONE && !failed[row];
            for &row in &own {
                failed[row as usize] |= undecided(row as usize, &branch, &failed);
            }
            for row in 0..chunk.len() {
                if undecided(row, &branch, &failed) {
                    if !column.valid[row] {
                        failed[row] = true;
                    } else if values[row] {
                        branch[row] = number;
                    }
                }
            }
        }
        if self.otherwise.is_some() {
            let last = self.results.len();
            branch.iter_mut().filter(|b| **b == NONE).for_each(|b| *b = last);
        }
        let mut columns: Vec<&Column> = Vec::new();
        for (number, result) in
            self.results.iter_mut().chain(self.otherwise.as_deref_mut()).enumerate()
        {
            own.clear();
            columns.push(result.run(chunk, &mut own));
            faults.extend(own.iter().filter(|row| branch[**row as usize] == number));
        }
        for (row, branch) in branch.into_iter().enumerate() {
            if failed[row] {
                faults.push(row as u32);
                out.push_null();
            } else if branch == NONE {
                out.push_null();
            } else {
                out.push_from(columns[branch], row);
            }
        }
    }
}
