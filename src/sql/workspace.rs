//! One statement after another: what each changes in the catalog, and what is left to do for it.
//!
//! The pure half of a session: whoever runs queries and holds topics takes the [`Step`]s.

mod alter;
mod assertion;

use std::sync::Arc;

use super::analyzer::{self, Context, InsertedValues, Planned, Purpose, Selected};
use super::ast::{
    CreateSource, CreateSourceAs, Ident, LiteralKind, Print, Query as Select, QueryTarget, Show,
    SourceKind, Statement, StatementKind,
};
use super::catalog::{Catalog, Query, Source, kind_name};
use super::diagnostic::{Code, Diagnostic};
use super::printer::quoted;
use super::settings::{Settings, properties};
use super::span::Span;
use crate::plan::{Emit, Pipeline};

/// What is left to do for a statement.
#[derive(Clone, Debug)]
pub enum Step {
    /// Nothing but to tell.
    Done(String),
    /// A source was declared: its topic is to be there.
    Declared(Source),
    /// A source has more columns.
    Altered(Source),
    /// A query is to be started; its source is in the catalog.
    Start(Box<Planned>),
    /// A row is to be written.
    Insert(Box<InsertedValues>),
    /// Queries are to be stopped.
    Stop(Vec<Arc<str>>),
    /// Queries are to be paused, or to go on.
    Pause(Vec<Arc<str>>, bool),
    /// A source was dropped, maybe with its topic.
    Dropped(Source, bool),
    /// A query takes the place of the one with this id, and goes on where it is.
    Replace(Box<Planned>),
    /// A query of its own is to be answered.
    Select(Box<Selected>),
    /// A query is to be shown; it does not run.
    Explain(Box<Pipeline>),
    /// A running query is to be shown.
    ExplainQuery(Arc<str>),
    /// The records of a topic are to be shown.
    Print(Print),
    /// A list is to be shown.
    Show(Show),
    /// Sources are to be described; with all that is known of them.
    Describe(Vec<Arc<str>>, bool),
    /// A function is to be described.
    DescribeFunction(Arc<str>),
    /// The next record of a source must be this one, or its key's tombstone.
    AssertRow(Box<InsertedValues>, Purpose),
    /// A topic must be there, or not.
    AssertTopic(Box<str>, bool),
}

/// The catalog and the settings of a session.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// What there is.
    pub catalog: Catalog,
    /// What is set.
    pub settings: Settings,
}

type Outcome = Result<Step, Vec<Diagnostic>>;

fn refuse(code: Code, message: impl Into<String>, at: impl Into<Span>) -> Outcome {
    Err(vec![Diagnostic::error(code, message, at)])
}

fn unsupported(feature: &str, at: impl Into<Span>) -> Outcome {
    Err(vec![Diagnostic::unsupported(feature, at)])
}

