//! `INSERT INTO … VALUES`, and the rows that `ASSERT` expects: which value goes into which column.

use super::expression::Lowering;
use super::input;
use super::names::RowNames;
use super::scope::Scope;
use super::typed::Mismatch;
use super::types::show;
use super::{Context, Findings};
use crate::plan::Expr;
use crate::schema::Role;
use crate::sql::ast::{Expr as Ast, Ident, SourceKind};
use crate::sql::catalog::Source;
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::span::Span;
use crate::value::{DataType, Value};

/// What a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is written.
    Insert,
    /// It is compared with the next record of the source.
    Assert,
    /// Its key is compared with that of the next record, a tombstone.
    AssertTombstone,
}

/// A row to be written, or to be there.
#[derive(Clone, Debug, PartialEq)]
pub struct InsertedValues {
    /// Its source.
    pub target: Source,
    /// One constant expression for each column of the target, in its order.
    pub columns: Vec<Expr>,
    /// `ROWTIME`, if it was given; a constant `BIGINT`.
    pub timestamp: Option<Expr>,
    /// `WINDOWSTART` and `WINDOWEND`, if they were given; constant `BIGINT`s. Only of a row that is
    /// to be there.
    pub window: [Option<Expr>; 2],
}

/// The row that a statement writes; `None` after telling `findings` why there is none.
pub fn analyze(
    target: &Ident,
    columns: &[Ident],
    values: &[Ast],
    at: Span,
    purpose: Purpose,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<InsertedValues> {
    let source = input::find(target, context, findings)?.clone();
    if source.read_only && purpose == Purpose::Insert {
        let message = format!("{} is read-only", quoted(&source.name));
        findings.error(Code::INSERT, message, target.span);
    }
    if source.window.is_some() && purpose == Purpose::Insert {
        let message =
            format!("{} is windowed: rows cannot be inserted one by one", quoted(&source.name));
        findings.error(Code::INSERT, message, target.span);
    }
    let all: Vec<Ident> = source
        .schema
        .fields
        .iter()
        .filter(|field| purpose != Purpose::AssertTombstone || field.role == Role::Key)
        .map(|field| Ident::new(&field.name, crate::sql::token::Quote::Back, at))
        .collect();
    let named = if columns.is_empty() { &all[..] } else { columns };
    if named.len() != values.len() {
        let message = format!("{} columns and {} values", named.len(), values.len());
        findings.error(Code::INSERT, message, at);
        return None;
    }
    let fields = &source.schema.fields;
    let null = |data_type: &DataType| Expr::Literal(Value::Null, data_type.clone());
    let mut row: Vec<Expr> = fields.iter().map(|field| null(&field.data_type)).collect();
    let mut timestamp = None;
    let mut window = [None, None];
    for (name, value) in named.iter().zip(values) {
        if &*name.name == "ROWTIME" {
            timestamp = constant(value, &DataType::BigInt, context, findings);
            continue;
        }
        let bounds = ["WINDOWSTART", "WINDOWEND"];
        let bound = bounds.iter().position(|bound| **bound == *name.name);
        if let Some(bound) = bound.filter(|_| source.window.is_some()) {
            window[bound] = constant(value, &DataType::BigInt, context, findings);
            continue;
        }
        let Some(index) = source.schema.index_of(&name.name) else {
            let message = format!("no column {} in {}", quoted(&name.name), quoted(&source.name));
            findings.error(Code::UNKNOWN_COLUMN, message, name.span);
            continue;
        };
        if let Some(expr) = constant(value, &fields[index].data_type, context, findings) {
            row[index] = expr;
        }
    }
    let key_missing =
        source.schema.keys().any(|(index, _)| matches!(row[index], Expr::Literal(Value::Null, _)));
    if source.kind == SourceKind::Table && key_missing && purpose == Purpose::Insert {
        let message = format!("a row of the table {} needs its primary key", quoted(&source.name));
        findings.error(Code::INSERT, message, at);
    }
    Some(InsertedValues { target: source, columns: row, timestamp, window })
}

/// A constant expression of a type.
fn constant(
    ast: &Ast,
    target: &DataType,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Expr> {
    let scope = Scope::default();
    let names = &mut RowNames { scope: &scope, context, clause: "VALUES", exploded: None };
    let typed = Lowering { names, context, findings }.lower(ast)?;
    let shown = typed.shown();
    match typed.coerce(target) {
        Ok(expr) => Some(expr),
        Err(Mismatch::Types | Mismatch::Literal(_)) => {
            let message = format!("{shown} is no {}", show(target));
            findings.push(Diagnostic::error(Code::INSERT, message, ast.span));
            None
        }
    }
}
