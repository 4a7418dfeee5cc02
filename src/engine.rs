//! Topics and running queries together: records in, records out. Not here: where records come from,
//! and how fast time runs.

pub mod processing_log;

use std::sync::Arc;

use thiserror::Error;

use crate::chunk::Chunk;
use crate::exec::{DropReason, Drops, Limits, OperatorStats, PlanError, SharedReads, Task};
use crate::plan::{Node, Op, Pipeline};
use crate::state::checkpoint::CheckpointError;
use crate::time::{Micros, Timestamp};
use crate::topic::{TopicConfig, TopicError, TopicId, Topics};
use crate::window::WindowError;
use processing_log::Logged;

/// ksqlDB's commit interval (`ksql.streams.commit.interval.ms`), by default.
pub const COMMIT_INTERVAL_MS: i64 = 2_000;

/// Turns end on this grid of virtual time, milliseconds: as long as a Kafka consumer waits for
/// records that are few (`fetch.max.wait.ms`).
pub const TURN_MS: i64 = 500;

/// Records that a query takes at a time: enough to make use of columns, few enough for the cache.
const BATCH: usize = 1_024;

/// A running query.
#[derive(Debug)]
pub struct Query {
    /// Shared with checkpoints.
    pipeline: Arc<Pipeline>,
    task: Task,
    paused: bool,
    limits: Limits,
}

/// Totals of a query since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryStats {
    /// Records read.
    pub records_in: u64,
    /// Records written.
    pub records_out: u64,
    /// Records that are there and not read yet.
    pub lag: u64,
    /// Bytes of state.
    pub state_bytes: u64,
    /// What was dropped or could not be read, by reason.
    pub drops: Drops,
}

impl Query {
    /// The plan.
    #[must_use]
    pub const fn pipeline(&self) -> &Arc<Pipeline> {
        &self.pipeline
    }

    /// Whether it has been told to read no further.
    #[must_use]
    pub const fn paused(&self) -> bool {
        self.paused
    }

    /// Why it stopped, if it did: a plan can ask for that at a record that cannot be taken.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.task.failure()
    }

    /// Figures of each operator.
    #[must_use]
    pub fn operators(&self, topics: &Topics) -> Vec<OperatorStats> {
        self.task.stats(topics)
    }

    /// Figures of the whole query.
    #[must_use]
    pub fn stats(&self, topics: &Topics) -> QueryStats {
        let operators = self.operators(topics);
        let mut stats = QueryStats {
            records_in: operators.first().map_or(0, |first| first.rows_in),
            records_out: operators.last().map_or(0, |last| last.rows_out),
            ..QueryStats::default()
        };
        for operator in &operators {
            stats.lag += operator.lag;
            stats.state_bytes += operator.state_bytes;
            for (reason, count) in operator.drops.iter() {
                stats.drops.add(reason, count);
            }
        }
        stats
    }
}

/// Topics and the queries that run over them.
#[derive(Debug)]
pub struct Engine {
    topics: Topics,
    queries: Vec<Query>,
    /// When the next commit is due; commits lie on a grid of virtual time.
    next_commit: Option<Micros>,
    coalesced: bool,
    limits: Limits,
    /// Whether what queries cannot read, compute or write goes to the processing log.
    logs_errors: bool,
    /// Bytes that a query may put through its operators in a turn; `None` is without end.
    turn_bytes: Option<u64>,
    /// What queries of one topic read together; no part of what an engine is.
    shared: SharedReads,
}

/// Plan, state, and how it runs.
#[derive(Clone, Debug)]
struct QueryCheckpoint {
    pipeline: Arc<Pipeline>,
    state: Vec<u8>,
    paused: bool,
    limits: Limits,
}

/// All that an engine is at one point.
#[derive(Clone, Debug)]
pub struct EngineCheckpoint {
    topics: Topics,
    queries: Vec<QueryCheckpoint>,
    next_commit: Option<Micros>,
    coalesced: bool,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            topics: Topics::default(),
            queries: Vec::new(),
            next_commit: None,
            coalesced: true,
            limits: Limits::default(),
            logs_errors: false,
            turn_bytes: None,
            shared: SharedReads::default(),
        }
    }
}

impl Engine {
    /// The topics.
    #[must_use]
    pub const fn topics(&self) -> &Topics {
        &self.topics
    }

    /// The topics, to append to.
    pub const fn topics_mut(&mut self) -> &mut Topics {
        &mut self.topics
    }

    /// The queries, in the order in which they were started.
    pub fn queries(&self) -> impl ExactSizeIterator<Item = &Query> {
        self.queries.iter()
    }