impl Workspace {
    /// Carries out what a statement means for the catalog.
    ///
    /// # Errors
    /// What is wrong with it; nothing is changed then.
    pub fn take(
        &mut self,
        statement: &Statement,
        changes: Emit,
        partitions_of: &dyn Fn(&str) -> Option<u32>,
    ) -> Outcome {
        let at = Span::from(statement.span);
        let text = statement.to_string();
        let context =
            Context { catalog: &self.catalog, settings: &self.settings, changes, partitions_of };
        match &statement.kind {
            StatementKind::CreateSource(create) => {
                let source = analyzer::create(create, &context);
                self.create(create, source)
            }
            StatementKind::CreateSourceAs(create) => {
                let mut next = self.catalog.clone();
                let prefix = if create.source_kind == SourceKind::Table { "CTAS" } else { "CSAS" };
                let id = next.next_query_id(prefix, &create.name.name);
                let planned = analyzer::create_as(create, &id, &context);
                self.create_as(create, id, planned, text, next)
            }
            StatementKind::InsertSelect { target, query, .. } => {
                self.insert_select(target, query, text, changes, partitions_of)
            }
            StatementKind::InsertValues { target, columns, values } => {
                let purpose = Purpose::Insert;
                let inserted = analyzer::values(target, columns, values, at, purpose, &context)?;
                Ok(Step::Insert(Box::new(inserted)))
            }
            StatementKind::CreateType { if_not_exists, name, target } => {
                let data_type = analyzer::data_type(target, &self.catalog)?;
                if self.catalog.custom_type(&name.name).is_some() {
                    let message = format!("there is a type {}", quoted(&name.name));
                    return exists(*if_not_exists, message, name);
                }
                self.catalog.add_type(&name.name, data_type);
                Ok(Step::Done(format!("type {} created", quoted(&name.name))))
            }
            StatementKind::DropType { if_exists, name } => {
                if self.catalog.drop_type(&name.name) {
                    return Ok(Step::Done(format!("type {} dropped", quoted(&name.name))));
                }
                let message = format!("no type {}", quoted(&name.name));
                missing(*if_exists, Code::UNKNOWN_TYPE, message, name)
            }
            StatementKind::DropSource { source_kind, if_exists, name, delete_topic } => {
                self.drop_source(*source_kind, *if_exists, name, *delete_topic)
            }
            StatementKind::Terminate(target) => {
                let ids = self.targets(target)?;
                for id in &ids {
                    self.catalog.drop_query(id);
                }
                Ok(Step::Stop(ids))
            }
            StatementKind::Pause(target) => Ok(Step::Pause(self.targets(target)?, true)),
            StatementKind::Resume(target) => Ok(Step::Pause(self.targets(target)?, false)),
            StatementKind::Set { name, value } => {
                let (Some(name), Some(value)) = (text_of(&name.kind), text_of(&value.kind)) else {
                    return refuse(Code::STATEMENT, "SET takes two texts", at);
                };
                self.set(&name, &value, at)
            }
            StatementKind::Unset(name) => {
                let name_text = text_of(&name.kind).unwrap_or_default();
                if self.settings.unset(&name_text) {
                    return Ok(Step::Done(format!("{name_text} is not set any more")));
                }
                refuse(Code::STATEMENT, format!("`{name_text}` is not set"), name.span)
            }
            // Variables are put in while the script is read.
            StatementKind::Define { name, .. } => {
                Ok(Step::Done(format!("{} defined", name.original)))
            }
            StatementKind::Undefine(name) => Ok(Step::Done(format!("{} undefined", name.original))),
            StatementKind::Show(show) => Ok(Step::Show(*show)),
            StatementKind::Describe { name, extended } => {
                Ok(Step::Describe(vec![self.source(name)?.name.clone()], *extended))
            }
            StatementKind::DescribeAll { source_kind, extended } => {
                let of_kind = self.catalog.sources().filter(|source| source.kind == *source_kind);
                let names = of_kind.map(|source| source.name.clone());
                Ok(Step::Describe(names.collect(), *extended))
            }
            StatementKind::DescribeFunction(name) => describe_function(name),
            StatementKind::Query(query) => {
                let id = query_id(query);
                Ok(Step::Select(Box::new(analyzer::select(query, id, &context)?)))
            }
            StatementKind::Explain(statement) => self.explain(statement, &context),
            StatementKind::ExplainQuery(id) => {
                match &*self.targets(&QueryTarget::Id(id.clone()))? {
                    [id, ..] => Ok(Step::ExplainQuery(id.clone())),
                    [] => refuse(Code::UNKNOWN_QUERY, "no such query", id.span),
                }
            }
            StatementKind::Print(print) => Ok(Step::Print(print.clone())),
            StatementKind::AssertValues { source, columns, values } => {
                self.assert_row(source, columns, values, at, Purpose::Assert, &context)
            }
            StatementKind::AssertTombstone { source, columns, values } => {
                self.assert_row(source, columns, values, at, Purpose::AssertTombstone, &context)
            }
            StatementKind::AssertSource(assert) => self.assert_source(assert, &context),
            StatementKind::AssertTopic { exists, topic, properties, .. } => {
                assertion::properties(topic.name(), properties, partitions_of)?;
                Ok(Step::AssertTopic(topic.name().into(), *exists))
            }
            StatementKind::DropConnector { if_exists: true, .. } => {
                Ok(Step::Done("there are no connectors".to_owned()))
            }
            StatementKind::CreateConnector { .. }
            | StatementKind::DropConnector { .. }
            | StatementKind::DescribeConnector(_) => {
                let message = "there is no Kafka Connect cluster here, and so no connectors";
                let help = "topics are filled by the generator, by INSERT INTO and by files; on a \
                            cluster of your own the statement can stay";
                Err(vec![Diagnostic::error(Code::STATEMENT, message, at).with_help(help)])
            }
            StatementKind::AlterSource { source_kind, name, columns } => {
                self.alter(*source_kind, name, columns)
            }
            // The whole system is this session: there are no others.
            StatementKind::AlterSystem { name, value } => self.set(name, value, at),
            // A command line puts the file in before.
            StatementKind::RunScript(file) => {
                let message = format!("there are no files here to run {file} from");
                let help = "put its statements in the place of RUN SCRIPT";
                Err(vec![Diagnostic::error(Code::STATEMENT, message, at).with_help(help)])
            }
            StatementKind::AssertSchema { .. } => unsupported("a schema registry", at),
        }
    }

    fn set(&mut self, name: &str, value: &str, at: Span) -> Outcome {
        if let Err(why) = properties::check(name, value) {
            return refuse(Code::PROPERTIES, why, at);
        }
        self.settings.set(name, value);
        Ok(Step::Done(format!("{name} = {value}")))
    }

