//! A script over recorded inputs: every record that its queries write, in order.
//!
//! As ksqlDB's testing tool runs a script: the whole script is planned first; then its queries run
//! one after another, each to completion over the inputs of its topics in the order in which they
//! are listed, with every update emitted, one partition, and no time but that of records. Not here:
//! files and exit codes (`cli`).

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use crate::engine::processing_log;
use crate::engine::{self, Engine, StartError};
use crate::exec::Limits;
use crate::plan::{Emit, Op, Pipeline};
use crate::record::PartitionId;
use crate::session::{insert, limits, processing_log as log_stream};
use crate::sql::analyzer::{InsertedValues, Planned};
use crate::sql::ast::{Statement, StatementKind};
use crate::sql::catalog::Source;
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::settings::Settings;
use crate::sql::variables::Variables;
use crate::sql::workspace::{Step, Workspace};
use crate::time::{Micros, Timestamp};
use crate::topic::{Consumer, TopicConfig};

mod follow;
mod input;
mod output;

pub use follow::{Follow, FollowError, Taken};
pub use input::{InputError, Inputs};

/// Why a script gave no result.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The script is wrong or has what is not supported: all that was found.
    #[error("the script cannot run")]
    Script(Vec<Diagnostic>),
    /// An input cannot be brought into its topic.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A topic to follow is not there.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// A query did not start.
    #[error("query {0}: {1}")]
    Start(String, Box<StartError>),
    /// A query stopped at a record that it was told not to pass over.
    #[error("query {0} stopped: {1}")]
    Stopped(String, String),
    /// The value of an `INSERT` cannot be computed.
    #[error("INSERT INTO {0}: {1}")]
    Insert(String, String),
}

impl ReplayError {
    /// The number of the kind of error, as diagnostics have one: 05xx tell of a run.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Script(_) => "SG-0500",
            Self::Input(_) => "SG-0501",
            Self::Start(..) => "SG-0502",
            Self::Stopped(..) => "SG-0503",
            Self::Insert(..) => "SG-0504",
            Self::Follow(..) => "SG-0505",
        }
    }
}

/// A record as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    timestamp: i64,
}

/// A script that was planned.
#[derive(Debug, Default)]
pub struct Replay {
    workspace: Workspace,
    /// With the limits that were set then.
    queries: Vec<(Planned, Limits)>,
    inserts: Vec<InsertedValues>,
    /// What was declared over each topic, for the formats of its inputs.
    declared: BTreeMap<Arc<str>, Source>,
    /// Whether the script asks for the records of the processing log.
    shows_log: bool,
    notes: Vec<Diagnostic>,
}