    /// Whether results are coalesced per commit interval.
    #[must_use]
    pub const fn coalesced(&self) -> bool {
        self.coalesced
    }

    /// Gives queries that are started from now on other limits.
    pub const fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The limits of queries that are started now.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Lets queries that are started from now on log what they cannot read, compute or write: to the
    /// processing log, whose topic is created if it is not there.
    pub fn log_errors(&mut self) {
        let created = self.topics.get_or_create(processing_log::config());
        debug_assert!(created.is_ok(), "the topic's settings make sense");
        self.logs_errors = true;
    }

    /// A task of a query with what the engine gives each.
    fn prepare(&self, mut task: Task, pipeline: &Pipeline, limits: Limits) -> Task {
        task.keep_errors(self.logs_errors && processing_log::is_logged(pipeline));
        task.with_limits(limits)
    }

    /// Ends a query's part of a turn when so many bytes went through its operators: it goes on in
    /// the next turn, so that one which has much to catch up with does not hold up the others.
    /// Without it a turn ends when all is read.
    pub const fn bound_turns(&mut self, bytes: Option<u64>) {
        self.turn_bytes = bytes;
    }

    /// The bound of [`Engine::bound_turns`].
    #[must_use]
    pub const fn turn_bytes(&self) -> Option<u64> {
        self.turn_bytes
    }

    /// Adds a topic.
    ///
    /// # Errors
    /// When its name is taken or its configuration makes no sense.
    pub fn create_topic(&mut self, config: TopicConfig) -> Result<TopicId, StartError> {
        Ok(self.topics.create(config)?)
    }

    /// Starts a query at the beginning of the topics that it reads. Queries run in the order in
    /// which they were started: start one after those whose results it reads.
    ///
    /// # Errors
    /// When its name is taken or the plan is not valid; nothing was started then.
    pub fn start(&mut self, pipeline: Pipeline) -> Result<(), StartError> {
        if self.queries.iter().any(|query| query.pipeline.name == pipeline.name) {
            return Err(StartError::NameTaken(pipeline.name));
        }
        let task = Task::new(&pipeline, &mut self.topics)?;
        let limits = self.limits;
        let task = self.prepare(task, &pipeline, limits);
        self.queries.push(Query { pipeline: Arc::new(pipeline), task, paused: false, limits });
        self.share();
        Ok(())
    }

    /// Stops a query and forgets its state. False when there is no such query.
    pub fn stop(&mut self, name: &str) -> bool {
        let before = self.queries.len();
        self.queries.retain(|query| query.pipeline.name != name);
        self.share();
        self.queries.len() < before
    }

    /// Puts another plan in the place of the query of its name, which goes on where that was in
    /// each topic that both read.
    ///
    /// # Errors
    /// When there is no such query or the plan is not valid; the old query goes on then.
    pub fn replace(&mut self, pipeline: Pipeline) -> Result<(), StartError> {
        let named = |query: &Query| query.pipeline.name == pipeline.name;
        let Some(at) = self.queries.iter().position(named) else {
            return Err(StartError::NoQuery(pipeline.name));
        };
        let task = Task::new(&pipeline, &mut self.topics)?;
        let mut task = self.prepare(task, &pipeline, self.limits);
        let query = &mut self.queries[at];
        task.go_on_from(&query.task);
        query.task = task;
        query.pipeline = Arc::new(pipeline);
        query.limits = self.limits;
        self.share();
        Ok(())
    }

    /// Lets the queries that run share what they read.
    fn share(&mut self) {
        let running = self.queries.iter_mut().filter(|query| !query.paused);
        self.shared = SharedReads::of(running.map(|query| &mut query.task));
    }

    /// Records that were read for several queries at once since the set of running queries changed
    /// last, and rows that queries took of them.
    #[must_use]
    pub fn shared_reads(&self) -> (u64, u64) {
        self.shared.counts()
    }

    /// Pauses a query or lets it go on. False when there is no such query.
    pub fn pause(&mut self, name: &str, paused: bool) -> bool {
        let query = self.queries.iter_mut().find(|query| query.pipeline.name == name);
        let found = query.map(|query| query.paused = paused).is_some();
        self.share();
        found
    }

    /// Whether results that a plan emits at commits are coalesced per commit interval of virtual
    /// time, or committed after every record, which emits every update. What was held back goes
    /// out now.
    pub fn coalesce(&mut self, on: bool, now: Timestamp) {
        self.coalesced = on;
        self.commit(now);
    }

