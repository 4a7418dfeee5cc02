//! `SELECT`: computes new columns from each row.

use super::expression::Evaluator;
use super::{Collector, DropReason, Operator};
use crate::chunk::Chunk;
use crate::schema::Role;

/// Computes columns. A tombstone stays one: its value columns are NULL.
#[derive(Debug)]
pub struct Project {
    name: String,
    outputs: Vec<(Role, Evaluator)>,
}

impl Project {
    /// With one evaluator for each column.
    #[must_use]
    pub const fn new(name: String, outputs: Vec<(Role, Evaluator)>) -> Self {
        Self { name, outputs }
    }
}

impl Operator for Project {
    fn name(&self) -> &str {
        &self.name
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        let first = out.output.len();
        out.output.extend_meta_from(chunk, 0..chunk.len());
        for ((role, evaluator), column) in self.outputs.iter_mut().zip(&mut out.output.columns) {
            column.extend_from(evaluator.evaluate(chunk), 0..chunk.len());
            out.drops.add(DropReason::Failed, evaluator.take_failed());
            if *role == Role::Value {
                column.set_null(
                    (0..chunk.len()).filter(|r| chunk.is_tombstone(*r)).map(|r| first + r),
                );
            }
        }
    }
}