impl Replay {
    /// Plans a script.
    ///
    /// # Errors
    /// All that is wrong with its syntax, or with the first statement that is wrong.
    pub fn plan(script: &str, settings: Settings) -> Result<Self, ReplayError> {
        let mut variables = Variables::default();
        let (statements, diagnostics) = crate::sql::parse_with(script, &mut variables);
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(ReplayError::Script(diagnostics));
        }
        let workspace = Workspace { settings, ..Workspace::default() };
        let mut replay = Self { workspace, ..Self::default() };
        // A script that a person wrote for a cluster without the stream declares it.
        let declares = |statement: &Statement| match &statement.kind {
            StatementKind::CreateSource(create) => *create.name.name == *log_stream::STREAM,
            _ => false,
        };
        if !statements.iter().any(declares)
            && let Some(source) = log_stream::declare(&mut replay.workspace)
        {
            replay.declared.insert(source.topic.clone(), source);
        }
        for statement in &statements {
            let step = replay
                .workspace
                .take(statement, Emit::Update, &|_| None)
                .map_err(ReplayError::Script)?;
            match &step {
                Step::AssertRow(..) | Step::AssertTopic(..) => {
                    let diagnostic = Diagnostic::unsupported("ASSERT in a replay", statement.span);
                    let help = "`streamglass test` runs scripts with ASSERT";
                    return Err(ReplayError::Script(vec![diagnostic.with_help(help)]));
                }
                Step::Print(print) if print.topic.name() == processing_log::TOPIC => {
                    replay.shows_log = true;
                }
                Step::Select(_) | Step::Print(_) => {
                    let message = "this writes to no topic: it is checked and left out";
                    let note = Diagnostic::warning(Code::STATEMENT, message, statement.span);
                    replay.notes.push(note.with_help("`streamglass sql` answers it"));
                }
                _ => {}
            }
            replay.keep(step);
        }
        Ok(replay)
    }

    fn limits(&self) -> Limits {
        limits::of(&self.workspace.settings, Limits::default())
    }

    /// Statements that were left out, as they write nothing.
    #[must_use]
    pub fn notes(&self) -> &[Diagnostic] {
        &self.notes
    }

    fn keep(&mut self, step: Step) {
        match step {
            Step::Declared(source) | Step::Altered(source) => {
                match self.declared.get_mut(&source.topic) {
                    // With more columns than before.
                    Some(old) if old.name == source.name => *old = source,
                    Some(_) => {}
                    None => drop(self.declared.insert(source.topic.clone(), source)),
                }
            }
            Step::Start(planned) => {
                self.declared
                    .entry(planned.sink.topic.clone())
                    .or_insert_with(|| planned.sink.clone());
                self.queries.push((*planned, self.limits()));
            }
            Step::Insert(inserted) => self.inserts.push(*inserted),
            Step::Stop(ids) => {
                let is_one = |query: &Planned| ids.iter().any(|id| **id == *query.pipeline.name);
                self.queries.retain(|(query, _)| !is_one(query));
            }
            Step::Replace(planned) => {
                self.queries.retain(|(query, _)| query.pipeline.name != planned.pipeline.name);
                self.queries.push((*planned, self.limits()));
            }
            // These change nothing that is written: what they tell is for a live session.
            Step::Done(_)
            | Step::Pause(..)
            | Step::Dropped(..)
            | Step::Explain(_)
            | Step::ExplainQuery(_)
            | Step::Show(_)
            | Step::Describe(..)
            | Step::DescribeFunction(_)
            | Step::Select(_)
            | Step::Print(_)
            // Refused before.
            | Step::AssertRow(..)
            | Step::AssertTopic(..) => {}
        }
    }

    /// Runs the queries over `inputs` and gives each record that they write, as a line of JSON, to
    /// `emit`; behind those of a query what it wrote to the processing log, where the script prints
    /// that topic. Gives how many errors are in the log that it does not print.
    ///
    /// # Errors
    /// When an input or a query cannot be taken.
    pub fn run(&self, inputs: &Inputs, emit: &mut dyn FnMut(&str)) -> Result<usize, ReplayError> {
        let mut listed = inputs.bytes(&self.declared)?;
        for insert in &self.inserts {
            listed.push((insert.target.topic.clone(), self.inserted(insert)?));
        }
        let mut written: BTreeMap<Arc<str>, Vec<Bytes>> = BTreeMap::new();
        let mut unshown = 0;
        for (query, limits) in &self.queries {
            let (records, errors) = self.run_query(query, *limits, &listed, &written)?;
            let mut add = |sink: &Source, records: Vec<Bytes>, shown: bool| {
                let before = written.entry(sink.topic.clone()).or_default();
                for (index, record) in records.iter().enumerate().filter(|_| shown) {
                    emit(&output::line(record, before.len() + index, sink));
                }
                before.extend(records);
            };
            add(&query.sink, records, true);
            unshown += if self.shows_log { 0 } else { errors.len() };
            if let Some(log) = self.declared.get(processing_log::TOPIC) {
                add(log, errors, self.shows_log);
            }
        }
        Ok(unshown)
    }

    fn inserted(&self, insert: &InsertedValues) -> Result<Bytes, ReplayError> {
        let record = insert::record(insert)
            .map_err(|why| ReplayError::Insert(insert.target.name.to_string(), why))?;
        let timestamp = record.timestamp.map_or(0, |timestamp| timestamp.0);
        Ok(Bytes { key: record.key, value: record.value, timestamp })
    }

    /// What one query writes, and what it writes to the processing log: it has topics of its own,
    /// with the records that it is to read.
    fn run_query(
        &self,
        query: &Planned,
        limits: Limits,
        listed: &[(Arc<str>, Bytes)],
        written: &BTreeMap<Arc<str>, Vec<Bytes>>,
    ) -> Result<(Vec<Bytes>, Vec<Bytes>), ReplayError> {
        let pipeline = in_one_partition(query.pipeline.clone());
        let name = pipeline.name.clone();
        let failed = |error: StartError| ReplayError::Start(name.clone(), Box::new(error));
        let mut engine = Engine::default();
        engine.coalesce(false, Timestamp(0));
        let mut topics: Vec<&str> = Vec::new();
        for node in &query.pipeline.nodes {
            if let Op::Source(source) = &node.op
                && !topics.contains(&source.topic.as_str())
            {
                topics.push(&source.topic);
                engine.create_topic(topic(&source.topic)).map_err(failed)?;
            }
        }
        let reads_log = topics.contains(&processing_log::TOPIC);
        engine.log_errors();
        engine.set_limits(limits);
        engine.start(pipeline).map_err(failed)?;
        let is_listed = |topic: &str| listed.iter().any(|(other, _)| **other == *topic);
        for (topic, record) in listed.iter().filter(|(topic, _)| topics.contains(&&**topic)) {
            feed(&mut engine, topic, record);
        }
        for topic in topics.iter().filter(|topic| !is_listed(topic)) {
            for record in written.get(*topic).into_iter().flatten() {
                feed(&mut engine, topic, record);
            }
        }
        if let Some(why) = engine.queries().find_map(engine::Query::failure) {
            return Err(ReplayError::Stopped(query.pipeline.name.clone(), why.to_owned()));
        }
        let errors = if reads_log { Vec::new() } else { collect(&engine, processing_log::TOPIC) };
        Ok((collect(&engine, &query.sink.topic), errors))
    }
}

