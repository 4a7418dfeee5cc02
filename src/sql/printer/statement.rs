//! Statements.

use std::fmt::Write;

use super::expression::value;
use super::query::{duration, query};
use super::{bracketed, join, text};
use crate::sql::ast::{
    AssertSource, Column, ColumnConstraint, CreateSource, CreateSourceAs, Duration, Expr, Ident,
    Literal, LiteralKind, Names, Print, Property, PropertyName, QueryTarget, Show, SourceKind,
    Statement, StatementKind, TopicName,
};

/// `statement` as text, without `;`.
pub(super) fn statement(statement: &Statement) -> String {
    match &statement.kind {
        StatementKind::Query(select) => query(select),
        StatementKind::CreateSource(create) => create_source(create),
        StatementKind::CreateSourceAs(create) => create_source_as(create),
        StatementKind::InsertSelect { target, properties: list, query: select } => {
            let mut out = format!("INSERT INTO {target}");
            properties(&mut out, list);
            format!("{out}\n{}", query(select))
        }
        StatementKind::InsertValues { target, columns, values } => {
            let mut out = format!("INSERT INTO {target}");
            names(&mut out, columns);
            with_values(&out, "VALUES", values)
        }
        StatementKind::Terminate(target) => format!("TERMINATE {}", query_target(target)),
        StatementKind::Pause(target) => format!("PAUSE {}", query_target(target)),
        StatementKind::Resume(target) => format!("RESUME {}", query_target(target)),
        StatementKind::Show(what) => show(*what),
        StatementKind::Describe { name, extended } => {
            format!("DESCRIBE {name}{}", if_true(*extended, " EXTENDED"))
        }
        StatementKind::DescribeAll { source_kind, extended } => {
            format!("DESCRIBE {}S{}", kind(*source_kind), if_true(*extended, " EXTENDED"))
        }
        StatementKind::DescribeFunction(name) => format!("DESCRIBE FUNCTION {name}"),
        StatementKind::DescribeConnector(name) => format!("DESCRIBE CONNECTOR {name}"),
        StatementKind::Explain(inner) => format!("EXPLAIN {}", self::statement(inner)),
        StatementKind::ExplainQuery(id) => format!("EXPLAIN {id}"),
        StatementKind::Print(what) => print(what),
        StatementKind::Set { name, value } => format!("SET {} = {}", literal(name), literal(value)),
        StatementKind::Unset(name) => format!("UNSET {}", literal(name)),
        StatementKind::Define { name, value } => format!("DEFINE {name} = {}", text(value)),
        StatementKind::Undefine(name) => format!("UNDEFINE {name}"),
        StatementKind::RunScript(file) => format!("RUN SCRIPT {}", text(file)),
        _ => definition(&statement.kind).unwrap_or_else(|| assertion(&statement.kind)),
    }
}

/// The statements on connectors and types, and those that remove and change things.
fn definition(statement: &StatementKind) -> Option<String> {
    Some(match statement {
        StatementKind::CreateConnector { sink, if_not_exists, name, properties: list } => {
            let direction = if *sink { "SINK" } else { "SOURCE" };
            let condition = if_true(*if_not_exists, " IF NOT EXISTS");
            let mut out = format!("CREATE {direction} CONNECTOR{condition} {name} WITH ");
            bracketed(&mut out, &list.iter().map(property).collect::<Vec<_>>());
            out
        }
        StatementKind::CreateType { if_not_exists, name, target } => {
            let condition = if_true(*if_not_exists, " IF NOT EXISTS");
            format!("CREATE TYPE{condition} {name} AS {target}")
        }
        StatementKind::DropSource { source_kind, if_exists, name, delete_topic } => {
            let condition = if_true(*if_exists, " IF EXISTS");
            let delete = if_true(*delete_topic, " DELETE TOPIC");
            format!("DROP {}{condition} {name}{delete}", kind(*source_kind))
        }
        StatementKind::DropConnector { if_exists, name } => {
            format!("DROP CONNECTOR{} {name}", if_true(*if_exists, " IF EXISTS"))
        }
        StatementKind::DropType { if_exists, name } => {
            format!("DROP TYPE{} {name}", if_true(*if_exists, " IF EXISTS"))
        }
        StatementKind::AlterSource { source_kind, name, columns } => {
            let columns = join(columns, |(name, column)| format!("ADD COLUMN {name} {column}"));
            format!("ALTER {} {name} {columns}", kind(*source_kind))
        }
        StatementKind::AlterSystem { name, value } => {
            format!("ALTER SYSTEM {} = {}", text(name), text(value))
        }
        _ => return None,
    })
}

fn assertion(statement: &StatementKind) -> String {
    let not = |exists: &bool| if_true(!*exists, " NOT EXISTS");
    match statement {
        StatementKind::AssertValues { source, columns, values } => {
            let mut out = format!("ASSERT VALUES {source}");
            names(&mut out, columns);
            with_values(&out, "VALUES", values)
        }
        StatementKind::AssertTombstone { source, columns, values } => {
            let mut out = format!("ASSERT NULL VALUES {source}");
            names(&mut out, columns);
            with_values(&out, "KEY", values)
        }
        StatementKind::AssertSource(AssertSource {
            source_kind,
            name,
            columns: list,
            properties: with,
        }) => {
            let mut out = format!("ASSERT {} {name}", kind(*source_kind));
            columns(&mut out, list);
            properties(&mut out, with);
            out
        }
        StatementKind::AssertTopic { exists, topic, properties: with, timeout: limit } => {
            let mut out = format!("ASSERT{} TOPIC {}", not(exists), topic_name(topic));
            properties(&mut out, with);
            out + &timeout(limit.as_ref())
        }
        StatementKind::AssertSchema { exists, subject, id, timeout: limit } => {
            let mut out = format!("ASSERT{} SCHEMA", not(exists));
            if let Some(subject) = subject {
                let _ = write!(out, " SUBJECT {}", topic_name(subject));
            }
            if let Some(id) = id {
                let _ = write!(out, " ID {}", literal(id));
            }
            out + &timeout(limit.as_ref())
        }
        _ => unreachable!("every other statement was printed before"),
    }
}

