//! `FROM` and its joins: the nodes that give a query's rows, and the names of their columns.

use std::sync::Arc;

use super::expression::Lowering;
use super::names::{RowNames, pseudo_columns};
use super::scope::{Column, Kind, Relation, Scope, is_reserved};
use super::typed::{Ty, Typed};
use super::types::{has_map, show};
use super::{Builder, Context, Findings};
use crate::plan::{
    self, Expr, JoinWindow, NodeId, OnError, Op, Output, PartitionBy, TimestampColumn,
};
use crate::schema::{Field, Role};
use crate::sql::ast::{
    ComparisonOp, Duration, Expr as Ast, ExprKind, FromClause, Ident, Join, JoinKind, Place, Query,
    Relation as From, SelectItem, SourceKind, Within,
};
use crate::sql::catalog::{KeyWindow, Serde, Source, kind_name};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::value::DataType;
use crate::window::{SessionWindows, TimeWindows, WindowSpec};

/// The rows of a query, before anything is done with them.
pub struct Input {
    /// The node that gives them.
    pub node: NodeId,
    /// The number of their columns.
    pub width: usize,
    /// Their names.
    pub scope: Scope,
    /// The key columns, each as the expressions that all mean it.
    pub keys: Vec<Key>,
    /// Whether they are a stream or a table.
    pub kind: SourceKind,
    /// Partitions of the input.
    pub partitions: u32,
    /// The windows of their keys.
    pub window: Option<KeyWindow>,
    /// The source whose formats the result takes over.
    pub first: Source,
    /// The names of the sources that are read.
    pub reads: Vec<Arc<str>>,
}

/// A key column of the input.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its value.
    pub value: Expr,
    /// Its type.
    pub data_type: DataType,
    /// The columns that are equal to it, best first, with their names.
    pub columns: Vec<(Expr, String)>,
}

/// The source that a query names; `None` after telling that there is none.
pub fn find<'a>(
    name: &Ident,
    context: &'a Context<'_>,
    findings: &mut Findings,
) -> Option<&'a Source> {
    let found = context.catalog.source(&name.name);
    if found.is_none() {
        let message = format!("no stream or table {}", quoted(&name.name));
        let mut diagnostic = Diagnostic::error(Code::UNKNOWN_SOURCE, message, name.span);
        if let Some(near) = context.catalog.similar_source(&name.name) {
            diagnostic = diagnostic.with_help(format!("did you mean {}?", quoted(near)));
        }
        findings.push(diagnostic);
    }
    found
}

/// Adds the nodes of `FROM`; `None` after telling what is wrong.
pub fn analyze(
    query: &Query,
    context: &Context<'_>,
    builder: &mut Builder,
    findings: &mut Findings,
) -> Option<Input> {
    let FromClause { first, joins } = &query.from;
    let first_source = find(&first.source, context, findings);
    for join in joins {
        find(&join.relation.source, context, findings);
    }
    let left = first_source?;
    match joins.as_slice() {
        [] => Some(single(first, left, context, builder)),
        [join] => {
            let right = context.catalog.source(&join.relation.source.name)?;
            // `*` writes them out in front of PARTITION BY.
            let wants_pseudo = mentions_pseudo(query) || !query.partition_by.is_empty();
            Joining { context, builder, findings, wants_pseudo }.join(first, left, join, right)
        }
        [_, second, ..] => {
            findings.push(Diagnostic::unsupported("a join of more than two sources", second.span));
            None
        }
    }
}

/// How a format is told to a plan.
pub fn plan_format(serde: Serde) -> plan::Format {
    match serde {
        Serde::Json { wrapped: true } => plan::Format::Json,
        Serde::Json { wrapped: false } => plan::Format::JsonBare,
        Serde::Kafka => plan::Format::Kafka,
        Serde::Delimited { delimiter } => plan::Format::Delimited(delimiter),
        Serde::None => plan::Format::None,
    }
}

/// How the keys of a source are told to a plan: what has no key columns has no key to read.
pub fn key_format(source: &Source) -> plan::Format {
    if source.schema.keys().next().is_none() {
        return plan::Format::None;
    }
    plan_format(source.key_format)
}

