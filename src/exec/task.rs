//! The driver: one running pipeline.
//!
//! A task pulls records from its topics, sends rows through its nodes in the plan's order and
//! writes to its sinks' topics. Not here: when it runs, how often it commits, which tasks share a
//! read: the engine decides.

use std::fmt;

use super::limits::{Exceeded, Limits, Pace};
use super::shared::{SharedReads, Sharer};
use super::sink::SinkWriter;
use super::split::Splitter;
use super::{Collector, DropReason, Drops, Message, NodeError, Operator, OperatorStats};
use crate::chunk::Chunk;
use crate::plan::{NodeId, Pipeline};
use crate::record::PartitionId;
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::topic::{Consumer, TopicConfig, TopicId, Topics};
use crate::value::DataType;
use crate::window::WindowSpec;

mod build;
mod checkpoint;
mod error;
mod feed;
mod source;
#[cfg(test)]
mod tests;

pub use error::{PlanError, PlanErrorKind};
use feed::Feed;
use source::Source;

/// Rows that are read before they are processed: they should stay in a core's cache.
const CHUNK_ROWS: usize = 2_048;

/// One running pipeline.
pub struct Task {
    name: String,
    /// Identifies the plan in checkpoints.
    plan: Vec<u8>,
    nodes: Vec<Running>,
    /// The topics that are read into rows.
    feeds: Vec<Feed>,
    /// Why it stopped.
    failure: Option<String>,
    pace: Pace,
    limits: Limits,
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One node.
struct Running {
    name: String,
    inputs: Vec<NodeId>,
    stage: Stage,
    schema: Schema,
    /// Whether the rows are changes of a table.
    is_table: bool,
    window: Option<WindowSpec>,
    collector: Collector,
    /// Output for a subscriber.
    kept: Chunk,
    /// Whether output is kept until it is taken.
    is_subscribed: bool,
    rows_in: u64,
    rows_out: u64,
    /// Bytes of rows taken since [`Pace`] was told.
    bytes_in: u64,
}

enum Stage {
    Source(Box<Source>),
    Split(Box<Splitter>),
    Operator(Box<dyn Operator>),
    Sink(SinkWriter),
}

impl Task {
    /// Starts a pipeline at the beginning of its topics. Creates the topics that it writes if they
    /// are not there.
    ///
    /// # Errors
    /// When the plan makes no sense, with the node's name; topics that were created by then stay.
    pub fn new(pipeline: &Pipeline, topics: &mut Topics) -> Result<Self, PlanError> {
        let mut nodes: Vec<Running> = Vec::new();
        let mut template: Option<TopicConfig> = None;
        for node in &pipeline.nodes {
            let error = |kind| PlanError { node: node.name.clone(), kind };
            if nodes.iter().any(|other| other.name == node.name) {
                return Err(error(PlanErrorKind::DuplicateName));
            }
            let running = build::build(node, &nodes, &mut template, topics).map_err(error)?;
            nodes.push(running);
        }
        let plan = postcard::to_allocvec(pipeline).expect("a plan serialises into memory");
        let feeds = feed::feeds(&nodes);
        let pace = Pace::new(CHUNK_ROWS, pipeline.fans_out());
        let (name, limits) = (pipeline.name.clone(), Limits::default());
        Ok(Self { name, plan, nodes, feeds, failure: None, pace, limits })
    }

    /// The same task with other limits than [`Limits::default`].
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        for node in &mut self.nodes {
            node.collector.limits = limits;
        }
        self
    }

    /// Keeps what goes wrong until [`Task::take_errors`] takes it, or does not.
    pub fn keep_errors(&mut self, on: bool) {
        for node in &mut self.nodes {
            node.collector.errors.turn_on(on);
        }
    }