fn create_source(create: &CreateSource) -> String {
    let mut out = format!(
        "CREATE{}{} {}{} {}",
        if_true(create.or_replace, " OR REPLACE"),
        if_true(create.read_only, " SOURCE"),
        kind(create.source_kind),
        if_true(create.if_not_exists, " IF NOT EXISTS"),
        create.name,
    );
    columns(&mut out, &create.columns);
    properties(&mut out, &create.properties);
    out
}

fn create_source_as(create: &CreateSourceAs) -> String {
    let mut out = format!(
        "CREATE{} {}{} {}",
        if_true(create.or_replace, " OR REPLACE"),
        kind(create.source_kind),
        if_true(create.if_not_exists, " IF NOT EXISTS"),
        create.name,
    );
    properties(&mut out, &create.properties);
    format!("{out} AS\n{}", query(&create.query))
}

fn columns(out: &mut String, columns: &[Column]) {
    if columns.is_empty() {
        return;
    }
    let columns: Vec<String> = columns
        .iter()
        .map(|Column { name, data_type, constraint, .. }| {
            let constraint = match constraint {
                None => String::new(),
                Some(ColumnConstraint::Key) => " KEY".to_owned(),
                Some(ColumnConstraint::PrimaryKey) => " PRIMARY KEY".to_owned(),
                Some(ColumnConstraint::Headers) => " HEADERS".to_owned(),
                Some(ColumnConstraint::Header(key)) => format!(" HEADER({})", text(key)),
            };
            format!("{name} {data_type}{constraint}")
        })
        .collect();
    out.push(' ');
    bracketed(out, &columns);
}

fn properties(out: &mut String, properties: &[Property]) {
    if properties.is_empty() {
        return;
    }
    out.push_str(" WITH ");
    bracketed(out, &properties.iter().map(property).collect::<Vec<_>>());
}

fn property(property: &Property) -> String {
    let value = literal(&property.value);
    match &property.name {
        PropertyName::Ident(name) => format!("{name} = {value}"),
        PropertyName::String(name, _) => format!("{} = {value}", text(name)),
    }
}

fn names(out: &mut String, columns: &[Ident]) {
    if !columns.is_empty() {
        let _ = write!(out, " ({})", join(columns, ToString::to_string));
    }
}

fn with_values(out: &str, keyword: &str, values: &[Expr]) -> String {
    format!("{out} {keyword} ({})", join(values, value))
}

fn literal(literal: &Literal) -> String {
    match &literal.kind {
        LiteralKind::Null => "NULL".to_owned(),
        LiteralKind::Boolean(true) => "TRUE".to_owned(),
        LiteralKind::Boolean(false) => "FALSE".to_owned(),
        LiteralKind::Number(number) => number.text.to_string(),
        LiteralKind::String(value) => text(value),
        LiteralKind::Variable(name) => name.to_string(),
    }
}

fn query_target(target: &QueryTarget) -> String {
    match target {
        QueryTarget::All => "ALL".to_owned(),
        QueryTarget::Id(id) => id.to_string(),
    }
}

fn topic_name(topic: &TopicName) -> String {
    match topic {
        TopicName::Ident(name) => name.to_string(),
        TopicName::String(name, _) => text(name),
    }
}

fn show(show: Show) -> String {
    let names = match show.names {
        Names::Properties => "PROPERTIES",
        Names::Topics => "TOPICS",
        Names::Streams => "STREAMS",
        Names::Tables => "TABLES",
        Names::Functions => "FUNCTIONS",
        Names::Queries => "QUERIES",
        Names::Types => "TYPES",
        Names::Variables => "VARIABLES",
        Names::Connectors => "CONNECTORS",
        Names::SourceConnectors => "SOURCE CONNECTORS",
        Names::SinkConnectors => "SINK CONNECTORS",
        Names::ConnectorPlugins => "CONNECTOR PLUGINS",
    };
    format!("SHOW {}{names}{}", if_true(show.all, "ALL "), if_true(show.extended, " EXTENDED"))
}

fn print(print: &Print) -> String {
    let from = if_true(print.from_beginning, " FROM BEGINNING");
    let mut out = format!("PRINT {}{from}", topic_name(&print.topic));
    if let Some(sampling) = print.sampling {
        let word = if sampling.sample { "SAMPLE" } else { "INTERVAL" };
        let _ = write!(out, " {word} {}", sampling.every);
    }
    if let Some(limit) = print.limit {
        let _ = write!(out, " LIMIT {limit}");
    }
    out
}

fn timeout(timeout: Option<&Duration>) -> String {
    timeout.map(|timeout| format!(" TIMEOUT {}", duration(timeout))).unwrap_or_default()
}

const fn kind(source_kind: SourceKind) -> &'static str {
    match source_kind {
        SourceKind::Stream => "STREAM",
        SourceKind::Table => "TABLE",
    }
}

const fn if_true(condition: bool, text: &'static str) -> &'static str {
    if condition { text } else { "" }
}
