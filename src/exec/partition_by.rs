//! `PARTITION BY`: a projection with a new key, after which rows are in the key's partition.

use super::partitioner::Partitioner;
use super::project::Project;
use super::{Collector, Operator};
use crate::chunk::{Chunk, Column};

/// Gives rows a new key. A NULL key passes and stays in its partition.
#[derive(Debug)]
pub struct PartitionBy {
    project: Project,
    keys: usize,
    partitioner: Option<Partitioner>,
}

impl PartitionBy {
    /// After a projection whose first `keys` columns are the new key.
    #[must_use]
    pub const fn new(project: Project, keys: usize, partitioner: Option<Partitioner>) -> Self {
        Self { project, keys, partitioner }
    }
}

impl Operator for PartitionBy {
    fn name(&self) -> &str {
        self.project.name()
    }

    fn process(&mut self, chunk: &Chunk, out: &mut Collector) {
        let first = out.output.len();
        self.project.process(chunk, out);
        out.output.windows.clear();
        let Some(partitioner) = &mut self.partitioner else { return };
        let keys: Vec<&Column> = out.output.columns[..self.keys].iter().collect();
        for row in first..out.output.timestamps.len() {
            if keys.iter().any(|column| column.valid[row]) {
                out.output.partitions[row] = partitioner.partition_of(&keys, row);
            }
        }
    }
}