    /// Gives what went wrong since the last time, node by node, to `log`, which says whether it took
    /// it; what it did not take is counted. It gets the columns of the rows that the node takes.
    pub fn take_errors(&mut self, log: &mut dyn FnMut(NodeId, &Schema, &NodeError) -> bool) {
        for id in 0..self.nodes.len() {
            let (before, rest) = self.nodes.split_at_mut(id);
            let Running { inputs, schema, collector, .. } = &mut rest[0];
            if collector.errors.is_empty() {
                continue;
            }
            let schema = inputs.first().map_or(&*schema, |input| &before[*input].schema);
            let (errors, over) = collector.errors.take();
            let refused = errors.iter().filter(|error| !log(id, schema, error)).count() as u64;
            collector.drops.add(DropReason::Unlogged, over + refused);
        }
    }

    /// Bytes that went through its operators so far: what a turn of an engine is measured in.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.pace.work()
    }

    /// The pipeline's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The node called `name`.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<NodeId> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// The columns that a node gives out.
    ///
    /// # Panics
    /// When there is no such node.
    #[must_use]
    pub fn schema(&self, node: NodeId) -> &Schema {
        &self.nodes[node].schema
    }

    /// An empty chunk with a node's columns.
    ///
    /// # Panics
    /// When there is no such node.
    #[must_use]
    pub fn new_chunk(&self, node: NodeId) -> Chunk {
        Chunk::new(types(&self.nodes[node].schema).iter())
    }

    /// Keeps what a node gives out from now on until it is taken with [`Task::take_rows`], as a
    /// push query or a test does. Nothing bounds it but the caller's taking.
    ///
    /// # Panics
    /// When there is no such node.
    pub fn subscribe(&mut self, node: NodeId) {
        self.nodes[node].is_subscribed = true;
    }

    /// Reads on from the end of its topics: nothing of what is there now.
    pub fn skip_to_end(&mut self, topics: &Topics) {
        for node in &mut self.nodes {
            if let Stage::Source(source) = &mut node.stage
                && let Some(topic) = topics.get(source.topic)
            {
                source.consumer = Consumer::from_end(topic);
            }
        }
    }

    /// Reads on where another task is, in each topic that both read into rows.
    pub fn go_on_from(&mut self, other: &Self) {
        for node in &mut self.nodes {
            let Stage::Source(source) = &mut node.stage else { continue };
            let same = other.nodes.iter().filter_map(Running::position);
            let position =
                same.filter(|(topic, _)| *topic == source.topic).map(|(_, at)| at).next();
            if let Some(position) = position {
                source.consumer = position.clone();
            }
        }
    }

    /// Why the task stopped, if it has: a plan can ask for that instead of leaving out what cannot
    /// be read. It then reads nothing more.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Processes rows as if the source `node` had read them.
    ///
    /// # Panics
    /// When the node is no source or the rows do not have its columns.
    pub fn push_rows(&mut self, node: NodeId, rows: &Chunk, topics: &mut Topics) {
        let source = &mut self.nodes[node];
        assert!(matches!(source.stage, Stage::Source(_)), "{} is no source", source.name);
        source.rows_in += rows.len() as u64;
        source.rows_out += rows.len() as u64;
        let types = types(&source.schema);
        assert!(rows.columns.iter().map(|c| &c.data_type).eq(&types), "rows of another schema");
        self.flow_from(Some((node, rows)), None, topics);
    }

    /// Commits: what was held back to coalesce updates is emitted. `now` is virtual time.
    pub fn commit(&mut self, now: Timestamp, topics: &mut Topics) {
        self.flow_from(None, Some(now), topics);
    }

    /// Its sources, to tell them where others read the same.
    pub(super) fn sharers(&mut self) -> impl Iterator<Item = Sharer<'_>> {
        self.nodes.iter_mut().filter_map(|node| match &mut node.stage {
            Stage::Source(source) => {
                let Source { plan, topic, share, .. } = source.as_mut();
                Some(Sharer { plan, topic: *topic, share })
            }
            Stage::Split(_) | Stage::Operator(_) | Stage::Sink(_) => None,
        })
    }

    fn flow(&mut self, topics: &mut Topics) {
        self.flow_from(None, None, topics);
        for node in &mut self.nodes {
            let failure = match &mut node.stage {
                Stage::Source(source) => source.failure.take(),
                Stage::Sink(sink) => sink.take_failure(),
                Stage::Split(_) => None,
                Stage::Operator(_) => node.collector.exceeded.take().map(|e| e.to_string()),
            };
            let named = failure.map(|failure| format!("{}: {failure}", node.name));
            self.failure = self.failure.take().or(named);
        }
    }

    /// Tells the pace what a step of so many records led to, and looks at the state when it is time
    /// to.
    fn keep_pace(&mut self, records: usize) {
        let bytes = self.nodes.iter_mut().map(|node| std::mem::take(&mut node.bytes_in)).sum();
        self.pace.take(records, bytes);
        if !self.pace.wants_look() {
            return;
        }
        let states: Vec<u64> = self.nodes.iter().map(Running::state_bytes).collect();
        let bytes = states.iter().sum();
        self.pace.looked(bytes);
        let most = self.limits.state_bytes;
        if bytes > most && self.failure.is_none() {
            let largest = (0..states.len()).max_by_key(|node| states[*node]).unwrap_or(0);
            let exceeded = Exceeded::StateBytes { bytes, most };
            self.failure = Some(format!("{}: {exceeded}", self.nodes[largest].name));
        }
    }

    /// Sends what nodes have given out through those behind them, in the plan's order. `rows`
    /// stands for the output of a source; with `commit` each operator commits after its rows.
    fn flow_from(
        &mut self,
        rows: Option<(NodeId, &Chunk)>,
        commit: Option<Timestamp>,
        topics: &mut Topics,
    ) {
        for node in 0..self.nodes.len() {
            let (before, rest) = self.nodes.split_at_mut(node);
            for at in 0..rest[0].inputs.len() {
                let input = rest[0].inputs[at];
                let chunk = match rows {
                    Some((source, rows)) if source == input => rows,
                    _ => &before[input].collector.output,
                };
                if !chunk.is_empty() {
                    rest[0].handle(at, Message::Chunk(chunk), topics);
                    if rest[0].collector.errors.has_faults() {
                        rest[0].collector.errors.describe(chunk, &before[input].schema);
                    }
                }
            }
            if let Some(now) = commit {
                rest[0].handle(0, Message::Commit(now), topics);
            }
        }
        for node in &mut self.nodes {
            node.end_flow();
        }
    }

    /// Appends to `out` what a subscribed node has given out since the last call.
    ///
    /// # Panics
    /// When there is no such node.
    pub fn take_rows(&mut self, node: NodeId, out: &mut Chunk) {
        let kept = &mut self.nodes[node].kept;
        out.append(kept);
        kept.clear();
    }

    /// Appends a node's present results in order of key and window: what a pull query reads.
    /// Closed windows are there until their retention ends. Nothing for nodes without a table.
    ///
    /// # Panics
    /// When there is no such node.
    pub fn read_table(&mut self, node: NodeId, out: &mut Chunk) {
        if let Stage::Operator(operator) = &mut self.nodes[node].stage {
            operator.read_table(out);
        }
    }

    /// The router of a [`crate::plan::Op::Split`] node, with its counters.
    #[must_use]
    pub fn splitter(&self, node: NodeId) -> Option<&Splitter> {
        match &self.nodes.get(node)?.stage {
            Stage::Split(splitter) => Some(splitter),
            Stage::Source(_) | Stage::Operator(_) | Stage::Sink(_) => None,
        }
    }

    /// The window that a node's rows have in their keys.
    #[must_use]
    pub fn window(&self, node: NodeId) -> Option<WindowSpec> {
        self.nodes.get(node)?.window
    }

    /// Records that are in the task's topics and not read yet.
    #[must_use]
    pub fn lag(&self, topics: &Topics) -> u64 {
        self.nodes.iter().map(|node| node.lag(topics)).sum()
    }

    /// Figures of every node, in the plan's order.
    #[must_use]
    pub fn stats(&self, topics: &Topics) -> Vec<OperatorStats> {
        self.nodes.iter().map(|node| node.stats(topics)).collect()
    }

    /// Bytes of state of all nodes.
    #[must_use]
    pub fn state_bytes(&self) -> u64 {
        self.nodes.iter().map(Running::state_bytes).sum()
    }
}

