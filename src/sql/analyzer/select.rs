//! The select list: `*` written out, names given, and which items are the key.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Findings;
use super::expression::{Lowering, Names};
use super::scope::{Column, Kind, Scope, is_reserved};
use super::typed::Typed;
use super::{Context, types};
use crate::plan::Expr;
use crate::sql::ast::{Expr as Ast, ExprKind, Ident, Place, SelectItem};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::token::Quote;
use crate::value::DataType;

/// One column of a select list.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its name.
    pub name: Arc<str>,
    /// Its value, over the columns that the list is evaluated on.
    pub expr: Expr,
    /// Its type.
    pub data_type: DataType,
    /// Whether it can be a key column: not with `AS_VALUE`.
    pub can_be_key: bool,
    /// Whether it came from `*`.
    pub from_star: bool,
    /// Where it stands.
    pub at: Place,
}

/// Gives names to columns without an alias.
struct Namer<'a> {
    scope: &'a Scope,
    taken: BTreeSet<String>,
    next: usize,
}

impl Namer<'_> {
    fn generated(&mut self) -> Arc<str> {
        loop {
            let name = format!("KSQL_COL_{}", self.next);
            self.next += 1;
            if !self.scope.has(&name) && !self.taken.contains(&name) {
                return Arc::from(name);
            }
        }
    }

    /// The field's name, with a number when a column has it.
    fn field(&mut self, field: &str) -> Arc<str> {
        let mut name = field.to_owned();
        let mut number = 0;
        while self.scope.has(&name) || self.taken.contains(&name) {
            number += 1;
            name = format!("{field}_{number}");
        }
        self.taken.insert(name.clone());
        Arc::from(name)
    }

    fn name(&mut self, ast: &Ast) -> Arc<str> {
        match &ast.kind {
            ExprKind::Column { source, name } => {
                let found = self.scope.column(source.as_ref(), name);
                match found {
                    Ok((relation, _)) if self.scope.is_shared(&name.name) => {
                        Arc::from(format!("{}_{}", relation.alias, name.name))
                    }
                    _ => name.name.clone(),
                }
            }
            ExprKind::Field(_, field) => self.field(&field.name),
            _ => self.generated(),
        }
    }
}

