//! A query that fills a stream or table: its clauses, its key, and its plan.

mod aggregate;
mod outputs;
mod window;

use std::sync::Arc;

use super::expression::Lowering;
use super::formats::{self, Inherited};
use super::input::{self, Input, Key, article, plan_format};
use super::names::{Exploded, RowNames};
use super::properties::{self, Place, With};
use super::select::{self, Item};
use super::typed::{Ty, Typed};
use super::types::{has_map, show};
use super::{Builder, Context, Findings, source};
use crate::plan::{self, Explode, Expr, NodeId, OnError, Op, Output, PartitionBy, Pipeline};
use crate::schema::{Field, Role, Schema};
use crate::sql::ast::{self, CreateSourceAs, Expr as Ast, ExprKind, Ident, Query, SourceKind};
use crate::sql::catalog::{KeyWindow, Serde, Source, TimestampColumn, kind_name, values};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::span::Span;

/// A persistent query that can be started.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it does.
    pub pipeline: Pipeline,
    /// What it writes: a new source, or for `INSERT INTO` the one that is there.
    pub sink: Source,
    /// The sources that it reads.
    pub reads: Vec<Arc<str>>,
}

/// A query of its own: its rows go to who asked.
#[derive(Clone, Debug)]
pub struct Selected {
    /// What it does; it has no sink.
    pub pipeline: Pipeline,
    /// The node that gives its rows, which is the last.
    pub node: NodeId,
    /// The columns of the rows, in the order of the select list.
    pub schema: Schema,
    /// Whether the rows are events or changes of a table.
    pub kind: SourceKind,
    /// The sources that it reads.
    pub reads: Vec<Arc<str>>,
    /// `EMIT …`: it goes on for ever. Without it, it is answered from what is there.
    pub is_push: bool,
    /// The most rows.
    pub limit: Option<u64>,
}

/// The rows that a query results in.
struct Rows {
    node: NodeId,
    schema: Schema,
    kind: SourceKind,
    window: Option<KeyWindow>,
    partitions: u32,
    first: Source,
    reads: Vec<Arc<str>>,
}