impl Running {
    fn state_bytes(&self) -> u64 {
        match &self.stage {
            Stage::Operator(operator) => operator.stats().state_bytes,
            Stage::Source(_) | Stage::Split(_) | Stage::Sink(_) => 0,
        }
    }

    /// Reads records into the node's output; returns how many there were.
    fn read(
        &mut self,
        topics: &mut Topics,
        shared: &mut SharedReads,
        max_records: usize,
        of: Option<(PartitionId, feed::Before)>,
    ) -> usize {
        let Stage::Source(source) = &mut self.stage else { return 0 };
        let read = source.read(topics, shared, max_records, of, &mut self.collector);
        self.rows_in += read as u64;
        self.rows_out += self.collector.output.len() as u64;
        read
    }

    fn handle(&mut self, input: usize, message: Message<'_>, topics: &mut Topics) {
        let before = self.collector.output.len();
        match (&mut self.stage, message) {
            (Stage::Operator(operator), Message::Chunk(chunk)) => {
                self.rows_in += chunk.len() as u64;
                self.bytes_in += chunk.bytes();
                operator.process_input(input, chunk, &mut self.collector);
            }
            (Stage::Operator(operator), Message::Commit(now)) => {
                operator.commit(now, &mut self.collector);
            }
            (Stage::Sink(sink), Message::Chunk(chunk)) => {
                self.rows_in += chunk.len() as u64;
                self.bytes_in += chunk.bytes();
                let Collector { drops, errors, .. } = &mut self.collector;
                self.rows_out += sink.write(chunk, topics, drops, errors);
            }
            (Stage::Sink(_), Message::Commit(_)) | (Stage::Source(_) | Stage::Split(_), _) => {}
        }
        self.rows_out += (self.collector.output.len() - before) as u64;
    }

