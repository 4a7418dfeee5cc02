//! The driver: one running pipeline.
//!
//! A task pulls records from its topics, sends rows through its nodes in the plan's order and
//! writes to its sinks' topics. Not here: when it runs, how often it commits, which tasks share a
//! read: the engine decides.

use std::fmt;

use super::aggregate;
use super::expression::Evaluator;
use super::filter::Filter;
use super::project::Project;
use super::reader::RecordReader;
use super::sink::SinkWriter;
use super::split::{Splitter, append, dead_letter_headers};
use super::{Collector, DropReason, Drops, Message, Operator, OperatorStats};
use crate::chunk::Chunk;
use crate::plan::{Node, NodeId, Op, Pipeline};
use crate::schema::{Field, Schema};
use crate::state::checkpoint::{CheckpointError, Reader, header, invalid, put, put_bytes};
use crate::time::Timestamp;
use crate::topic::config::MAX_BYTES;
use crate::topic::{Consumer, Topic, TopicConfig, TopicId, Topics};
use crate::value::DataType;
use crate::window::WindowSpec;

mod error;
#[cfg(test)]
mod tests;

pub use error::{PlanError, PlanErrorKind};

/// Rows that are read before they are processed: they should stay in a core's cache.
const CHUNK_ROWS: usize = 2_048;

/// Room for the headers of a dead letter above the largest record of the source.
const DEAD_LETTER_HEADROOM: u32 = 4 << 10;

/// One running pipeline.
pub struct Task {
    name: String,
    /// Identifies the plan in checkpoints.
    plan: Vec<u8>,
    nodes: Vec<Running>,
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One node.
struct Running {
    name: String,
    input: Option<NodeId>,
    stage: Stage,
    schema: Schema,
    window: Option<WindowSpec>,
    collector: Collector,
    /// Output for a subscriber.
    kept: Chunk,
    /// Whether output is kept until it is taken.
    is_subscribed: bool,
    rows_in: u64,
    rows_out: u64,
}

enum Stage {
    Source(Box<Source>),
    Split(Box<Splitter>),
    Operator(Box<dyn Operator>),
    Sink(SinkWriter),
}

/// Reads rows from a topic.
struct Source {
    topic: TopicId,
    consumer: Consumer,
    reader: RecordReader,
    dead_letters: Option<TopicId>,
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
            let running = build(node, &nodes, &mut template, topics).map_err(error)?;
            nodes.push(running);
        }
        let plan = postcard::to_allocvec(pipeline).expect("a plan serialises into memory");
        Ok(Self { name: pipeline.name.clone(), plan, nodes })
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

