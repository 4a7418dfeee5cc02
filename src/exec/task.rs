//! The driver: one running pipeline.
//!
//! A task pulls records from its topics, sends rows through its nodes in the plan's order and
//! writes to its sinks' topics. Not here: when it runs, how often it commits, which tasks share a
//! read: the engine decides.

use std::fmt;

use super::aggregate;
use super::explode::Explode;
use super::expression::Evaluator;
use super::filter::{Filter, TableFilter};
use super::join;
use super::limits::{Exceeded, Limits, Pace};
use super::partition_by::PartitionBy;
use super::partitioner::Partitioner;
use super::project::Project;
use super::reader::{RecordError, RecordReader};
use super::sink::SinkWriter;
use super::split::{Splitter, append, dead_letter_headers};
use super::{Collector, DropReason, Drops, Message, Operator, OperatorStats};
use crate::chunk::Chunk;
use crate::plan::{Node, NodeId, Op, Output, Pipeline};
use crate::record::{PartitionId, Record};
use crate::schema::{Field, Role, Schema};
use crate::state::checkpoint::{CheckpointError, Reader, header, invalid, put, put_bytes};
use crate::time::Timestamp;
use crate::topic::config::MAX_BYTES;
use crate::topic::{Consumer, Topic, TopicConfig, TopicId, Topics};
use crate::value::DataType;
use crate::window::WindowSpec;

mod error;
mod feed;
#[cfg(test)]
mod tests;

pub use error::{PlanError, PlanErrorKind};
use feed::Feed;

/// Rows that are read before they are processed: they should stay in a core's cache.
const CHUNK_ROWS: usize = 2_048;

/// Bytes of records that are read before they are processed.
const CHUNK_BYTES: usize = 16 << 20;

/// Room for the headers of a dead letter above the largest record of the source.
const DEAD_LETTER_HEADROOM: u32 = 4 << 10;

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