fn window_spec(window: KeyWindow) -> Option<WindowSpec> {
    match window {
        KeyWindow::Time(size) => TimeWindows::tumbling(size?).ok().map(WindowSpec::Tumbling),
        KeyWindow::Session => SessionWindows::new(1).ok().map(WindowSpec::Session),
    }
}

/// Adds the node that reads a source.
pub fn read(source: &Source, context: &Context<'_>, builder: &mut Builder) -> NodeId {
    let on_invalid =
        if context.settings.fails_on_invalid_timestamp() { OnError::Fail } else { OnError::Skip };
    let mut node = plan::Source::new(
        &*source.topic,
        key_format(source),
        plan_format(source.value_format),
        source.schema.clone(),
    );
    node.table = source.kind == SourceKind::Table;
    node.window = source.window.and_then(window_spec);
    node.timestamp = source.timestamp.as_ref().and_then(|timestamp| {
        let column = source.schema.index_of(&timestamp.column)?;
        let format = timestamp.format.as_ref().map(ToString::to_string);
        Some(TimestampColumn { column, format, on_invalid })
    });
    builder.add(&source.name, vec![], Op::Source(node))
}

/// The columns of a source as its own rows have them.
fn own_columns(source: &Source) -> Vec<Column> {
    let fields = source.schema.fields.iter().enumerate();
    let columns = fields.map(|(index, field)| Column {
        name: field.name.clone(),
        data_type: field.data_type.clone(),
        kind: if field.role == Role::Key { Kind::Key } else { Kind::Value },
        expr: Expr::Column(index),
    });
    columns.chain(pseudo_columns(source.window.is_some())).collect()
}

fn single(from: &From, source: &Source, context: &Context<'_>, builder: &mut Builder) -> Input {
    let node = read(source, context, builder);
    let columns = own_columns(source);
    let keys = columns.iter().filter(|column| column.kind == Kind::Key).map(|column| Key {
        value: column.expr.clone(),
        data_type: column.data_type.clone(),
        columns: vec![(column.expr.clone(), quoted(&column.name))],
    });
    Input {
        node,
        width: source.schema.fields.len(),
        keys: keys.collect(),
        kind: source.kind,
        partitions: source.partitions,
        window: source.window,
        first: source.clone(),
        reads: vec![source.name.clone()],
        scope: Scope {
            relations: vec![Relation { alias: from.name().name.clone(), columns }],
            synthetic_key: None,
        },
    }
}

struct Joining<'a> {
    context: &'a Context<'a>,
    builder: &'a mut Builder,
    findings: &'a mut Findings,
    wants_pseudo: bool,
}

/// One side of a join condition.
struct Side {
    /// The expression over the source's own columns.
    typed: Typed,
    /// The column that it is, if it is one.
    column: Option<Arc<str>>,
    at: Place,
}