/// The plan for topics of one partition.
fn in_one_partition(mut pipeline: Pipeline) -> Pipeline {
    for node in &mut pipeline.nodes {
        match &mut node.op {
            Op::Sink(sink) => sink.partitions = Some(1),
            Op::Aggregate(aggregate) => {
                aggregate.repartition = aggregate.repartition.map(|_| 1);
            }
            Op::PartitionBy(by) => by.repartition = by.repartition.map(|_| 1),
            _ => {}
        }
    }
    pipeline
}

/// A topic that keeps everything.
fn topic(name: &str) -> TopicConfig {
    TopicConfig { retention_bytes: None, ..TopicConfig::new(name, 1) }
}

fn feed(engine: &mut Engine, topic: &str, record: &Bytes) {
    let topics = engine.topics_mut();
    let Some(topic) = topics.id(topic).and_then(|id| topics.get_mut(id)) else { return };
    let (key, value) = (record.key.as_deref(), record.value.as_deref());
    // A record over the topic's limit cannot be in a topic: it is left out, as a broker would.
    let timestamp = Timestamp(record.timestamp);
    let _ = topic.append(PartitionId(0), key, value, &[], timestamp);
    engine.turn(Micros::from_timestamp(timestamp));
}

/// The records of a topic.
fn collect(engine: &Engine, name: &str) -> Vec<Bytes> {
    let mut records = Vec::new();
    let Some(topic) = engine.topics().id(name).and_then(|id| engine.topics().get(id)) else {
        return records;
    };
    let mut consumer = Consumer::from_start(topic);
    consumer.poll(topic, usize::MAX, usize::MAX, |record| {
        records.push(Bytes {
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            timestamp: record.timestamp.0,
        });
    });
    records
}
