//! `CREATE STREAM|TABLE name (columns) WITH (…)`: the columns, and what the topic is read as.

use std::sync::Arc;

use super::properties::{self, Place, With};
use super::scope::is_reserved;
use super::{Context, Findings, formats, types};
use crate::format::datetime::{DateTimePattern, PatternError, is_of_java};
use crate::order;
use crate::schema::{Field, Role, Schema};
use crate::sql::ast::{Column, ColumnConstraint, CreateSource, SourceKind};
use crate::sql::catalog::{Source, TimestampColumn, keys};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::span::Span;
use crate::sql::spelling;
use crate::value::DataType;

/// The source that a statement declares; `None` after telling `findings` why there is none.
pub fn analyze(
    create: &CreateSource,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Source> {
    let before = findings.count();
    let at = Span::from(create.name.span);
    let with = properties::read(&create.properties, Place::Create, findings);
    let fields = columns(create, context, findings);
    let schema = Schema::new(fields);
    if create.columns.is_empty() && findings.count() == before {
        let message = format!("the columns of `{}` are missing", create.name.name);
        let help = "declare them: ksqlDB finds columns by itself only with a schema registry";
        findings.push(Diagnostic::error(Code::STATEMENT, message, at).with_help(help));
    }
    if with.topic.is_none() {
        findings.error(Code::PROPERTIES, "KAFKA_TOPIC is missing", at);
    }
    check_keys(create, &with, &schema, findings);
    let formats = formats::resolve(&with, None, &schema, context.settings, at, findings);
    let timestamp = timestamp(&with, &schema, findings);
    if findings.count() > before {
        return None;
    }
    let (key_format, value_format) = formats?;
    let (topic, _) = with.topic?;
    Some(Source {
        name: create.name.name.clone(),
        kind: create.source_kind,
        schema,
        partitions: with.partitions.map_or_else(|| context.partitions(&topic), |(count, _)| count),
        topic,
        key_format,
        value_format,
        window: with.window.map(|(window, _)| window),
        timestamp,
        read_only: create.read_only,
        created_by: None,
    })
}

/// The columns, key columns first.
fn columns(create: &CreateSource, context: &Context<'_>, findings: &mut Findings) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for column in &create.columns {
        let role = role(column, create.source_kind, findings);
        if is_reserved(&column.name.name) {
            let message =
                format!("`{}` is a reserved name: no column can have it", column.name.name);
            findings.error(Code::RESERVED_COLUMN, message, column.name.span);
        }
        if fields.iter().any(|field| field.name == column.name.name) {
            let message = format!("there are two columns `{}`", column.name.name);
            findings.error(Code::DUPLICATE_COLUMN, message, column.name.span);
        }
        let data_type = types::resolve(&column.data_type, context.catalog, findings);
        if let Some(data_type) = data_type {
            fields.push(Field { name: column.name.name.clone(), data_type, role });
        }
    }
    order::sort_by_key(&mut fields, |field| field.role != Role::Key);
    fields
}

fn role(column: &Column, kind: SourceKind, findings: &mut Findings) -> Role {
    let wrong = |findings: &mut Findings, message: String, help: &str| {
        findings.push(Diagnostic::error(Code::KEY, message, column.span).with_help(help));
    };
    let name = &column.name.name;
    match (&column.constraint, kind) {
        (None, _) => return Role::Value,
        (Some(ColumnConstraint::Key), SourceKind::Stream)
        | (Some(ColumnConstraint::PrimaryKey), SourceKind::Table) => {}
        (Some(ColumnConstraint::Key), SourceKind::Table) => {
            wrong(findings, format!("`{name}` is a KEY of a table"), "write PRIMARY KEY");
        }
        (Some(ColumnConstraint::PrimaryKey), SourceKind::Stream) => {
            wrong(findings, format!("`{name}` is a PRIMARY KEY of a stream"), "write KEY");
        }
        (Some(ColumnConstraint::Headers | ColumnConstraint::Header(_)), _) => {
            findings.push(Diagnostic::unsupported("a column of HEADERS", column.span));
        }
    }
    Role::Key
}

fn check_keys(create: &CreateSource, with: &With, schema: &Schema, findings: &mut Findings) {
    let has_key = create.columns.iter().any(|column| column.constraint.is_some());
    let at = create.name.span;
    if create.source_kind == SourceKind::Table && !has_key && !create.columns.is_empty() {
        let diagnostic = Diagnostic::error(Code::KEY, "a table needs a PRIMARY KEY", at)
            .with_help("write PRIMARY KEY behind the type of a column");
        findings.push(diagnostic);
    }
    if let Some((window, span)) = with.window
        && keys(schema).next().is_none()
    {
        let message = format!("a {} source needs a key column", window.name());
        findings.error(Code::KEY, message, span);
    }
}

/// The column that event time comes from, checked.
pub fn timestamp(with: &With, schema: &Schema, findings: &mut Findings) -> Option<TimestampColumn> {
    let format = with.timestamp_format.as_ref();
    let Some((column, at)) = &with.timestamp else {
        if let Some((_, at)) = format {
            findings.error(Code::PROPERTIES, "TIMESTAMP_FORMAT needs TIMESTAMP", *at);
        }
        return None;
    };
    let Some(field) = schema.fields.iter().find(|field| field.name == *column) else {
        let message = format!("no column {} to take the timestamp from", quoted(column));
        let mut diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, message, *at);
        let names = schema.fields.iter().map(|field| &*field.name);
        if let Some(near) = spelling::closest(column, names) {
            diagnostic = diagnostic.with_help(format!("did you mean {}?", quoted(near)));
        }
        findings.push(diagnostic);
        return None;
    };
    if let Some((format, at)) = format
        && let Err(error) = DateTimePattern::new(format)
    {
        let message = format!("the TIMESTAMP_FORMAT '{format}': {error}");
        match error {
            PatternError::Letter(letter) if is_of_java(letter) => {
                findings.push(Diagnostic::unsupported(message, *at));
            }
            _ => findings.error(Code::PROPERTY_VALUE, message, *at),
        }
        return None;
    }
    let problem = match (&field.data_type, format) {
        (DataType::BigInt | DataType::Timestamp, None) | (DataType::Varchar, Some(_)) => None,
        (DataType::Varchar, None) => Some("a VARCHAR timestamp needs TIMESTAMP_FORMAT".to_owned()),
        (DataType::BigInt | DataType::Timestamp, Some(_)) => {
            Some("TIMESTAMP_FORMAT is for VARCHAR columns".to_owned())
        }
        (other, _) => Some(format!("a timestamp is a BIGINT, TIMESTAMP or VARCHAR, not {other}")),
    };
    if let Some(problem) = problem {
        findings.error(Code::PROPERTIES, problem, *at);
        return None;
    }
    let format = format.map(|(format, _)| Arc::clone(format));
    Some(TimestampColumn { column: field.name.clone(), format })
}