    /// Lets every query that is not paused read all that is there. If a commit is due by `clock`,
    /// then also what it brings out.
    pub fn turn(&mut self, clock: Micros) {
        let interval = COMMIT_INTERVAL_MS * 1_000;
        let next =
            |clock: Micros| Micros((clock.0.div_euclid(interval) + 1).saturating_mul(interval));
        self.shared.clear();
        self.drain(clock.timestamp());
        let due = *self.next_commit.get_or_insert(next(clock));
        if clock >= due {
            self.commit(clock.timestamp());
            self.drain(clock.timestamp());
            self.next_commit = Some(next(clock));
        }
    }

    /// Lets the queries read what is there, each before those that read its results.
    fn drain(&mut self, now: Timestamp) {
        let Self { topics, queries, coalesced, turn_bytes, shared, .. } = self;
        for Query { pipeline, task, .. } in queries.iter_mut().filter(|query| !query.paused) {
            let end = turn_bytes.map_or(u64::MAX, |bytes| task.work().saturating_add(bytes));
            while task.work() < end {
                if *coalesced {
                    if task.poll_shared(topics, shared, BATCH) == 0 {
                        break;
                    }
                } else if task.poll_shared(topics, shared, 1) > 0 {
                    task.commit(now, topics);
                } else {
                    break;
                }
            }
            log_errors(pipeline, task, topics, now);
        }
    }

    fn commit(&mut self, now: Timestamp) {
        for query in self.queries.iter_mut().filter(|query| !query.paused) {
            query.task.commit(now, &mut self.topics);
            log_errors(&query.pipeline, &mut query.task, &mut self.topics, now);
        }
    }

    /// The results that a query holds now, closed windows in retention among them, in the order of
    /// key and window; `None` when there is no such query or it has no table.
    #[must_use]
    pub fn read_table(&mut self, name: &str) -> Option<Chunk> {
        let query = self.queries.iter_mut().find(|query| query.pipeline.name == name)?;
        let is_table = |node: &Node| matches!(node.op, Op::Aggregate(_));
        let node = query.pipeline.nodes.iter().position(is_table)?;
        let mut table = query.task.new_chunk(node);
        query.task.read_table(node, &mut table);
        Some(table)
    }

    /// About how many bytes a checkpoint has if nothing is shared.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let state: u64 = self.queries.iter().map(|query| query.task.state_bytes()).sum();
        state + self.topics.iter().map(|(_, topic)| topic.stats().bytes).sum::<u64>()
    }

    /// The state of the query with this number, `None` behind the last: most of what a checkpoint
    /// takes time for, in parts.
    #[must_use]
    pub fn query_state(&self, number: usize) -> Option<Vec<u8>> {
        self.queries.get(number).map(|query| query.task.checkpoint())
    }

    /// All that the engine is, with `states` that were taken of its queries since it moved last; those
    /// of other queries are taken now.
    #[must_use]
    pub fn checkpoint(&self, states: Vec<Vec<u8>>) -> EngineCheckpoint {
        let mut states = states.into_iter();
        let of_query = |query: &Query| QueryCheckpoint {
            pipeline: Arc::clone(&query.pipeline),
            state: states.next().unwrap_or_else(|| query.task.checkpoint()),
            paused: query.paused,
            limits: query.limits,
        };
        EngineCheckpoint {
            topics: self.topics.clone(),
            queries: self.queries.iter().map(of_query).collect(),
            next_commit: self.next_commit,
            coalesced: self.coalesced,
        }
    }

    /// Goes to a checkpoint: queries that were started since are gone, those that were stopped
    /// since are there again.
    ///
    /// # Errors
    /// When the bytes of a state are damaged: the engine is then as it was.
    pub fn restore(&mut self, checkpoint: &EngineCheckpoint) -> Result<(), RestoreError> {
        let mut topics = checkpoint.topics.clone();
        let mut queries = Vec::with_capacity(checkpoint.queries.len());
        for of in &checkpoint.queries {
            let QueryCheckpoint { pipeline, state, paused, limits } = of;
            let (paused, limits) = (*paused, *limits);
            let task = Task::new(pipeline, &mut topics)?;
            let mut task = self.prepare(task, pipeline, limits);
            task.restore(state)?;
            queries.push(Query { pipeline: Arc::clone(pipeline), task, paused, limits });
        }
        self.topics = topics;
        self.queries = queries;
        self.next_commit = checkpoint.next_commit;
        self.coalesced = checkpoint.coalesced;
        self.share();
        Ok(())
    }
}

/// Writes what went wrong in a query since the last time to the processing log.
fn log_errors(pipeline: &Pipeline, task: &mut Task, topics: &mut Topics, now: Timestamp) {
    task.take_errors(&mut |node, columns, error| {
        Logged { pipeline, node, columns, error }.append(topics, now)
    });
}