impl Joining<'_> {
    fn error(&mut self, code: Code, message: impl Into<String>, at: Place) {
        self.findings.error(code, message, at);
    }

    fn join(&mut self, from: &From, left: &Source, join: &Join, right: &Source) -> Option<Input> {
        let before = self.findings.count();
        let names = [from.name(), join.relation.name()];
        if left.name == right.name || names[0].name == names[1].name {
            let message = format!("{} is joined with itself", quoted(&names[0].name));
            self.error(Code::JOIN, message, join.relation.span);
            return None;
        }
        let scope = Scope {
            relations: [(names[0], left), (names[1], right)]
                .into_iter()
                .map(|(name, source)| Relation {
                    alias: name.name.clone(),
                    columns: own_columns(source),
                })
                .collect(),
            synthetic_key: None,
        };
        let sides = self.condition(&join.on, &scope, [left, right]);
        let window = self.window(join, [left, right]);
        let [left_side, right_side] = sides?;
        self.check_keys(join, [left, right], [&left_side, &right_side]);
        if self.findings.count() > before {
            return None;
        }
        Some(self.build(join, [left, right], [left_side, right_side], window, &scope))
    }

    /// The two sides of `ON`, left source first.
    fn condition(&mut self, on: &Ast, scope: &Scope, sources: [&Source; 2]) -> Option<[Side; 2]> {
        let ExprKind::Compare(ComparisonOp::Equal, first, second) = &on.kind else {
            let diagnostic = Diagnostic::error(
                Code::JOIN,
                "a join condition is one comparison with `=`",
                on.span,
            )
            .with_help("as in ON a.id = b.id; put further conditions into WHERE");
            self.findings.push(diagnostic);
            return None;
        };
        let (first, second) = (self.side(first, scope), self.side(second, scope));
        let (first, second) = (first?, second?);
        let (left, right) = match (first.0, second.0) {
            (0, 1) => (first.1, second.1),
            (1, 0) => (second.1, first.1),
            _ => {
                let message = "both sides of the join condition are of one source";
                self.error(Code::JOIN, message, on.span);
                return None;
            }
        };
        if left.typed.ty != right.typed.ty {
            let message = format!(
                "the sides of the join condition have different types: {} and {}",
                left.typed.shown(),
                right.typed.shown()
            );
            let diagnostic = Diagnostic::error(Code::JOIN, message, on.span)
                .with_help("convert one of them with CAST");
            self.findings.push(diagnostic);
        }
        let data_type = left.typed.data_type();
        if has_map(&data_type) {
            let message = format!("a join by {}: a key cannot have a MAP in it", show(&data_type));
            self.error(Code::KEY, message, on.span);
        }
        let _ = sources;
        Some([left, right])
    }

    /// One side of the condition, and of which source it is.
    fn side(&mut self, ast: &Ast, scope: &Scope) -> Option<(usize, Side)> {
        let mut of = Vec::new();
        if !self.sources_of(ast, scope, &mut of) {
            return None;
        }
        let [index] = of.as_slice() else {
            let message = "each side of a join condition has columns of one source";
            self.error(Code::JOIN, message, ast.span);
            return None;
        };
        let names = &mut RowNames {
            scope,
            context: self.context,
            clause: "a join condition",
            exploded: None,
        };
        let typed =
            Lowering { names, context: self.context, findings: self.findings }.lower(ast)?;
        if !matches!(typed.ty, Ty::Known(_)) {
            self.error(Code::JOIN, "a join condition compares typed values", ast.span);
            return None;
        }
        let column = match &ast.kind {
            ExprKind::Column { name, .. } if !is_reserved(&name.name) => Some(name.name.clone()),
            _ => None,
        };
        Some((*index, Side { typed, column, at: ast.span }))
    }

    /// Collects which sources an expression names; false after telling that one is not there.
    fn sources_of(&mut self, ast: &Ast, scope: &Scope, of: &mut Vec<usize>) -> bool {
        if let ExprKind::Column { source, name } = &ast.kind {
            match scope.column(source.as_ref(), name) {
                Ok((relation, _)) => {
                    let at = scope.relations.iter().position(|r| r.alias == relation.alias);
                    if let Some(at) = at.filter(|at| !of.contains(at)) {
                        of.push(at);
                    }
                    return true;
                }
                Err(diagnostic) => {
                    self.findings.push(diagnostic);
                    return false;
                }
            }
        }
        let mut children = Vec::new();
        ast.for_each_child(&mut |child| children.push(child));
        children.into_iter().all(|child| self.sources_of(child, scope, of))
    }

    /// `WITHIN`, and which kinds of join there are between which kinds of source.
    fn window(&mut self, join: &Join, sources: [&Source; 2]) -> Option<JoinWindow> {
        let kinds = sources.map(|source| source.kind);
        let streams = kinds == [SourceKind::Stream; 2];
        match (&join.within, streams) {
            (None, true) => {
                let diagnostic =
                    Diagnostic::error(Code::JOIN, "a join of two streams needs WITHIN", join.span)
                        .with_help(
                            "say how far apart the records may be, for example WITHIN 1 HOUR",
                        );
                self.findings.push(diagnostic);
            }
            (Some(within), false) => {
                let message = "WITHIN is for joins of two streams: a table has one row a key";
                self.error(Code::JOIN, message, within.span);
            }
            _ => {}
        }
        match (kinds, join.kind) {
            ([SourceKind::Table, SourceKind::Stream], _) => {
                let diagnostic = Diagnostic::error(
                    Code::JOIN,
                    "a table cannot be joined with a stream",
                    join.span,
                )
                .with_help("write the stream first: stream JOIN table");
                self.findings.push(diagnostic);
            }
            ([SourceKind::Stream, SourceKind::Table], JoinKind::Right | JoinKind::Full) => {
                let message = "a stream and a table have INNER and LEFT joins only";
                self.error(Code::JOIN, message, join.span);
            }
            _ => {}
        }
        let windowed = sources.map(|source| source.window);
        if windowed[0].is_some() != windowed[1].is_some() {
            let describe = |source: &Source| {
                let window = source.window.map_or("not windowed", KeyWindow::name);
                format!("{} is {window}", quoted(&source.name))
            };
            let message = format!(
                "a windowed source and one without windows cannot be joined: {}, {}",
                describe(sources[0]),
                describe(sources[1])
            );
            self.error(Code::JOIN, message, join.span);
        }
        let Within { before, after, grace, .. } = join.within.as_ref()?;
        let before_ms = self.millis(before)?;
        let after_ms = match after {
            Some(after) => self.millis(after)?,
            None => before_ms,
        };
        let grace_ms = match grace {
            Some(grace) => Some(self.millis(grace)?),
            None => None,
        };
        Some(JoinWindow { before_ms, after_ms, grace_ms })
    }

    fn millis(&mut self, duration: &Duration) -> Option<i64> {
        let millis = duration.millis();
        if millis.is_none() {
            self.error(Code::WINDOW, "this is too long", duration.span);
        }
        millis
    }

    /// Whether a side is the whole key of its source.
    fn is_key(source: &Source, side: &Side) -> bool {
        let mut keys = source.schema.keys();
        match (keys.next(), keys.next()) {
            (Some((index, _)), None) => side.typed.expr == Expr::Column(index),
            _ => false,
        }
    }

    fn check_keys(&mut self, join: &Join, sources: [&Source; 2], sides: [&Side; 2]) {
        let by_key = [0, 1].map(|at| Self::is_key(sources[at], sides[at]));
        for at in 0..2 {
            let source = sources[at];
            if source.kind == SourceKind::Table && !by_key[at] {
                if sources.iter().all(|source| source.kind == SourceKind::Table) {
                    self.findings.push(Diagnostic::unsupported("a foreign-key join", join.on.span));
                } else {
                    let message = format!(
                        "a table is joined by its primary key: that of {} is {}",
                        quoted(&source.name),
                        source
                            .schema
                            .keys()
                            .map(|(_, key)| quoted(&key.name))
                            .collect::<Vec<_>>()
                            .join(", ")
                    );
                    self.error(Code::JOIN, message, sides[at].at);
                }
            }
            let other = sources[1 - at];
            let windows_differ = source.window != other.window
                && matches!((source.window, other.window), (Some(a), Some(b)) if a != b);
            if source.window.is_some() && (!by_key[at] || windows_differ) {
                let message = format!(
                    "{} is windowed and would have to be repartitioned",
                    quoted(&source.name)
                );
                self.error(Code::JOIN, message, sides[at].at);
            }
        }
        if by_key == [true, true] && sources[0].partitions != sources[1].partitions {
            let message = format!(
                "{} has {} partitions and {} has {}: joined topics need equally many",
                quoted(&sources[0].name),
                sources[0].partitions,
                quoted(&sources[1].name),
                sources[1].partitions
            );
            let help = "repartition one: CREATE STREAM … WITH (PARTITIONS = n) AS SELECT …";
            self.findings.push(Diagnostic::error(Code::JOIN, message, join.span).with_help(help));
        }
    }

    fn build(
        &mut self,
        join: &Join,
        sources: [&Source; 2],
        sides: [Side; 2],
        window: Option<JoinWindow>,
        scope: &Scope,
    ) -> Input {
        let partitions = match [0, 1].map(|at| Self::is_key(sources[at], &sides[at])) {
            [true, _] => sources[0].partitions,
            [_, true] => sources[1].partitions,
            _ => sources[0].partitions.max(sources[1].partitions),
        };
        let key_type = sides[0].typed.data_type();
        let mut relations = Vec::new();
        let mut inputs = Vec::new();
        // The join's key is its first column; the columns of both sides follow it.
        let mut width = 1;
        for at in 0..2 {
            let relation = &scope.relations[at];
            let kept = |column: &&Column| column.kind != Kind::Pseudo || self.wants_pseudo;
            let kept: Vec<&Column> = relation.columns.iter().filter(kept).collect();
            let alias = &relation.alias;
            let mut outputs = vec![Output {
                field: Field::key("KSQL_JOIN_KEY", key_type.clone()),
                expr: sides[at].typed.expr.clone(),
            }];
            outputs.extend(kept.iter().map(|column| Output {
                field: Field::value(&format!("{alias}_{}", column.name), column.data_type.clone()),
                expr: column.expr.clone(),
            }));
            let read = read(sources[at], self.context, self.builder);
            let op = if Self::is_key(sources[at], &sides[at]) {
                Op::Project(outputs)
            } else {
                Op::PartitionBy(PartitionBy { outputs, repartition: Some(partitions) })
            };
            inputs.push(self.builder.add("prepare", vec![read], op));
            let columns = kept.iter().enumerate().map(|(index, column)| Column {
                expr: Expr::Column(width + index),
                kind: if column.kind == Kind::Key { Kind::Value } else { column.kind },
                ..(*column).clone()
            });
            relations.push(Relation { alias: alias.clone(), columns: columns.collect() });
            width += kept.len();
        }
        let kind = match join.kind {
            JoinKind::Inner => plan::JoinKind::Inner,
            JoinKind::Left => plan::JoinKind::Left,
            JoinKind::Right => plan::JoinKind::Right,
            JoinKind::Full => plan::JoinKind::Full,
        };
        let node = self.builder.add("join", inputs, Op::Join(plan::Join { kind, window }));
        let tables = sources.iter().all(|source| source.kind == SourceKind::Table);
        let mut scope = Scope { relations, synthetic_key: None };
        let key = self.key(join.kind, &sides, key_type, &mut scope);
        Input {
            node,
            width,
            scope,
            keys: vec![key],
            kind: if tables { SourceKind::Table } else { SourceKind::Stream },
            partitions,
            window: sources[0].window,
            first: sources[0].clone(),
            reads: sources.iter().map(|source| source.name.clone()).collect(),
        }
    }

    /// The key of the join's rows: the columns that were compared, or one that is in neither.
    fn key(
        &self,
        kind: JoinKind,
        sides: &[Side; 2],
        data_type: DataType,
        scope: &mut Scope,
    ) -> Key {
        let mut columns = Vec::new();
        if kind != JoinKind::Full {
            for (at, side) in sides.iter().enumerate() {
                let relation = &scope.relations[at];
                let find = |column: &&Column| Some(&column.name) == side.column.as_ref();
                if let Some(column) = relation.columns.iter().find(find) {
                    let name = format!("{}.{}", quoted(&relation.alias), quoted(&column.name));
                    columns.push((column.expr.clone(), name));
                }
            }
        }
        if columns.is_empty() {
            let mut name = "ROWKEY".to_owned();
            let mut number = 0;
            while scope.has(&name) {
                number += 1;
                name = format!("ROWKEY_{number}");
            }
            columns.push((Expr::Column(0), name.clone()));
            scope.synthetic_key = Some(Column {
                name: Arc::from(name),
                data_type: data_type.clone(),
                kind: Kind::Key,
                expr: Expr::Column(0),
            });
        }
        Key { value: Expr::Column(0), data_type, columns }
    }
}

/// Whether a query names a column that the record gives.
fn mentions_pseudo(query: &Query) -> bool {
    fn within(ast: &Ast) -> bool {
        if let ExprKind::Column { name, .. } = &ast.kind {
            return is_reserved(&name.name);
        }
        let mut found = false;
        ast.for_each_child(&mut |child| found |= within(child));
        found
    }
    let select = query.select.iter().any(|item| match item {
        SelectItem::Expr { value, .. } => within(value),
        SelectItem::StructAll { base, .. } => within(base),
        SelectItem::All { .. } => false,
    });
    let others = query.filter.iter().chain(&query.group_by).chain(&query.partition_by);
    select || others.chain(&query.having).any(within)
}

/// `a stream`, `a table`.
pub fn article(kind: SourceKind) -> String {
    format!("a {}", kind_name(kind))
}