/// The items of a select list, `*` as `star` writes it out; `None` after telling what is wrong. What
/// is `written` to a topic has no columns of reserved names; what a person is shown can.
pub fn analyze(
    select: &[SelectItem],
    scope: &Scope,
    names: &mut dyn Names,
    written: bool,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Vec<Item>> {
    let before = findings.count();
    let mut namer = Namer { scope, taken: BTreeSet::new(), next: 0 };
    let mut items = Vec::new();
    for item in select {
        let mut lowering = Lowering { names, context, findings };
        match item {
            SelectItem::All { source, span } => {
                star(source.as_ref(), *span, scope, written, &mut lowering, &mut items);
            }
            SelectItem::StructAll { base, span } => {
                struct_all(base, *span, &mut lowering, &mut namer, &mut items);
            }
            SelectItem::Expr { value, alias } => {
                // The name is given first, so that later items get theirs even after an error.
                let name = match alias {
                    Some(alias) => alias.name.clone(),
                    None => namer.name(value),
                };
                let typed = lowering.lower(value);
                let Some(typed) = typed.and_then(|typed| lowering.concrete(typed, value.span))
                else {
                    continue;
                };
                if written || alias.is_some() {
                    check_name(&name, alias.as_ref(), value.span, findings);
                }
                items.push(Item {
                    name,
                    data_type: typed.data_type(),
                    expr: typed.expr,
                    can_be_key: !is_as_value(value),
                    from_star: false,
                    at: value.span,
                });
            }
        }
    }
    check_duplicates(&items, findings);
    (findings.count() == before).then_some(items)
}

fn is_as_value(ast: &Ast) -> bool {
    matches!(&ast.kind, ExprKind::Call(name, _) if name.name.eq_ignore_ascii_case("AS_VALUE"))
}

fn check_name(name: &str, alias: Option<&Ident>, at: Place, findings: &mut Findings) {
    if !is_reserved(name) {
        return;
    }
    let diagnostic = match alias {
        Some(alias) => Diagnostic::error(
            Code::RESERVED_COLUMN,
            format!("`{name}` is a reserved name: no column can have it"),
            alias.span,
        ),
        None => Diagnostic::error(
            Code::RESERVED_COLUMN,
            format!("a column of the result cannot be called `{name}`"),
            at,
        )
        .with_help(format!("give it another name: {name} AS …")),
    };
    findings.push(diagnostic);
}

fn check_duplicates(items: &[Item], findings: &mut Findings) {
    for (index, item) in items.iter().enumerate() {
        if items[..index].iter().any(|other| other.name == item.name) {
            let message = format!("there are two columns {} in the projection", quoted(&item.name));
            let diagnostic = Diagnostic::error(Code::DUPLICATE_COLUMN, message, item.at);
            findings.push(diagnostic.with_help("give one of them another name with AS"));
        }
    }
}

/// `*`: all columns, with their source's name in a join. Who is shown the rows of a windowed source
/// sees the windows too, behind the key.
fn star(
    source: Option<&Ident>,
    at: Place,
    scope: &Scope,
    written: bool,
    lowering: &mut Lowering<'_>,
    items: &mut Vec<Item>,
) {
    let relations = match source.map(|source| scope.relation(source)) {
        Some(Err(diagnostic)) => return lowering.findings.push(diagnostic),
        Some(Ok(relation)) => vec![relation],
        None => scope.relations.iter().collect(),
    };
    let synthetic = scope.synthetic_key.iter().filter(|_| source.is_none());
    let keys = synthetic.map(|column| (None, column));
    let is_bound = |column: &Column| matches!(&*column.name, "WINDOWSTART" | "WINDOWEND");
    let columns = relations.iter().flat_map(|relation| {
        let of_kind = |kind| relation.columns.iter().filter(move |column| column.kind == kind);
        let bounds = of_kind(Kind::Pseudo).filter(|column| !written && is_bound(column));
        let columns = of_kind(Kind::Key).chain(bounds).chain(of_kind(Kind::Value));
        columns.map(move |column| (Some(*relation), column))
    });
    for (relation, column) in keys.chain(columns) {
        let ident = |name: &str| Ident::new(name, Quote::Back, at);
        // What the column means is asked as if it were written: in a grouped query it must be
        // one of the groups.
        let written = Ast::new(
            ExprKind::Column {
                source: relation.map(|relation| ident(&relation.alias)),
                name: ident(&column.name),
            },
            at,
        );
        let Some(Typed { expr, .. }) = lowering.lower(&written) else { continue };
        let name = match relation {
            Some(relation) if scope.is_join() => {
                Arc::from(format!("{}_{}", relation.alias, column.name))
            }
            _ => column.name.clone(),
        };
        items.push(Item {
            name,
            expr,
            data_type: column.data_type.clone(),
            can_be_key: true,
            from_star: true,
            at,
        });
    }
}

/// `base->*`: each field as a column.
fn struct_all(
    base: &Ast,
    at: Place,
    lowering: &mut Lowering<'_>,
    namer: &mut Namer<'_>,
    items: &mut Vec<Item>,
) {
    let Some(typed) = lowering.lower(base) else { return };
    let DataType::Struct(fields) = typed.data_type() else {
        let message =
            format!("{} has no fields: `->*` is for a STRUCT", types::show(&typed.data_type()));
        return lowering.findings.error(Code::TYPE_MISMATCH, message, at);
    };
    for (index, (name, data_type)) in fields.iter().enumerate() {
        items.push(Item {
            name: namer.field(name),
            expr: Expr::Field(Box::new(typed.expr.clone()), index),
            data_type: data_type.clone(),
            can_be_key: true,
            from_star: false,
            at,
        });
    }
}