/// Reads rows from a topic.
struct Source {
    topic: TopicId,
    consumer: Consumer,
    reader: RecordReader,
    dead_letters: Option<TopicId>,
    failure: Option<String>,
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
        let of = |node: &Running| match &node.stage {
            Stage::Operator(operator) => operator.stats().state_bytes,
            Stage::Source(_) | Stage::Split(_) | Stage::Sink(_) => 0,
        };
        let states: Vec<u64> = self.nodes.iter().map(of).collect();
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

impl Running {
    /// Reads records into the node's output: of all partitions in the order of their arrival, or
    /// of one partition those before a time. Returns how many there were.
    fn read(
        &mut self,
        topics: &mut Topics,
        max_records: usize,
        of: Option<(PartitionId, feed::Before)>,
    ) -> usize {
        let Stage::Source(source) = &mut self.stage else { return 0 };
        let Source { topic, consumer, reader, dead_letters, failure } = source.as_mut();
        let Collector { output, drops, .. } = &mut self.collector;
        let read = topics.with(*topic, |topic, others| {
            let each = |record: Record<'_>| {
                if failure.is_some() {
                    return;
                }
                let Err(error) = reader.read(&record, output) else { return };
                drops.add(error.reason(), 1);
                if reader.stops_at(&error) {
                    let at = format!("{}-{}@{}", topic.name(), record.partition.0, record.offset.0);
                    *failure = Some(format!("{at}: {error}"));
                }
                if let Some(to) = dead_letters.filter(|_| !matches!(error, RecordError::NoKey)) {
                    let headers = dead_letter_headers(&record, topic.name(), error.to_string());
                    let partitions = topic.partitions();
                    if append(&record, &headers, partitions, to, others).is_err() {
                        drops.add(DropReason::Unwritable, 1);
                    }
                }
            };
            match of {
                None => consumer.poll(topic, max_records, CHUNK_BYTES, each),
                Some((partition, before)) => {
                    let wanted = |timestamp| before.is_wanted(timestamp);
                    consumer.poll_partition(topic, partition, max_records, wanted, each)
                }
            }
        });
        let read = read.unwrap_or(0);
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

/// What a node is made of.
struct Built {
    stage: Stage,
    schema: Schema,
    window: Option<WindowSpec>,
    is_table: bool,
}

/// Builds a node behind those that are there. `template` is the configuration of the first topic
/// that is read, which those that are created follow.
fn build(
    node: &Node,
    nodes: &[Running],
    template: &mut Option<TopicConfig>,
    topics: &mut Topics,
) -> Result<Running, PlanErrorKind> {
    check_inputs(node, nodes.len())?;
    let built = match (&node.op, node.inputs.as_slice()) {
        (Op::Source(plan), _) => {
            let source = source(plan, topics)?;
            let topic = topics.get(source.topic).map(Topic::config);
            *template = template.take().or_else(|| topic.cloned());
            Built {
                stage: Stage::Source(Box::new(source)),
                schema: plan.output(),
                window: plan.window,
                is_table: plan.table,
            }
        }
        (Op::Split(plan), _) => {
            let splitter = Splitter::new(plan, topics)?;
            let stage = Stage::Split(Box::new(splitter));
            Built { stage, schema: Schema::default(), window: None, is_table: false }
        }
        (Op::Sink(plan), [input, ..]) => {
            let input = &nodes[*input];
            let mut config = template.clone().ok_or(PlanErrorKind::NoSource)?;
            config.partitions = plan.partitions.unwrap_or(config.partitions);
            let topic = topics.get_or_create(TopicConfig { name: plan.topic.clone(), ..config })?;
            let sink = SinkWriter::new(plan, &input.schema, input.window, topic)?;
            let stage = Stage::Sink(sink);
            Built { stage, schema: Schema::default(), window: None, is_table: false }
        }
        (_, [left, right]) => build_join(node, &nodes[*left], &nodes[*right])?,
        (_, inputs) => build_operator(node, &nodes[inputs[0]])?,
    };
    let Built { stage, schema, window, is_table } = built;
    let output_types = types(&schema);
    Ok(Running {
        name: node.name.clone(),
        inputs: node.inputs.clone(),
        stage,
        schema,
        is_table,
        window,
        collector: Collector::new(&output_types),
        kept: Chunk::new(&output_types),
        is_subscribed: false,
        rows_in: 0,
        rows_out: 0,
        bytes_in: 0,
    })
}

/// Builds an operator with one input.
fn build_operator(node: &Node, input: &Running) -> Result<Built, PlanErrorKind> {
    let (schema, window, is_table) = (input.schema.clone(), input.window, input.is_table);
    let (name, columns) = (node.name.clone(), types(&schema));
    let needs_stream = |what| match is_table {
        true => Err(PlanErrorKind::NeedsStream(what)),
        false => Ok(()),
    };
    let (operator, schema, window, is_table): (Box<dyn Operator>, _, _, _) = match &node.op {
        Op::Filter(expr) => {
            let predicate = Evaluator::new(expr, &columns)?;
            if *predicate.data_type() != DataType::Boolean {
                return Err(PlanErrorKind::Predicate(predicate.data_type().clone()));
            }
            let filter: Box<dyn Operator> = if is_table {
                let keys = &columns[..schema.keys().count()];
                let keep_ms = window.map(|w| w.grace_ms(false).saturating_add(w.span_ms()));
                Box::new(TableFilter::new(name, predicate, keys, keep_ms))
            } else {
                Box::new(Filter::new(name, predicate))
            };
            (filter, schema, window, is_table)
        }
        Op::Project(outputs) => {
            let (project, schema) = project(name, outputs, &columns)?;
            (Box::new(project), schema, window, is_table)
        }
        Op::PartitionBy(plan) => {
            needs_stream("PARTITION BY")?;
            let before = schema.keys().count();
            let (project, schema) = project(name, &plan.outputs, &columns)?;
            let keys = schema.keys().count();
            let of_value = (0..keys)
                .filter(|at| !plan.outputs[*at].expr.reads_only_columns_before(before))
                .collect();
            if let Some((_, late)) = schema.keys().find(|(index, _)| *index >= keys) {
                return Err(PlanErrorKind::KeyAfterValue(late.name.to_string()));
            }
            let partitioner = plan
                .repartition
                .filter(|_| keys > 0)
                .map(|partitions| Partitioner::new(partitions.max(1), plan.outputs[..keys].iter()));
            (Box::new(PartitionBy::new(project, keys, of_value, partitioner)), schema, None, false)
        }
        Op::Explode(plan) => {
            needs_stream("a table function")?;
            let mut arrays = Vec::new();
            let mut schema = schema;
            for output in &plan.functions {
                let array = Evaluator::new(&output.expr, &columns)?;
                let DataType::Array(item) = array.data_type() else {
                    let (column, found) =
                        (output.field.name.to_string(), array.data_type().clone());
                    return Err(PlanErrorKind::NoArray { column, found });
                };
                check_field(&output.field, item)?;
                arrays.push(array);
                schema.fields.push(Field { role: Role::Value, ..output.field.clone() });
            }
            (Box::new(Explode::new(name, arrays)), schema, window, false)
        }
        Op::Aggregate(plan) => {
            let operator = if is_table {
                let key = (schema.keys().count(), window.is_some());
                aggregate::table_operator(&name, plan, &columns, key)?
            } else {
                aggregate::operator(&name, plan, &columns)?
            };
            let keys = plan.group_by.iter().map(|output| &output.field);
            let fields = keys.chain(plan.calls.iter().map(|call| &call.field));
            (operator, Schema::new(fields.cloned().collect()), plan.window, true)
        }
        Op::Source(_) | Op::Split(_) | Op::Sink(_) | Op::Join(_) => {
            unreachable!("built elsewhere")
        }
    };
    Ok(Built { stage: Stage::Operator(operator), schema, window, is_table })
}

fn build_join(node: &Node, left: &Running, right: &Running) -> Result<Built, PlanErrorKind> {
    let Op::Join(plan) = &node.op else { unreachable!("only joins have two inputs") };
    let input = |of: &Running| (of.is_table, of.window.is_some());
    let [(left_table, left_windowed), (right_table, right_windowed)] = [input(left), input(right)];
    let operator = join::operator(
        &node.name,
        plan,
        join::Input { schema: &left.schema, is_table: left_table, is_windowed: left_windowed },
        join::Input { schema: &right.schema, is_table: right_table, is_windowed: right_windowed },
    )?;
    Ok(Built {
        stage: Stage::Operator(operator),
        schema: join::output(&left.schema, &right.schema),
        window: left.window,
        is_table: left_table && right_table,
    })
}

fn project(
    name: String,
    outputs: &[Output],
    columns: &[DataType],
) -> Result<(Project, Schema), PlanErrorKind> {
    let mut evaluators = Vec::new();
    for output in outputs {
        let evaluator = Evaluator::new(&output.expr, columns)?;
        check_field(&output.field, evaluator.data_type())?;
        evaluators.push((output.field.role, evaluator));
    }
    let schema = Schema::new(outputs.iter().map(|output| output.field.clone()).collect());
    Ok((Project::new(name, evaluators), schema))
}

/// Checks number and order of a node's inputs.
fn check_inputs(node: &Node, before: usize) -> Result<(), PlanErrorKind> {
    let needs = match &node.op {
        Op::Source(_) | Op::Split(_) => 0,
        Op::Filter(_)
        | Op::Project(_)
        | Op::PartitionBy(_)
        | Op::Explode(_)
        | Op::Aggregate(_)
        | Op::Sink(_) => 1,
        Op::Join(_) => 2,
    };
    if node.inputs.len() != needs {
        return Err(PlanErrorKind::Inputs { needs, found: node.inputs.len() });
    }
    match node.inputs.iter().find(|input| **input >= before) {
        Some(&input) => Err(PlanErrorKind::InputOrder(input)),
        None => Ok(()),
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
    Ok(Source { topic, consumer, reader: RecordReader::new(plan)?, dead_letters, failure: None })
}