    fn source(&self, name: &Ident) -> Result<&Source, Vec<Diagnostic>> {
        self.catalog.source(&name.name).ok_or_else(|| {
            let message = format!("no stream or table {}", quoted(&name.name));
            let diagnostic = Diagnostic::error(Code::UNKNOWN_SOURCE, message, name.span);
            vec![match self.catalog.similar_source(&name.name) {
                Some(near) => diagnostic.with_help(format!("did you mean {}?", quoted(near))),
                None => diagnostic,
            }]
        })
    }

    /// What a statement would run, without running it.
    fn explain(&self, statement: &Statement, context: &Context<'_>) -> Outcome {
        let pipeline = match &statement.kind {
            StatementKind::Query(query) => {
                analyzer::select(query, query_id(query), context)?.pipeline
            }
            StatementKind::CreateSourceAs(create) => {
                analyzer::create_as(create, &Arc::from("explained"), context)?.pipeline
            }
            StatementKind::InsertSelect { target, query, .. } => {
                analyzer::insert_select(target, query, &Arc::from("explained"), context)?.pipeline
            }
            _ => {
                let message = "EXPLAIN is for queries: this statement runs none";
                return refuse(Code::STATEMENT, message, statement.span);
            }
        };
        Ok(Step::Explain(Box::new(pipeline)))
    }

    fn create(
        &mut self,
        create: &CreateSource,
        source: Result<Source, Vec<Diagnostic>>,
    ) -> Outcome {
        let source = source?;
        let name = &create.name;
        if let Some(old) = self.catalog.source(&name.name)
            && !create.or_replace
        {
            let message = format!("there is a {} {}", old.kind_name(), quoted(&old.name));
            return exists(create.if_not_exists, message, name);
        }
        self.check_replaced(name, &source)?;
        self.catalog.add_source(source.clone());
        Ok(Step::Declared(source))
    }

    fn create_as(
        &mut self,
        create: &CreateSourceAs,
        id: Arc<str>,
        planned: Result<Planned, Vec<Diagnostic>>,
        text: String,
        next: Catalog,
    ) -> Outcome {
        let name = &create.name;
        let planned = planned?;
        if let Some(old) = self.catalog.source(&name.name) {
            if create.or_replace {
                return self.replace_query(name, planned, text);
            }
            let message = format!("there is a {} {}", old.kind_name(), quoted(&old.name));
            return exists(create.if_not_exists, message, name);
        }
        self.catalog = next;
        self.catalog.add_source(planned.sink.clone());
        let (reads, writes) = (planned.reads.clone(), planned.sink.name.clone());
        self.catalog.add_query(Query { id, reads, writes, text });
        Ok(Step::Start(Box::new(planned)))
    }

    /// `CREATE OR REPLACE … AS SELECT` of what such a statement made: the query keeps its id and
    /// goes on where it is. As in ksqlDB only what has no state can be replaced: what was already
    /// aggregated or joined would be of the old query.
    fn replace_query(&mut self, name: &Ident, mut planned: Planned, text: String) -> Outcome {
        self.check_replaced(name, &planned.sink)?;
        let created_by = self.catalog.source(&name.name).and_then(|old| old.created_by.clone());
        let Some(id) = created_by else {
            let message = format!("{} was not made by a query", quoted(&name.name));
            return refuse(Code::STATEMENT, message, name.span);
        };
        if planned.pipeline.nodes.iter().any(|node| node.op.has_state()) {
            let message = "a query with an aggregation or a join cannot be replaced";
            let help = format!("DROP {} and create it anew", quoted(&name.name));
            let diagnostic = Diagnostic::error(Code::STATEMENT, message, name.span);
            return Err(vec![diagnostic.with_help(help)]);
        }
        planned.pipeline.name = id.to_string();
        planned.sink.created_by = Some(id.clone());
        self.catalog.add_source(planned.sink.clone());
        let (reads, writes) = (planned.reads.clone(), planned.sink.name.clone());
        self.catalog.drop_query(&id);
        self.catalog.add_query(Query { id, reads, writes, text });
        Ok(Step::Replace(Box::new(planned)))
    }

    fn insert_select(
        &mut self,
        target: &Ident,
        query: &Select,
        text: String,
        changes: Emit,
        partitions_of: &dyn Fn(&str) -> Option<u32>,
    ) -> Outcome {
        let mut next = self.catalog.clone();
        let id = next.next_query_id("INSERTQUERY", &target.name);
        let context =
            Context { catalog: &self.catalog, settings: &self.settings, changes, partitions_of };
        let planned = analyzer::insert_select(target, query, &id, &context)?;
        self.catalog = next;
        let (reads, writes) = (planned.reads.clone(), planned.sink.name.clone());
        self.catalog.add_query(Query { id, reads, writes, text });
        Ok(Step::Start(Box::new(planned)))
    }