/// The name of a reason, for people.
#[must_use]
pub const fn drop_name(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Late => "late",
        DropReason::NullKey => "null key",
        DropReason::Tombstone => "tombstone",
        DropReason::Unreadable => "unreadable",
        DropReason::InvalidTimestamp => "invalid timestamp",
        DropReason::Unwritable => "unwritable",
        DropReason::CollectLimit => "over the collect limit",
        DropReason::FinalWindowLost => "final window lost",
        DropReason::Removed => "removed before it was read",
        DropReason::Failed => "expression failed",
        DropReason::Unlogged => "not in the processing log",
    }
}

/// Why a topic or a query was not started.
#[derive(Debug, Error)]
pub enum StartError {
    /// A topic.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// A plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A window.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// A query of this name runs.
    #[error("a query `{0}` is running")]
    NameTaken(String),
    /// A topic is missing.
    #[error("there is no topic `{0}`")]
    NoTopic(String),
    /// A query is missing.
    #[error("there is no query `{0}`")]
    NoQuery(String),
    /// The script of a pipeline is wrong.
    #[error("{0}")]
    Script(String),
}

/// Why an engine did not go back to a checkpoint.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// A plan of the checkpoint cannot be started.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A state cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Format, Sink, Source};
    use crate::record::PartitionId;
    use crate::schema::{Field, Schema};
    use crate::value::DataType;

    /// Copies the member `a` from one topic to another.
    fn copy(name: &str, from: &str, to: &str) -> Pipeline {
        let schema = Schema::new(vec![Field::value("a", DataType::BigInt)]);
        let (key_format, value_format) = (Format::None, Format::Json);
        let source = Source::new(from, key_format, value_format, schema);
        let sink = Sink::new(to, key_format, value_format);
        let node = |name: &str, inputs: &[usize], op| Node {
            name: name.into(),
            inputs: inputs.to_vec(),
            op,
        };
        Pipeline {
            name: name.into(),
            nodes: vec![node("read", &[], Op::Source(source)), node("write", &[0], Op::Sink(sink))],
        }
    }

    fn engine() -> Engine {
        let mut engine = Engine::default();
        let small = TopicConfig {
            segment_bytes: 1_024,
            retention_bytes: Some(2_048),
            ..TopicConfig::new("in", 1)
        };
        engine.create_topic(small).expect("valid");
        engine.start(copy("first", "in", "middle")).expect("valid");
        engine.start(copy("second", "middle", "out")).expect("valid");
        engine
    }

    fn append(engine: &mut Engine, n: i64) {
        let id = engine.topics.id("in").expect("was created");
        let topic = engine.topics.get_mut(id).expect("was created");
        for a in 0..n {
            let value = format!("{{\"a\": {a}}}");
            topic
                .append(PartitionId(0), None, Some(value.as_bytes()), &[], Timestamp(a))
                .expect("small enough");
        }
    }

    fn appended(engine: &Engine, topic: &str) -> u64 {
        engine.topics.by_name(topic).expect("was created").appended()
    }

    #[test]
    fn one_turn_brings_a_record_through_all_queries() {
        let mut engine = engine();
        append(&mut engine, 3);
        engine.turn(Micros(0));
        assert_eq!(appended(&engine, "out"), 3);
        assert!(matches!(engine.start(copy("first", "in", "x")), Err(StartError::NameTaken(_))));
    }

    #[test]
    fn a_paused_query_lags_and_what_retention_takes_meanwhile_is_counted() {
        let mut engine = engine();
        assert!(engine.pause("first", true));
        assert!(!engine.pause("none", true));
        append(&mut engine, 1_000);
        engine.turn(Micros(0));
        let stats =
            |engine: &Engine| engine.queries().next().expect("was started").stats(engine.topics());
        let there = engine.topics.by_name("in").expect("was created").stats().records;
        assert_eq!(stats(&engine).lag, there, "what is gone is no lag");
        engine.pause("first", false);
        engine.turn(Micros(100_000));
        assert_eq!(stats(&engine).drops.get(DropReason::Removed), 1_000 - there);
        assert_eq!(appended(&engine, "out"), there);
    }

    #[test]
    fn a_checkpoint_brings_everything_back() {
        let mut engine = engine();
        append(&mut engine, 5);
        engine.turn(Micros(0));
        let checkpoint = engine.checkpoint(Vec::new());
        append(&mut engine, 5);
        engine.pause("second", true);
        engine.turn(Micros(100_000));
        engine.restore(&checkpoint).expect("of this engine");
        assert_eq!((appended(&engine, "in"), appended(&engine, "out")), (5, 5));
        append(&mut engine, 2);
        engine.turn(Micros(100_000));
        assert_eq!(appended(&engine, "out"), 7, "nothing twice, and no query is paused");
    }
}
