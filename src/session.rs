//! A live session of SQL: statements in, running queries and rows out.
//!
//! A [`Session`] holds an [`Engine`], what statements have declared ([`Workspace`]), variables and
//! the queries that a person follows. Whoever owns one (a lab, the command line)
//!
//! 1. appends records to topics through [`Session::engine_mut`],
//! 2. calls [`Session::execute`] with a script, between two turns,
//! 3. calls [`Session::turn`] to let all queries read,
//! 4. takes what push queries have to show with [`Session::take_rows`].
//!
//! [`changes_run`] tells which statements change what a run computes: those belong into a command
//! log. The others only look. [`Session::checkpoint`] and [`Session::restore`] go back; push queries
//! are not part of it and end.
//!
//! Not here: clocks, files, terminals.

pub mod answer;
mod assertion;
mod check;
pub mod explain;
pub mod insert;
pub mod limits;
mod listing;
pub mod processing_log;
mod push;
pub mod script;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{Engine, EngineCheckpoint, RestoreError};
use crate::exec::Limits;
use crate::exec::limits::MOST_TURN_BYTES;
use crate::murmur2::partition_for_key;
use crate::plan::Emit;
use crate::record::PartitionId;
use crate::sql::analyzer::{self, Context, InsertedValues, Planned, Purpose, Selected};
use crate::sql::ast::{Print, SourceKind, Statement, StatementKind};
use crate::sql::catalog::Source;
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::span::Span;
use crate::sql::variables::Variables;
use crate::sql::workspace::{Step, Workspace};
use crate::time::Micros;
use crate::topic::TopicConfig;

pub use answer::{Answer, List, Outcome, PlanNode, ResultColumn};
pub use push::{MOST_ROWS, MOST_WAITING, PushRows};

/// The longest script, in bytes: it may enter a command log.
pub const MOST_SCRIPT: usize = 64 << 10;

use assertion::Reader;
use push::Push;

/// The most push queries at a time.
pub const MOST_PUSHES: usize = 16;
/// The most diagnostics of a script.
const MOST_DIAGNOSTICS: usize = 20;

/// How a session treats a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As ksqlDB: a topic that `CREATE STREAM|TABLE` names and that is not there is created if
    /// `PARTITIONS` says with how many, else refused. Queries read at the next turn.
    #[default]
    Live,
    /// As ksqlDB's testing tool: such a topic is created, with one partition unless `PARTITIONS`
    /// says more, and after each statement queries read all that is there.
    Test,
}

/// A live session.
#[derive(Debug, Default)]
pub struct Session {
    engine: Engine,
    workspace: Workspace,
    variables: Variables,
    pushes: Vec<Push>,
    next_push: u32,
    readers: BTreeMap<Arc<str>, Reader>,
    mode: Mode,
    /// The settings of topics that statements create; `None` is [`TopicConfig::new`].
    template: Option<TopicConfig>,
}

/// All that a session is at one point, but for those who follow it.
#[derive(Clone, Debug)]
pub struct SessionCheckpoint {
    engine: EngineCheckpoint,
    workspace: Workspace,
    variables: Variables,
}

/// Whether a statement changes what a run computes, so that a replay needs it.
#[must_use]
pub const fn changes_run(statement: &StatementKind) -> bool {
    !matches!(
        statement,
        StatementKind::Query(_)
            | StatementKind::Show(_)
            | StatementKind::Describe { .. }
            | StatementKind::DescribeAll { .. }
            | StatementKind::DescribeFunction(_)
            | StatementKind::DescribeConnector(_)
            | StatementKind::Explain(_)
            | StatementKind::ExplainQuery(_)
            | StatementKind::Print(_)
            | StatementKind::AssertValues { .. }
            | StatementKind::AssertTombstone { .. }
            | StatementKind::AssertSource(_)
            | StatementKind::AssertTopic { .. }
            | StatementKind::AssertSchema { .. }
    )
}

impl Session {
    /// A session over an engine, maybe with topics and queries already; it gets the topic of the
    /// processing log, with a stream over it.
    #[must_use]
    pub fn new(mut engine: Engine, mode: Mode) -> Self {
        if mode == Mode::Live {
            engine.bound_turns(Some(MOST_TURN_BYTES));
        }
        let mut workspace = Workspace::default();
        engine.log_errors();
        processing_log::declare(&mut workspace);
        Self { engine, workspace, mode, ..Self::default() }
    }

