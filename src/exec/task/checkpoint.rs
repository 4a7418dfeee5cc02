//! What a task is, as bytes, and back.

use super::{Stage, Task};
use crate::plan::{Node, Pipeline};
use crate::state::checkpoint::{CheckpointError, Reader, header, invalid, put, put_bytes};

impl Task {
    /// The state of all nodes with their positions in topics and counters. Rows that are kept for
    /// [`Task::take_rows`] are not in it: take them first.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut out = header();
        out.reserve(self.state_bytes() as usize);
        put_bytes(&mut out, "plan", &self.plan);
        put(&mut out, "failure", &self.failure);
        put(&mut out, "pace", &self.pace);
        for node in &self.nodes {
            let counters = (node.rows_in, node.rows_out, node.collector.drops);
            put(&mut out, "node", &counters);
            match &node.stage {
                Stage::Source(source) => put(&mut out, "consumer", &source.consumer),
                Stage::Split(splitter) => put(&mut out, "split", &splitter.checkpoint()),
                Stage::Operator(operator) => operator.checkpoint(&mut out),
                Stage::Sink(_) => {}
            }
        }
        // It is kept for long: neither room that it does not need nor what growing leaves behind.
        out.shrink_to_fit();
        out
    }

    /// Goes on from a checkpoint of the same plan. The topics that are read must still have, or
    /// have again, the records from there on.
    ///
    /// # Errors
    /// When the bytes are no checkpoint of this version and plan. Restore another one, or drop the
    /// task: its state is then incomplete.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        if Reader::new(bytes)?.bytes("plan")? != self.plan {
            return Err(CheckpointError::OtherPipeline);
        }
        self.restore_redeployed(bytes)
    }

    /// Goes on from a checkpoint of another plan that has the same nodes and differs in their
    /// expressions only: what the state means is the caller's to know.
    ///
    /// # Errors
    /// When the bytes are no checkpoint of this version, or of a plan with other nodes.
    pub fn restore_redeployed(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let mut from = Reader::new(bytes)?;
        let plan = from.bytes("plan")?;
        let other: Pipeline =
            postcard::from_bytes(plan).map_err(|error| invalid("plan", &error))?;
        let names = |node: &Node| node.name.clone();
        if !other.nodes.iter().map(names).eq(self.nodes.iter().map(|node| node.name.clone())) {
            return Err(CheckpointError::OtherPipeline);
        }
        self.failure = from.read("failure")?;
        self.pace = from.read("pace")?;
        for node in &mut self.nodes {
            (node.rows_in, node.rows_out, node.collector.drops) = from.read("node")?;
            node.collector.output.clear();
            node.kept.clear();
            match &mut node.stage {
                Stage::Source(source) => source.consumer = from.read("consumer")?,
                Stage::Split(splitter) => {
                    let state = from.read("split")?;
                    splitter.restore(state).map_err(|error| invalid("split", &error))?;
                }
                Stage::Operator(operator) => operator.restore(&mut from)?,
                Stage::Sink(_) => {}
            }
        }
        Ok(())
    }
}
