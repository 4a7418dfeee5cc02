//! Table functions: one row for each item of arrays.

use super::errors::count_failed;
use super::expression::Evaluator;
use super::{Collector, DropReason, Operator, row_bytes};
use crate::chunk::{Chunk, Column, ColumnData};
use crate::value::Value;

/// Makes of each row as many as the longest array has items.
#[derive(Debug)]
pub struct Explode {
    name: String,
    arrays: Vec<Evaluator>,
}

impl Explode {
    /// With expressions that the plan has checked to be arrays.
    #[must_use]
    pub const fn new(name: String, arrays: Vec<Evaluator>) -> Self {
        Self { name, arrays }
    }
}

/// The items of the array in a row; none when it is NULL.
fn items(column: &Column, row: usize) -> &[Value] {
    match &column.data {
        ColumnData::Nested(values) if column.valid[row] => match &values[row] {
            Value::Array(items) => items,
            _ => &[],
        },
        _ => &[],
    }
}

impl Operator for Explode {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        for (at, array) in self.arrays.iter_mut().enumerate() {
            array.evaluate(chunk);
            count_failed(array, at, &mut out.drops, &mut out.errors);
        }
        let arrays: Vec<&Column> = self.arrays.iter().map(|array| array.evaluated(chunk)).collect();
        for row in 0..chunk.len() {
            if chunk.is_tombstone(row) {
                out.drops.add(DropReason::Tombstone, 1);
                continue;
            }
            let longest = arrays.iter().map(|array| items(array, row).len()).max().unwrap_or(0);
            if !out.admits(longest, row_bytes(&chunk.columns, row)) {
                return;
            }
            let rows = &mut out.output;
            for item in 0..longest {
                rows.push_meta_from(chunk, row);
                let (before, exploded) = rows.columns.split_at_mut(chunk.columns.len());
                for (to, from) in before.iter_mut().zip(&chunk.columns) {
                    to.push_from(from, row);
                }
                for (to, array) in exploded.iter_mut().zip(&arrays) {
                    to.push(items(array, row).get(item).unwrap_or(&Value::Null));
                }
            }
        }
    }
}