    /// Forgets the output, or keeps it for a subscriber.
    fn end_flow(&mut self) {
        let output = &mut self.collector.output;
        if output.is_empty() {
            return;
        }
        if self.is_subscribed {
            self.kept.append(output);
        }
        output.clear();
    }

    /// The topic that a node reads and how far it has come.
    fn position(&self) -> Option<(TopicId, &Consumer)> {
        match &self.stage {
            Stage::Source(source) => Some((source.topic, &source.consumer)),
            Stage::Split(splitter) => Some((splitter.source(), splitter.consumer())),
            Stage::Operator(_) | Stage::Sink(_) => None,
        }
    }

    fn lag(&self, topics: &Topics) -> u64 {
        let Some((topic, consumer)) = self.position() else { return 0 };
        topics.get(topic).map_or(0, |topic| consumer.total_lag(topic))
    }

    fn drops(&self) -> Drops {
        let mut drops = self.collector.drops;
        if let Some((_, consumer)) = self.position() {
            drops.add(DropReason::Removed, consumer.lost_to_retention());
        }
        if let Stage::Split(splitter) = &self.stage {
            drops.add(DropReason::Unwritable, splitter.counters().refused);
        }
        drops
    }

    fn stats(&self, topics: &Topics) -> OperatorStats {
        let state = match &self.stage {
            Stage::Operator(operator) => operator.stats(),
            Stage::Split(splitter) => OperatorStats {
                rows_in: splitter.counters().read,
                rows_out: splitter.counters().routed.iter().sum(),
                ..OperatorStats::default()
            },
            Stage::Source(_) | Stage::Sink(_) => OperatorStats::default(),
        };
        OperatorStats {
            name: self.name.clone(),
            rows_in: self.rows_in + state.rows_in,
            rows_out: self.rows_out + state.rows_out,
            drops: self.drops(),
            lag: self.lag(topics),
            ..state
        }
    }
}

fn types(schema: &Schema) -> Vec<DataType> {
    schema.fields.iter().map(|field| field.data_type.clone()).collect()
}
