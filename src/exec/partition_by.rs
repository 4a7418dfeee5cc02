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
    /// The key columns that need a record's value: NULL for a tombstone, as in ksqlDB, even where
    /// the expression makes something of NULLs.
    of_value: Vec<usize>,
    partitioner: Option<Partitioner>,
}

impl PartitionBy {
    /// After a projection whose first `keys` columns are the new key; those in `of_value` are
    /// computed from a record's value.
    #[must_use]
    pub const fn new(
        project: Project,
        keys: usize,
        of_value: Vec<usize>,
        partitioner: Option<Partitioner>,
    ) -> Self {
        Self { project, keys, of_value, partitioner }
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
        for &column in &self.of_value {
            let deleted = (0..chunk.len()).filter(|row| chunk.is_tombstone(*row));
            out.output.columns[column].set_null(deleted.map(|row| first + row));
        }
        let Some(partitioner) = &mut self.partitioner else { return };
        let keys: Vec<&Column> = out.output.columns[..self.keys].iter().collect();
        for row in first..out.output.timestamps.len() {
            if keys.iter().any(|column| column.valid[row]) {
                out.output.partitions[row] = partitioner.partition_of(&keys, row);
            }
        }
    }
}