    /// Reads and processes up to `max_records` records of each topic; returns how many there were.
    pub fn poll(&mut self, topics: &mut Topics, max_records: usize) -> usize {
        let mut total = 0;
        for node in 0..self.nodes.len() {
            let mut left = max_records;
            while left > 0 {
                let records = match &mut self.nodes[node].stage {
                    Stage::Source(_) => {
                        let records = self.nodes[node].read(topics, left.min(CHUNK_ROWS));
                        self.flow(topics);
                        records
                    }
                    Stage::Split(splitter) => splitter.poll(topics, left),
                    Stage::Operator(_) | Stage::Sink(_) => 0,
                };
                if records == 0 {
                    break;
                }
                total += records;
                left -= records;
            }
        }
        total
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

    fn flow(&mut self, topics: &mut Topics) {
        self.flow_from(None, None, topics);
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
            if let Some(input) = rest[0].input {
                let chunk = match rows {
                    Some((source, rows)) if source == input => rows,
                    _ => &before[input].collector.output,
                };
                if !chunk.is_empty() {
                    rest[0].handle(Message::Chunk(chunk), topics);
                }
            }
            if let Some(now) = commit {
                rest[0].handle(Message::Commit(now), topics);
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
        let rows: Vec<u32> = (0..kept.len() as u32).collect();
        out.gather(kept, &rows);
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

    /// The router of a [`Op::Split`] node, with its counters.
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

    /// The state of all nodes with their positions in topics and counters. Rows that are kept for
    /// [`Task::take_rows`] are not in it: take them first.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut out = header();
        put_bytes(&mut out, "plan", &self.plan);
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
        out
    }

    /// Goes on from a checkpoint of the same plan. The topics that are read must still have, or
    /// have again, the records from there on.
    ///
    /// # Errors
    /// When the bytes are no checkpoint of this version and plan. Restore another one, or drop the
    /// task: its state is then incomplete.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let mut from = Reader::new(bytes)?;
        if from.bytes("plan")? != self.plan {
            return Err(CheckpointError::OtherPipeline);
        }
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

impl Running {
    /// Reads records into the node's output; returns how many there were.
    fn read(&mut self, topics: &mut Topics, max_records: usize) -> usize {
        let Stage::Source(source) = &mut self.stage else { return 0 };
        let Source { topic, consumer, reader, dead_letters } = source.as_mut();
        let Collector { output, drops } = &mut self.collector;
        let read = topics.with(*topic, |topic, others| {
            consumer.poll(topic, max_records, usize::MAX, |record| {
                let Err(error) = reader.read(&record, output) else { return };
                drops.add(DropReason::Unreadable, 1);
                if let Some(to) = *dead_letters {
                    let headers = dead_letter_headers(&record, topic.name(), error.to_string());
                    let partitions = topic.partitions();
                    if append(&record, &headers, partitions, to, others).is_err() {
                        drops.add(DropReason::Unwritable, 1);
                    }
                }
            })
        });
        let read = read.unwrap_or(0);
        self.rows_in += read as u64;
        self.rows_out += self.collector.output.len() as u64;
        read
    }

    fn handle(&mut self, message: Message<'_>, topics: &mut Topics) {
        let before = self.collector.output.len();
        match (&mut self.stage, message) {
            (Stage::Operator(operator), Message::Chunk(chunk)) => {
                self.rows_in += chunk.len() as u64;
                operator.process(chunk, &mut self.collector);
            }
            (Stage::Operator(operator), Message::Commit(now)) => {
                operator.commit(now, &mut self.collector);
            }
            (Stage::Sink(sink), Message::Chunk(chunk)) => {
                self.rows_in += chunk.len() as u64;
                self.rows_out += sink.write(chunk, topics, &mut self.collector.drops);
            }
            (Stage::Sink(_), Message::Commit(_)) | (Stage::Source(_) | Stage::Split(_), _) => {}
        }
        self.rows_out += (self.collector.output.len() - before) as u64;
    }

    /// Forgets the output, or keeps it for a subscriber.
    fn end_flow(&mut self) {
        let output = &mut self.collector.output;
        if self.is_subscribed && !output.is_empty() {
            let rows: Vec<u32> = (0..output.len() as u32).collect();
            self.kept.gather(output, &rows);
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

/// Builds a node behind those that are there. `template` is the configuration of the first topic
/// that is read, which those that are created follow.
fn build(
    node: &Node,
    nodes: &[Running],
    template: &mut Option<TopicConfig>,
    topics: &mut Topics,
) -> Result<Running, PlanErrorKind> {
    let input = check_inputs(node, nodes.len())?;
    let (schema, window) = match input {
        Some(input) => (nodes[input].schema.clone(), nodes[input].window),
        None => (Schema::default(), None),
    };
    let columns = types(&schema);
    let (stage, schema, window) = match &node.op {
        Op::Source(plan) => {
            let source = source(plan, topics)?;
            let topic = topics.get(source.topic).map(Topic::config);
            *template = template.take().or_else(|| topic.cloned());
            (Stage::Source(Box::new(source)), plan.schema.clone(), None)
        }
        Op::Split(plan) => {
            let splitter = Splitter::new(plan, topics)?;
            (Stage::Split(Box::new(splitter)), Schema::default(), None)
        }
        Op::Filter(expr) => {
            let predicate = Evaluator::new(expr, &columns)?;
            if *predicate.data_type() != DataType::Boolean {
                return Err(PlanErrorKind::Predicate(predicate.data_type().clone()));
            }
            let filter = Filter::new(node.name.clone(), predicate);
            (Stage::Operator(Box::new(filter)), schema, window)
        }
        Op::Project(outputs) => {
            let mut evaluators = Vec::new();
            for output in outputs {
                let evaluator = Evaluator::new(&output.expr, &columns)?;
                check_field(&output.field, evaluator.data_type())?;
                evaluators.push((output.field.role, evaluator));
            }
            let schema = Schema::new(outputs.iter().map(|output| output.field.clone()).collect());
            let project = Project::new(node.name.clone(), evaluators);
            (Stage::Operator(Box::new(project)), schema, window)
        }
        Op::Aggregate(plan) => {
            let operator = aggregate::operator(&node.name, plan, &columns)?;
            let keys = plan.group_by.iter().map(|output| &output.field);
            let fields = keys.chain(plan.calls.iter().map(|call| &call.field));
            (Stage::Operator(operator), Schema::new(fields.cloned().collect()), plan.window)
        }
        Op::Sink(plan) => {
            let config = template.clone().ok_or(PlanErrorKind::NoSource)?;
            let topic = topics.get_or_create(TopicConfig { name: plan.topic.clone(), ..config })?;
            let sink = SinkWriter::new(plan, &schema, window, topic)?;
            (Stage::Sink(sink), Schema::default(), None)
        }
    };
    let output_types = types(&schema);
    Ok(Running {
        name: node.name.clone(),
        input,
        stage,
        schema,
        window,
        collector: Collector::new(&output_types),
        kept: Chunk::new(&output_types),
        is_subscribed: false,
        rows_in: 0,
        rows_out: 0,
    })
}

/// The input of a node that has one.
fn check_inputs(node: &Node, before: usize) -> Result<Option<NodeId>, PlanErrorKind> {
    let needs = match &node.op {
        Op::Source(_) | Op::Split(_) => 0,
        Op::Filter(_) | Op::Project(_) | Op::Aggregate(_) | Op::Sink(_) => 1,
    };
    if node.inputs.len() != needs {
        return Err(PlanErrorKind::Inputs { needs, found: node.inputs.len() });
    }
    match node.inputs.first() {
        Some(&input) if input >= before => Err(PlanErrorKind::InputOrder(input)),
        input => Ok(input.copied()),
    }
}

fn check_field(field: &Field, actual: &DataType) -> Result<(), PlanErrorKind> {
    if field.data_type == *actual {
        return Ok(());
    }
    Err(PlanErrorKind::Type {
        column: field.name.to_string(),
        declared: field.data_type.clone(),
        actual: actual.clone(),
    })
}

fn source(plan: &crate::plan::Source, topics: &mut Topics) -> Result<Source, PlanErrorKind> {
    let missing = || PlanErrorKind::NoTopic(plan.topic.clone());
    let topic = topics.id(&plan.topic).ok_or_else(missing)?;
    let input = topics.get(topic).ok_or_else(missing)?;
    let (consumer, config) = (Consumer::from_start(input), input.config().clone());
    let dead_letters = match &plan.dead_letters {
        Some(name) if *name == plan.topic => {
            return Err(PlanErrorKind::DeadLettersToSource(name.clone()));
        }
        Some(name) => {
            let max_record_bytes = (config.max_record_bytes + DEAD_LETTER_HEADROOM).min(MAX_BYTES);
            let config = TopicConfig { name: name.clone(), max_record_bytes, ..config };
            Some(topics.get_or_create(config)?)
        }
        None => None,
    };
    Ok(Source { topic, consumer, reader: RecordReader::new(plan)?, dead_letters })
}
