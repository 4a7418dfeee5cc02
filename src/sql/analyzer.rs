//! From syntax to meaning: names, types, the rules of statements, and the plan of a query.
//!
//! A statement is analysed against a [`Catalog`] and ends in what it declares or in a
//! [`crate::plan::Pipeline`]. Nothing runs here, and nothing changes: the caller adds to the
//! catalog. What is wrong is told with a place, as much of it at once as is cheap.

mod expression;
mod formats;
mod functions;
mod input;
mod insert;
mod names;
mod properties;
mod query;
pub mod scope;
mod select;
mod source;
#[cfg(test)]
mod tests;
mod typed;
mod types;

use std::sync::Arc;

pub use input::plan_format;
pub use insert::{InsertedValues, Purpose};
pub use query::{Planned, Selected, describe};

use super::ast::{CreateSource, CreateSourceAs, Expr, Ident, Query, TypeName};
use super::catalog::{Catalog, Source};
use super::diagnostic::{Code, Diagnostic};
use super::settings::Settings;
use super::span::Span;
use crate::plan::{Emit, Node, NodeId, Op, Pipeline};
use crate::value::DataType;

/// What a statement is analysed against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What there is.
    pub catalog: &'a Catalog,
    /// What is set.
    pub settings: &'a Settings,
    /// When tables emit changes: at every update, or at commits.
    pub changes: Emit,
    /// The number of partitions of a topic, if it is there.
    pub partitions_of: &'a dyn Fn(&str) -> Option<u32>,
}

impl Context<'_> {
    /// Partitions of a topic; 1 for one that is not there.
    fn partitions(&self, topic: &str) -> u32 {
        (self.partitions_of)(topic).unwrap_or(1)
    }
}

/// What is wrong, so far.
#[derive(Debug, Default)]
pub struct Findings(Vec<Diagnostic>);

impl Findings {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        // One mistake in a projection can be met once for the key and once for the value.
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Adds an error.
    pub fn error(&mut self, code: Code, message: impl Into<String>, at: impl Into<Span>) {
        self.push(Diagnostic::error(code, message, at));
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// All of them.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

/// Collects the nodes of a plan.
#[derive(Debug, Default)]
struct Builder {
    nodes: Vec<Node>,
}

impl Builder {
    /// Adds a node behind its inputs; the name gets a number when it is taken.
    fn add(&mut self, name: &str, inputs: Vec<NodeId>, op: Op) -> NodeId {
        let taken = |name: &str| self.nodes.iter().any(|node| node.name == name);
        let mut unique = name.to_owned();
        let mut number = 1;
        while taken(&unique) {
            number += 1;
            unique = format!("{name} {number}");
        }
        self.nodes.push(Node { name: unique, inputs, op });
        self.nodes.len() - 1
    }
}

fn finish<T>(value: Option<T>, findings: Findings) -> Result<T, Vec<Diagnostic>> {
    match value {
        Some(value) if findings.count() == 0 => Ok(value),
        _ => Err(findings.into_vec()),
    }
}

/// `CREATE STREAM|TABLE name (columns) WITH (…)`
///
/// # Errors
/// All that was found wrong.
pub fn create(create: &CreateSource, context: &Context<'_>) -> Result<Source, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let source = source::analyze(create, context, &mut findings);
    finish(source, findings)
}

/// `CREATE STREAM|TABLE name WITH (…) AS SELECT …`, run as the query `id`.
///
/// # Errors
/// All that was found wrong.
pub fn create_as(
    create: &CreateSourceAs,
    id: &Arc<str>,
    context: &Context<'_>,
) -> Result<Planned, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let planned = query::create_as(create, id, context, &mut findings);
    finish(planned, findings)
}

/// `INSERT INTO target SELECT …`, run as the query `id`.
///
/// # Errors
/// All that was found wrong.
pub fn insert_select(
    target: &Ident,
    query: &Query,
    id: &Arc<str>,
    context: &Context<'_>,
) -> Result<Planned, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let planned = query::insert_select(target, query, id, context, &mut findings);
    finish(planned, findings)
}

/// `SELECT …` of its own, run as the query `id`.
///
/// # Errors
/// All that was found wrong.
pub fn select(query: &Query, id: &str, context: &Context<'_>) -> Result<Selected, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let selected = query::select(query, id, context, &mut findings);
    finish(selected, findings)
}

/// `target (columns) VALUES (…)`, of an `INSERT INTO` or an `ASSERT`.
///
/// # Errors
/// All that was found wrong.
pub fn values(
    target: &Ident,
    columns: &[Ident],
    values: &[Expr],
    at: Span,
    purpose: Purpose,
    context: &Context<'_>,
) -> Result<InsertedValues, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let row = insert::analyze(target, columns, values, at, purpose, context, &mut findings);
    finish(row, findings)
}

/// The plan that gives the rows of a source as they are; its only node reads them.
#[must_use]
pub fn read(source: &Source, context: &Context<'_>) -> Pipeline {
    let mut builder = Builder::default();
    input::read(source, context, &mut builder);
    Pipeline { name: format!("rows of {}", source.name), nodes: builder.nodes }
}

/// The type that `CREATE TYPE` gives a name.
///
/// # Errors
/// All that was found wrong.
pub fn data_type(name: &TypeName, catalog: &Catalog) -> Result<DataType, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let data_type = types::resolve(name, catalog, &mut findings);
    finish(data_type, findings)
}

pub use types::{NAMES as TYPE_NAMES, show as show_type};