/// `CREATE … AS SELECT`
pub fn create_as(
    create: &CreateSourceAs,
    id: &Arc<str>,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Planned> {
    let at = Span::from(create.name.span);
    let with = properties::read(&create.properties, Place::CreateAs, findings);
    let mut builder = Builder::default();
    let rows = analyze(&create.query, Some(&create.name), context, &mut builder, findings)?;
    if rows.kind != create.source_kind {
        let message = format!(
            "the query gives {}: {} cannot be {}",
            article(rows.kind),
            quoted(&create.name.name),
            article(create.source_kind)
        );
        let kind = kind_name(rows.kind).to_ascii_uppercase();
        let diagnostic = Diagnostic::error(Code::SOURCE_KIND, message, at);
        findings.push(diagnostic.with_help(format!("write CREATE {kind} … AS SELECT")));
    }
    if values(&rows.schema).next().is_none() {
        let diagnostic = Diagnostic::error(Code::KEY, "the projection has no value columns", at)
            .with_help("select another column, or a copy of the key with AS_VALUE");
        findings.push(diagnostic);
    }
    let inherited = Inherited { key: rows.first.key_format, value: rows.first.value_format };
    let formats =
        formats::resolve(&with, Some(inherited), &rows.schema, context.settings, at, findings);
    let timestamp = source::timestamp(&with, &rows.schema, findings);
    let (key_format, value_format) = formats?;
    let sink = Source {
        name: create.name.name.clone(),
        kind: create.source_kind,
        topic: topic(&with, &create.name, context),
        partitions: with.partitions.map_or(rows.partitions, |(count, _)| count),
        key_format,
        value_format,
        window: rows.window,
        timestamp,
        read_only: false,
        created_by: Some(id.clone()),
        schema: rows.schema.clone(),
    };
    finish(rows, sink, id, at, context, builder, findings)
}

/// `INSERT INTO … SELECT`
pub fn insert_select(
    target: &Ident,
    query: &Query,
    id: &Arc<str>,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Planned> {
    let sink = input::find(target, context, findings).cloned();
    let mut builder = Builder::default();
    let rows = analyze(query, Some(target), context, &mut builder, findings);
    let (sink, mut rows) = (sink?, rows?);
    if sink.kind == SourceKind::Table {
        let message =
            format!("{} is a table: only streams can be inserted into", quoted(&sink.name));
        findings.error(Code::INSERT, message, target.span);
    } else if rows.kind == SourceKind::Table {
        let message = "the query gives a table: only streams can be inserted into a stream";
        findings.error(Code::INSERT, message, target.span);
    } else if sink.read_only {
        let message = format!("{} is read-only", quoted(&sink.name));
        findings.error(Code::INSERT, message, target.span);
    }
    let types = |schema: &Schema, role| -> Vec<_> {
        let of_role = schema.fields.iter().filter(|field| field.role == role);
        of_role.map(|field| field.data_type.clone()).collect()
    };
    let fits = types(&rows.schema, Role::Key) == types(&sink.schema, Role::Key)
        && values(&rows.schema)
            .map(|field| (&field.name, &field.data_type))
            .eq(values(&sink.schema).map(|field| (&field.name, &field.data_type)));
    if !fits {
        let message = format!(
            "the columns of the query do not fit {}: it has {}",
            quoted(&sink.name),
            describe(&sink.schema)
        );
        let diagnostic = Diagnostic::error(Code::INSERT, message, target.span);
        findings.push(diagnostic.with_help(format!("the query gives {}", describe(&rows.schema))));
        return None;
    }
    rows.schema = sink.schema.clone();
    finish(rows, sink, id, Span::from(target.span), context, builder, findings)
}

/// The columns of a schema as a statement declares them.
pub fn describe(schema: &Schema) -> String {
    let column = |field: &Field| {
        let key = if field.role == Role::Key { " KEY" } else { "" };
        format!("{} {}{key}", quoted(&field.name), show(&field.data_type))
    };
    schema.fields.iter().map(column).collect::<Vec<_>>().join(", ")
}

/// `SELECT …`
pub fn select(
    query: &Query,
    id: &str,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Selected> {
    let is_push = query.emit.is_some();
    if !is_push {
        check_pull(query, findings);
    }
    let mut builder = Builder::default();
    let rows = analyze(query, None, context, &mut builder, findings)?;
    let mut pipeline = Pipeline { name: id.to_owned(), nodes: builder.nodes };
    plan::optimize(&mut pipeline);
    let node = pipeline.nodes.len() - 1;
    Some(Selected {
        pipeline,
        node,
        schema: rows.schema,
        kind: rows.kind,
        reads: rows.reads,
        is_push,
        limit: query.limit,
    })
}

/// A pull query looks up what is there: it joins and groups nothing.
fn check_pull(query: &Query, findings: &mut Findings) {
    let group = query.group_by.first().or(query.having.as_ref()).map(|expr| expr.span);
    let clauses = [
        ("joins", query.from.joins.first().map(|join| join.relation.span)),
        ("GROUP BY and HAVING", group),
        ("PARTITION BY", query.partition_by.first().map(|expr| expr.span)),
        ("WINDOW", query.window.as_ref().map(|window| window.span)),
    ];
    for (clause, at) in clauses {
        let Some(at) = at else { continue };
        let message = format!("{clause}: not in a query without EMIT");
        let diagnostic = Diagnostic::error(Code::STATEMENT, message, at);
        findings.push(diagnostic.with_help(
            "a query without EMIT answers from what is there: add EMIT CHANGES, or make a table \
             with CREATE TABLE … AS SELECT and ask that",
        ));
    }
}

fn topic(with: &With, name: &Ident, context: &Context<'_>) -> Arc<str> {
    match &with.topic {
        Some((topic, _)) => topic.clone(),
        None => Arc::from(format!("{}{}", context.settings.topic_prefix(), name.name)),
    }
}

/// Whether the last node before the sink gives rows a new key.
fn is_repartitioned(builder: &Builder) -> bool {
    matches!(builder.nodes.last().map(|node| &node.op), Some(Op::PartitionBy(_)))
}

/// Adds the sink, and everything is there; `None` after telling that it would never end.
fn finish(
    rows: Rows,
    sink: Source,
    id: &Arc<str>,
    at: Span,
    context: &Context<'_>,
    mut builder: Builder,
    findings: &mut Findings,
) -> Option<Planned> {
    let on_invalid =
        if context.settings.fails_on_invalid_timestamp() { OnError::Fail } else { OnError::Skip };
    let timestamp = |timestamp: &TimestampColumn| {
        let column = rows.schema.index_of(&timestamp.column)?;
        let format = timestamp.format.as_ref().map(ToString::to_string);
        Some(plan::TimestampColumn { column, format, on_invalid })
    };
    let op = plan::Sink {
        topic: sink.topic.to_string(),
        partitions: Some(sink.partitions),
        key_format: input::key_format(&sink),
        value_format: plan_format(sink.value_format),
        null_keys: is_repartitioned(&builder),
        timestamp: sink.timestamp.as_ref().and_then(timestamp),
    };
    if builder.nodes.iter().any(|node| matches!(&node.op, Op::Source(s) if *s.topic == *sink.topic))
    {
        let message = format!("the query reads the topic {} that it would write", sink.topic);
        findings.error(Code::STATEMENT, message, at);
        return None;
    }
    let name = format!("to {}", sink.name);
    builder.add(&name, vec![rows.node], Op::Sink(op));
    let mut pipeline = Pipeline { name: id.to_string(), nodes: builder.nodes };
    plan::optimize(&mut pipeline);
    Some(Planned { pipeline, sink, reads: rows.reads })
}

/// Plans a query up to its sink. With `sink` the key must be in the projection.
fn analyze(
    query: &Query,
    sink: Option<&Ident>,
    context: &Context<'_>,
    builder: &mut Builder,
    findings: &mut Findings,
) -> Option<Rows> {
    let before = findings.count();
    let input = input::analyze(query, context, builder, findings)?;
    let mut planner = Planner { query, sink, context, builder, findings };
    planner.check_clauses(&input);
    let mut node = input.node;
    if let Some(filter) = &query.filter {
        let names = &mut RowNames { scope: &input.scope, context, clause: "WHERE", exploded: None };
        let lowered = Lowering { names, context, findings: planner.findings }.condition(filter);
        if let Some(filter) = lowered {
            node = planner.builder.add("where", vec![node], Op::Filter(filter));
        }
    }
    let rows = if !query.group_by.is_empty() || planner.has_aggregates() {
        planner.aggregate(input, node)
    } else if query.partition_by.is_empty() {
        planner.project(input, node)
    } else {
        planner.partition_by(input, node)
    };
    rows.filter(|_| findings.count() == before)
}

struct Planner<'a> {
    query: &'a Query,
    sink: Option<&'a Ident>,
    context: &'a Context<'a>,
    builder: &'a mut Builder,
    findings: &'a mut Findings,
}

/// A key column of the result.
struct ResultKey {
    /// Its value, over the same columns as the select list.
    value: Expr,
    /// Its type.
    data_type: crate::value::DataType,
    /// The expressions that mean it, with how they are written.
    means: Vec<(Expr, String)>,
}

impl From<&Key> for ResultKey {
    fn from(key: &Key) -> Self {
        Self {
            value: key.value.clone(),
            data_type: key.data_type.clone(),
            means: key.columns.clone(),
        }
    }
}

impl Planner<'_> {
    fn error(&mut self, code: Code, message: impl Into<String>, at: impl Into<Span>) {
        self.findings.error(code, message, at);
    }

    /// Rules that need no types.
    fn check_clauses(&mut self, input: &Input) {
        let query = self.query;
        let is_grouped = !query.group_by.is_empty();
        if self.sink.is_some() && input.kind == SourceKind::Table && input.window.is_some() {
            let message = "a windowed table cannot be queried persistently";
            self.error(Code::WINDOW, message, query.span);
        }
        if let Some(window) = &query.window {
            if !is_grouped {
                self.error(Code::WINDOW, "WINDOW needs GROUP BY", window.span);
            }
            if input.kind == SourceKind::Table {
                self.error(Code::WINDOW, "WINDOW is for streams", window.span);
            }
        }
        if query.emit == Some(ast::Emit::Final) && query.window.is_none() {
            let message =
                "EMIT FINAL is for windowed aggregations: without a window nothing is final";
            self.error(Code::WINDOW, message, query.span);
        }
        if let Some(having) = query.having.as_ref().filter(|_| !is_grouped) {
            self.error(Code::AGGREGATION, "HAVING needs GROUP BY", having.span);
        }
        if let (true, Some(first)) = (is_grouped, query.partition_by.first()) {
            self.error(
                Code::AGGREGATION,
                "PARTITION BY and GROUP BY do not go together",
                first.span,
            );
        }
        if input.kind == SourceKind::Table
            && let Some(first) = query.partition_by.first()
        {
            let message = "PARTITION BY is for streams";
            self.error(Code::KEY, message, first.span);
        }
        if query.limit.is_some() && self.sink.is_some() {
            self.error(
                Code::STATEMENT,
                "a persistent query has no LIMIT: it never ends",
                query.span,
            );
        }
        if is_grouped && input.first.value_format == Serde::Kafka {
            let message = "sources with the value format KAFKA have no GROUP BY";
            self.error(Code::FORMAT, message, query.group_by[0].span);
        }
    }

    /// Whether the select list or HAVING calls an aggregate function.
    fn has_aggregates(&self) -> bool {
        fn within(ast: &Ast) -> bool {
            if let ExprKind::Call(name, _) | ExprKind::CallAll(name) = &ast.kind
                && super::functions::is_aggregate(&name.name)
            {
                return true;
            }
            let mut found = false;
            ast.for_each_child(&mut |child| found |= within(child));
            found
        }
        let select = self.query.select.iter().any(|item| match item {
            ast::SelectItem::Expr { value, .. } => within(value),
            _ => false,
        });
        select || self.query.having.iter().any(within)
    }

    /// The select list over the columns of the input; table functions get their node.
    fn select(&mut self, input: &Input, node: &mut NodeId) -> Option<Vec<Item>> {
        let mut exploded = Exploded { before: input.width, calls: Vec::new() };
        let names = &mut RowNames {
            scope: &input.scope,
            context: self.context,
            clause: "SELECT",
            exploded: Some(&mut exploded),
        };
        let items = select::analyze(
            &self.query.select,
            &input.scope,
            names,
            self.sink.is_some(),
            self.context,
            self.findings,
        );
        if !exploded.calls.is_empty() {
            if input.kind == SourceKind::Table {
                let message = "table functions are for streams";
                self.error(Code::TABLE_FUNCTION, message, self.query.span);
                return None;
            }
            let op = Op::Explode(Explode { functions: exploded.calls });
            *node = self.builder.add("explode", vec![*node], op);
        }
        items
    }

    /// A query without GROUP BY and PARTITION BY.
    fn project(&mut self, input: Input, mut node: NodeId) -> Option<Rows> {
        let items = self.select(&input, &mut node)?;
        let keys: Vec<ResultKey> = input.keys.iter().map(ResultKey::from).collect();
        let outputs = self.outputs(items, &keys, "key column")?;
        let schema = schema_of(&outputs);
        let node = self.builder.add("select", vec![node], Op::Project(outputs));
        Some(rows(input, node, schema))
    }

    fn partition_by(&mut self, mut input: Input, mut node: NodeId) -> Option<Rows> {
        if input.window.is_some() {
            let message = "a windowed source cannot be repartitioned";
            self.error(Code::WINDOW, message, self.query.partition_by[0].span);
        }
        let mut keys: Vec<ResultKey> = Vec::new();
        let scope = input.scope.clone();
        let by = &self.query.partition_by;
        for ast in by {
            let names = &mut RowNames {
                scope: &scope,
                context: self.context,
                clause: "PARTITION BY",
                exploded: None,
            };
            let lowering = &mut Lowering { names, context: self.context, findings: self.findings };
            let typed = lowering.lower(ast)?;
            if typed.ty == Ty::Null && by.len() == 1 {
                continue;
            }
            let Typed { expr, ty } = lowering.concrete(typed, ast.span)?;
            let Ty::Known(data_type) = ty else { continue };
            if keys.iter().any(|key| key.value == expr) {
                let message = format!("{ast} is there twice");
                self.error(Code::KEY, message, ast.span);
            }
            if has_map(&data_type) {
                let message = format!("a key cannot have a MAP in it: {}", show(&data_type));
                self.error(Code::KEY, message, ast.span);
            }
            keys.push(ResultKey {
                means: vec![(expr.clone(), ast.to_string())],
                value: expr,
                data_type,
            });
        }
        let mut items = self.select(&input, &mut node)?;
        self.write_out_star(&mut items, &keys, &input);
        let outputs = self.outputs(items, &keys, "partitioning expression")?;
        let schema = schema_of(&outputs);
        let op = PartitionBy { outputs, repartition: Some(input.partitions) };
        let node = self.builder.add("partition by", vec![node], Op::PartitionBy(op));
        input.window = None;
        Some(rows(input, node, schema))
    }
}

fn schema_of(outputs: &[Output]) -> Schema {
    Schema::new(outputs.iter().map(|output| output.field.clone()).collect())
}

fn rows(input: Input, node: NodeId, schema: Schema) -> Rows {
    Rows {
        node,
        schema,
        kind: input.kind,
        window: input.window,
        partitions: input.partitions,
        first: input.first,
        reads: input.reads,
    }
}