    /// What `OR REPLACE` may not change: ksqlDB lets columns be added at the end, nothing else.
    fn check_replaced(&self, name: &Ident, new: &Source) -> Result<(), Vec<Diagnostic>> {
        let Some(old) = self.catalog.source(&name.name) else { return Ok(()) };
        let problem = if old.kind != new.kind {
            Some(format!("{} is a {}", quoted(&old.name), old.kind_name()))
        } else if old.topic != new.topic {
            Some("the topic cannot be replaced".to_owned())
        } else if (old.key_format, old.value_format) != (new.key_format, new.value_format) {
            Some("formats cannot be replaced".to_owned())
        } else {
            let kept = old.schema.fields.iter().all(|field| new.schema.fields.contains(field));
            (!kept).then(|| "columns can be added, not changed or removed".to_owned())
        };
        problem.map_or(Ok(()), |message| {
            Err(vec![Diagnostic::error(Code::STATEMENT, message, name.span)])
        })
    }

    fn drop_source(
        &mut self,
        kind: SourceKind,
        if_exists: bool,
        name: &Ident,
        delete_topic: bool,
    ) -> Outcome {
        let Some(source) = self.catalog.source(&name.name) else {
            let message = format!("no {} {}", kind_name(kind), quoted(&name.name));
            return missing(if_exists, Code::UNKNOWN_SOURCE, message, name);
        };
        if source.kind != kind {
            let message = format!("{} is a {}", quoted(&source.name), source.kind_name());
            return refuse(Code::SOURCE_KIND, message, name.span);
        }
        // A query that fills the source goes with it; others would be left without.
        let made_by = source.created_by.clone();
        let others =
            self.catalog.queries().iter().filter(|query| Some(&query.id) != made_by.as_ref());
        let users: Vec<&str> = others
            .filter(|query| query.reads.contains(&source.name) || query.writes == source.name)
            .map(|query| &*query.id)
            .collect();
        if !users.is_empty() {
            let message = format!("{} is used by {}", quoted(&source.name), users.join(", "));
            let help = "TERMINATE these queries first";
            let diagnostic = Diagnostic::error(Code::STATEMENT, message, name.span);
            return Err(vec![diagnostic.with_help(help)]);
        }
        if let Some(id) = made_by {
            self.catalog.drop_query(&id);
        }
        match self.catalog.drop_source(&name.name) {
            Some(source) => Ok(Step::Dropped(source, delete_topic)),
            None => Ok(Step::Done(String::new())),
        }
    }

    fn targets(&self, target: &QueryTarget) -> Result<Vec<Arc<str>>, Vec<Diagnostic>> {
        let queries = self.catalog.queries();
        match target {
            QueryTarget::All => Ok(queries.iter().map(|query| query.id.clone()).collect()),
            QueryTarget::Id(id) => match self.catalog.query(&id.name) {
                Some(query) => Ok(vec![query.id.clone()]),
                None => {
                    let message = format!("no query {}", id.original);
                    let running: Vec<&str> = queries.iter().map(|query| &*query.id).collect();
                    let diagnostic = Diagnostic::error(Code::UNKNOWN_QUERY, message, id.span)
                        .with_help(format!("running: {}", running.join(", ")));
                    Err(vec![diagnostic])
                }
            },
        }
    }
}

/// The name under which a query of its own runs.
const fn query_id(query: &Select) -> &'static str {
    if query.emit.is_some() { "push query" } else { "pull query" }
}

fn describe_function(name: &Ident) -> Outcome {
    match crate::function::registry::describe(&name.name) {
        Some(function) => Ok(Step::DescribeFunction(Arc::from(function.name))),
        None => {
            let message = format!("no function {}", name.original);
            let names = crate::function::registry::names();
            let near = super::spelling::closest(&name.name, names.into_iter());
            let diagnostic = Diagnostic::error(Code::UNKNOWN_FUNCTION, message, name.span);
            Err(vec![match near {
                Some(near) => diagnostic.with_help(format!("did you mean {near}?")),
                None => diagnostic,
            }])
        }
    }
}

fn exists(is_fine: bool, message: String, name: &Ident) -> Outcome {
    if is_fine { Ok(Step::Done(message)) } else { refuse(Code::NAME_TAKEN, message, name.span) }
}

fn missing(is_fine: bool, code: Code, message: String, name: &Ident) -> Outcome {
    if is_fine { Ok(Step::Done(message)) } else { refuse(code, message, name.span) }
}

fn text_of(literal: &LiteralKind) -> Option<String> {
    match literal {
        LiteralKind::String(text) => Some(text.to_string()),
        LiteralKind::Number(number) => Some(number.text.to_string()),
        LiteralKind::Boolean(value) => Some(value.to_string()),
        LiteralKind::Null | LiteralKind::Variable(_) => None,
    }
}