    /// Topics that statements create from now on get these settings, but for name and partitions.
    #[must_use]
    pub fn with_topics_like(mut self, template: TopicConfig) -> Self {
        self.template = Some(template);
        self
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine, to append to its topics.
    pub const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// What statements have declared and set.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Defines a variable, as `DEFINE` does.
    pub fn define(&mut self, name: &str, value: &str) {
        self.variables.define(name, value);
    }

    /// Forgets a variable, as `UNDEFINE` does.
    pub fn undefine(&mut self, name: &str) {
        self.variables.undefine(name);
    }

    /// Sets a property, as `SET` does.
    pub fn set(&mut self, name: &str, value: &str) {
        self.workspace.settings.set(name, value);
    }

    /// Carries out a script between two turns; `now` is the virtual time.
    ///
    /// The whole script is checked first, each statement behind those before it: if anything is
    /// wrong, all that was found is told and nothing is done. What can only be seen when a
    /// statement is carried out (an assertion, an evaluation) ends the script there.
    pub fn execute(&mut self, script: &str, now: Micros) -> Vec<Answer> {
        if script.len() > MOST_SCRIPT {
            let message = format!("a script has at most {MOST_SCRIPT} bytes: run it in parts");
            let diagnostics = vec![Diagnostic::error(Code::LIMIT, message, Span::default())];
            let outcome = Outcome::Refused { diagnostics };
            return vec![Answer { span: Span::default(), changed: false, outcome }];
        }
        let mut variables = self.variables.clone();
        let (statements, diagnostics) = crate::sql::parse_with(script, &mut variables);
        let refused = |diagnostics: Vec<Diagnostic>| {
            let span = diagnostics.first().map_or(Span::default(), |first| first.span);
            vec![Answer { span, changed: false, outcome: Outcome::Refused { diagnostics } }]
        };
        if diagnostics.iter().any(Diagnostic::is_error) {
            return refused(diagnostics);
        }
        let wrong = self.check(&statements);
        if !wrong.is_empty() {
            return refused(wrong);
        }
        self.variables = variables;
        let mut answers = Vec::new();
        for statement in &statements {
            let outcome = match self.take(statement) {
                Ok(step) => self.carry_out(step, statement, now),
                Err(diagnostics) => Err(diagnostics),
            };
            let failed = outcome.is_err();
            let outcome = outcome.unwrap_or_else(|diagnostics| Outcome::Refused { diagnostics });
            let changed = !failed && changes_run(&statement.kind);
            answers.push(Answer { span: Span::from(statement.span), changed, outcome });
            if failed {
                break;
            }
            if self.mode == Mode::Test {
                self.turn(now);
            }
        }
        answers
    }

    /// What is wrong with the statements, each behind those before it; nothing is done.
    fn check(&mut self, statements: &[Statement]) -> Vec<Diagnostic> {
        let before = self.workspace.clone();
        let mut wrong: Vec<Diagnostic> = Vec::new();
        let mut missing: Vec<Arc<str>> = Vec::new();
        for statement in statements {
            let taken = self.take(statement).and_then(|step| self.check_topic(&step, statement));
            let Err(found) = taken else { continue };
            // What was refused is not there: to say so at each use is no news.
            let follows = |diagnostic: &Diagnostic| {
                diagnostic.code == Code::UNKNOWN_SOURCE
                    && missing.iter().any(|name| diagnostic.message.ends_with(&**name))
            };
            let news: Vec<Diagnostic> = found.into_iter().filter(|d| !follows(d)).collect();
            wrong.extend(news);
            missing.extend(created(&statement.kind));
            if wrong.len() >= MOST_DIAGNOSTICS {
                wrong.truncate(MOST_DIAGNOSTICS);
                break;
            }
        }
        self.workspace = before;
        wrong
    }

    fn take(&mut self, statement: &Statement) -> Result<Step, Vec<Diagnostic>> {
        let topics = self.engine.topics();
        // While a script is checked, the topics of its statements are declared and not there yet.
        let sources = self.workspace.catalog.sources();
        let declared: Vec<(Arc<str>, u32)> =
            sources.map(|source| (source.topic.clone(), source.partitions)).collect();
        let partitions = |topic: &str| {
            let there = topics.by_name(topic).map(crate::topic::Topic::partitions);
            let of_source = || declared.iter().find(|(name, _)| **name == *topic);
            there.or_else(|| of_source().map(|(_, partitions)| *partitions))
        };
        self.workspace.take(statement, Emit::Commit, &partitions)
    }

    /// A source needs its topic.
    fn check_topic(&self, step: &Step, statement: &Statement) -> Result<(), Vec<Diagnostic>> {
        let (Step::Declared(source), StatementKind::CreateSource(create)) = (step, &statement.kind)
        else {
            return Ok(());
        };
        let says_partitions = create
            .properties
            .iter()
            .any(|property| property.name.name().eq_ignore_ascii_case("PARTITIONS"));
        // A statement before it in the script may create the topic.
        let mut others = self.workspace.catalog.sources();
        let is_there = self.engine.topics().id(&source.topic).is_some()
            || others.any(|other| other.topic == source.topic && other.name != source.name);
        if is_there || says_partitions || self.mode == Mode::Test {
            return Ok(());
        }
        let message = format!("there is no topic {}", source.topic);
        let diagnostic = Diagnostic::error(Code::PROPERTIES, message, create.name.span);
        Err(vec![diagnostic.with_help("add PARTITIONS=1 to WITH to create it")])
    }

    fn carry_out(
        &mut self,
        step: Step,
        statement: &Statement,
        now: Micros,
    ) -> Result<Outcome, Vec<Diagnostic>> {
        let at = Span::from(statement.span);
        let failed = |message: String| vec![Diagnostic::error(Code::STATEMENT, message, at)];
        let done = |message: String| Ok(Outcome::Done { message });
        match step {
            Step::Done(message) => done(message),
            Step::Declared(source) => {
                self.topic_of(&source).map_err(failed)?;
                done(format!("{} {} created", source.kind_name(), source.name))
            }
            Step::Altered(source) => {
                done(format!("{} {} altered", source.kind_name(), source.name))
            }
            Step::Start(planned) => {
                let query = planned.pipeline.name.clone();
                self.start(*planned).map_err(failed)?;
                Ok(Outcome::Started { query })
            }
            Step::Replace(planned) => {
                let query = planned.pipeline.name.clone();
                let replaced = self.limited(|engine| engine.replace(planned.pipeline));
                replaced.map_err(|error| failed(error.to_string()))?;
                Ok(Outcome::Started { query })
            }
            Step::Insert(values) => {
                self.insert(&values, now).map_err(failed)?;
                done("1 row inserted".to_owned())
            }
            Step::Stop(ids) => {
                for id in &ids {
                    self.engine.stop(id);
                }
                done(told(&ids, "terminated"))
            }
            Step::Pause(ids, paused) => {
                for id in &ids {
                    self.engine.pause(id, paused);
                }
                done(told(&ids, if paused { "paused" } else { "resumed" }))
            }
            Step::Dropped(source, with_topic) => done(self.dropped(&source, with_topic)),
            Step::Select(selected) if selected.is_push => {
                let columns = push::columns(&selected.schema);
                let from_start = self.begins_with_what_is_there();
                let limits = self.limits();
                let topics = self.engine.topics_mut();
                let start = |id| Push::select(id, &selected, from_start, limits, topics);
                let id = Self::follow(&mut self.pushes, &mut self.next_push, start);
                Ok(Outcome::Push { id: id.map_err(failed)?, columns })
            }
            Step::Select(selected) => self.pull(&selected).map_err(failed),
            Step::Print(print) => self.print(&print).map_err(failed),
            Step::Explain(pipeline) => Ok(Outcome::Plan { nodes: explain::explain(&pipeline) }),
            Step::ExplainQuery(id) => {
                let query = self.engine.queries().find(|query| query.pipeline().name == *id);
                let nodes = query.map_or(Vec::new(), |query| explain::explain(query.pipeline()));
                Ok(Outcome::Plan { nodes })
            }
            Step::Show(show) => {
                let list = listing::show(show, &self.workspace, &self.engine, &self.variables);
                Ok(Outcome::Lists { lists: vec![list] })
            }
            Step::Describe(names, extended) => {
                let sources = names.iter().filter_map(|name| self.workspace.catalog.source(name));
                let lists = sources
                    .flat_map(|source| {
                        listing::describe(source, extended, &self.workspace, &self.engine)
                    })
                    .collect();
                Ok(Outcome::Lists { lists })
            }
            Step::DescribeFunction(name) => {
                Ok(Outcome::Lists { lists: vec![listing::describe_function(&name)] })
            }
            Step::AssertRow(row, purpose) => {
                let asserted = |message| vec![Diagnostic::error(Code::ASSERTION, message, at)];
                self.assert_row(&row, purpose).map_err(asserted)?;
                done("as expected".to_owned())
            }
            Step::AssertTopic(name, exists) => {
                if self.engine.topics().id(&name).is_some() == exists {
                    return done("as expected".to_owned());
                }
                let is = if exists { "no" } else { "a" };
                let message = format!("there is {is} topic {name}");
                Err(vec![Diagnostic::error(Code::ASSERTION, message, at)])
            }
        }
    }

    /// Creates the topic of a source that was declared, unless it is there.
    fn topic_of(&mut self, source: &Source) -> Result<(), String> {
        if self.engine.topics().id(&source.topic).is_some() {
            return Ok(());
        }
        let config = match &self.template {
            Some(template) => TopicConfig {
                name: source.topic.to_string(),
                partitions: source.partitions,
                ..template.clone()
            },
            None => TopicConfig::new(&*source.topic, source.partitions),
        };
        self.engine.create_topic(config).map(|_| ()).map_err(|error| error.to_string())
    }

    fn start(&mut self, planned: Planned) -> Result<(), String> {
        self.topic_of(&planned.sink)?;
        self.limited(|engine| engine.start(planned.pipeline)).map_err(|error| error.to_string())
    }

    /// Starts a query in the engine with the limits that are set.
    fn limited<R>(&mut self, start: impl FnOnce(&mut Engine) -> R) -> R {
        let base = self.engine.limits();
        self.engine.set_limits(self.limits());
        let started = start(&mut self.engine);
        self.engine.set_limits(base);
        started
    }

    fn limits(&self) -> Limits {
        limits::of(&self.workspace.settings, self.engine.limits())
    }

    fn insert(&mut self, values: &InsertedValues, now: Micros) -> Result<(), String> {
        let record = insert::record(values)?;
        let name = &values.target.topic;
        let topics = self.engine.topics_mut();
        let topic = topics.id(name).and_then(|id| topics.get_mut(id));
        let topic = topic.ok_or_else(|| format!("there is no topic {name}"))?;
        let timestamp = record.timestamp.unwrap_or_else(|| now.timestamp());
        let partition = match &record.key {
            Some(key) => partition_for_key(key, topic.partitions()),
            None => PartitionId(0),
        };
        topic
            .append(partition, record.key.as_deref(), record.value.as_deref(), &[], timestamp)
            .map(|_| ())
            .map_err(|error| error.to_string())
    }

    fn dropped(&mut self, source: &Source, with_topic: bool) -> String {
        if let Some(id) = &source.created_by {
            self.engine.stop(id);
        }
        self.readers.remove(&source.name);
        let mut message = format!("{} {} dropped", source.kind_name(), source.name);
        if with_topic && let Some(id) = self.engine.topics().id(&source.topic) {
            self.engine.topics_mut().remove(id);
            message.push_str(", with its topic");
        }
        message
    }

    /// Whether push queries begin with what is there: ksqlDB begins with what comes.
    fn begins_with_what_is_there(&self) -> bool {
        self.workspace
            .settings
            .get("auto.offset.reset")
            .is_some_and(|reset| reset.eq_ignore_ascii_case("earliest"))
    }

    fn follow(
        pushes: &mut Vec<Push>,
        next: &mut u32,
        start: impl FnOnce(u32) -> Result<Push, String>,
    ) -> Result<u32, String> {
        if pushes.len() >= MOST_PUSHES {
            return Err(format!("{MOST_PUSHES} push queries run already: end one of them first"));
        }
        pushes.push(start(*next)?);
        *next += 1;
        Ok(*next - 1)
    }

    fn pull(&mut self, selected: &Selected) -> Result<Outcome, String> {
        let kind = |name: &Arc<str>| self.workspace.catalog.source(name).map(|source| source.kind);
        let table = selected.reads.first().and_then(kind) == Some(SourceKind::Table);
        let limits = self.limits();
        let (rows, notes) = push::pull(selected, table, limits, self.engine.topics_mut())?;
        Ok(Outcome::Rows { columns: push::columns(&selected.schema), rows, notes })
    }

    fn print(&mut self, print: &Print) -> Result<Outcome, String> {
        let topics = self.engine.topics();
        let name = print.topic.name();
        let named = topics.by_name(name).or_else(|| {
            let mut all = topics.iter().map(|(_, topic)| topic);
            all.find(|topic| topic.name().eq_ignore_ascii_case(name))
        });
        let topic = named.ok_or_else(|| format!("there is no topic {name}"))?;
        let start = |id| Ok(Push::print(id, print, topic));
        let id = Self::follow(&mut self.pushes, &mut self.next_push, start)?;
        Ok(Outcome::Push { id, columns: push::print_columns() })
    }

    fn assert_row(&mut self, row: &InsertedValues, purpose: Purpose) -> Result<(), String> {
        let source = &row.target;
        if !self.readers.contains_key(&source.name) {
            let context = Context {
                catalog: &self.workspace.catalog,
                settings: &self.workspace.settings,
                changes: Emit::Update,
                partitions_of: &|_| None,
            };
            let plan = analyzer::read(source, &context);
            let reader = Reader::new(&plan, self.engine.topics_mut())?;
            self.readers.insert(source.name.clone(), reader);
        }
        let Some(reader) = self.readers.get_mut(&source.name) else { return Ok(()) };
        reader.check(row, purpose, self.engine.topics_mut())
    }

    /// Lets all queries read what is there; commits that are due by `clock` are made.
    pub fn turn(&mut self, clock: Micros) {
        self.engine.turn(clock);
        for push in &mut self.pushes {
            push.poll(clock.timestamp(), self.engine.topics_mut());
        }
    }

    /// The rows of a push query since the last time; `None` when there is no such query.
    pub fn take_rows(&mut self, id: u32) -> Option<PushRows> {
        self.pushes.iter_mut().find(|push| push.id == id).map(Push::take)
    }

    /// The numbers of the push queries.
    pub fn pushes(&self) -> impl Iterator<Item = u32> {
        self.pushes.iter().map(|push| push.id)
    }

    /// Ends a push query; whether there was one.
    pub fn end_push(&mut self, id: u32) -> bool {
        let before = self.pushes.len();
        self.pushes.retain(|push| push.id != id);
        self.pushes.len() < before
    }

    /// All that the session is; `states` as in [`Engine::checkpoint`].
    #[must_use]
    pub fn checkpoint(&self, states: Vec<Vec<u8>>) -> SessionCheckpoint {
        SessionCheckpoint {
            engine: self.engine.checkpoint(states),
            workspace: self.workspace.clone(),
            variables: self.variables.clone(),
        }
    }

    /// Goes to a checkpoint. Push queries and assertions end: what they read is another history.
    ///
    /// # Errors
    /// When the checkpoint is damaged: the session is then as it was.
    pub fn restore(&mut self, checkpoint: &SessionCheckpoint) -> Result<(), RestoreError> {
        self.engine.restore(&checkpoint.engine)?;
        self.workspace = checkpoint.workspace.clone();
        self.variables = checkpoint.variables.clone();
        self.pushes.clear();
        self.readers.clear();
        Ok(())
    }
}

/// The source that a statement would have created.
fn created(statement: &StatementKind) -> Option<Arc<str>> {
    match statement {
        StatementKind::CreateSource(create) => Some(create.name.name.clone()),
        StatementKind::CreateSourceAs(create) => Some(create.name.name.clone()),
        _ => None,
    }
}

fn told(ids: &[Arc<str>], what: &str) -> String {
    if ids.is_empty() {
        return format!("no query was {what}");
    }
    format!("{} {what}", ids.iter().map(|id| &**id).collect::<Vec<_>>().join(", "))
}
