//! `SELECT`: computes new columns from each row.

use super::errors::count_failed;
use super::expression::Evaluator;
use super::{Collector, Operator};
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
        let Collector { output, drops, errors, .. } = out;
        let first = output.len();
        output.extend_meta_from(chunk, 0..chunk.len());
        let outputs = self.outputs.iter_mut().zip(&mut output.columns);
        for (at, ((role, evaluator), column)) in outputs.enumerate() {
            column.extend_from(evaluator.evaluate(chunk), 0..chunk.len());
            count_failed(evaluator, at, drops, errors);
            if *role == Role::Value {
                column.set_null(
                    (0..chunk.len()).filter(|r| chunk.is_tombstone(*r)).map(|r| first + r),
                );
            }
        }
    }
}
