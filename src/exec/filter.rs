//! `WHERE`: lets the rows pass for which an expression is true.

use super::expression::Evaluator;
use super::{Collector, DropReason, Operator};
use crate::chunk::{Chunk, ColumnData};

/// Lets rows pass. Tombstones never do, even where the expression would be true (ksqlDB).
#[derive(Debug)]
pub struct Filter {
    name: String,
    predicate: Evaluator,
    selected: Vec<u32>,
}

impl Filter {
    /// With a predicate that the plan has checked to be a BOOLEAN.
    #[must_use]
    pub const fn new(name: String, predicate: Evaluator) -> Self {
        Self { name, predicate, selected: Vec::new() }
    }
}

impl Operator for Filter {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        let column = self.predicate.evaluate(chunk);
        let ColumnData::Boolean(values) = &column.data else {
            unreachable!("the predicate is a BOOLEAN")
        };
        let tombstones = chunk.tombstones.iter().filter(|t| **t).count();
        out.drops.add(DropReason::Tombstone, tombstones as u64);
        self.selected.clear();
        let passes = |row: &u32| {
            let row = *row as usize;
            values[row] && column.valid[row] && !chunk.is_tombstone(row)
        };
        self.selected.extend((0..chunk.len() as u32).filter(passes));
        out.output.gather(chunk, &self.selected);
    }
}
