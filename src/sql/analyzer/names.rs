//! What names mean in a row of a query's input, and in a row of its aggregate.

use std::sync::Arc;

use super::expression::{Lowering, Names};
use super::scope::{Kind, ROW_COLUMNS, Scope, WINDOW_COLUMNS};
use super::typed::{Ty, Typed};
use super::{Context, Findings, functions};
use crate::plan::{AggregateCall, Expr, Output};
use crate::schema::Field;
use crate::sql::ast::{Expr as Ast, Ident};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::value::DataType;

/// Table functions that a select list has called so far.
#[derive(Debug)]
pub struct Exploded {
    /// The number of columns before theirs.
    pub before: usize,
    /// The calls; the expression gives an array.
    pub calls: Vec<Output>,
}

/// Names in a row of the input.
pub struct RowNames<'a> {
    /// The columns.
    pub scope: &'a Scope,
    /// The catalog and the settings.
    pub context: &'a Context<'a>,
    /// The clause, for messages.
    pub clause: &'static str,
    /// Takes table functions, where they can stand.
    pub exploded: Option<&'a mut Exploded>,
}

impl Names for RowNames<'_> {
    fn column(
        &mut self,
        source: Option<&Ident>,
        name: &Ident,
        findings: &mut Findings,
    ) -> Option<Typed> {
        match self.scope.column(source, name) {
            Ok((_, column)) => Some(Typed::new(column.expr.clone(), column.data_type.clone())),
            Err(diagnostic) => {
                findings.push(diagnostic);
                None
            }
        }
    }

    fn aggregate(
        &mut self,
        call: &Ast,
        name: &Ident,
        _arguments: &[Ast],
        findings: &mut Findings,
    ) -> Option<Typed> {
        let name = name.name.to_ascii_uppercase();
        let message =
            format!("{name} is an aggregate function: it cannot stand in {}", self.clause);
        findings.error(Code::AGGREGATION, message, call.span);
        None
    }

    fn table_function(
        &mut self,
        call: &Ast,
        name: &Ident,
        arguments: &[Ast],
        findings: &mut Findings,
    ) -> Option<Typed> {
        let Some(exploded) = self.exploded.take() else {
            let name = name.name.to_ascii_uppercase();
            let message = format!("{name} is a table function: it cannot stand in {}", self.clause);
            findings.error(Code::TABLE_FUNCTION, message, call.span);
            return None;
        };
        let arguments: Option<Vec<Typed>> = arguments
            .iter()
            .map(|argument| {
                let names = &mut RowNames {
                    scope: self.scope,
                    context: self.context,
                    clause: "a table function",
                    exploded: None,
                };
                Lowering { names, context: self.context, findings }.lower(argument)
            })
            .collect();
        let result = arguments
            .and_then(|arguments| functions::table_function(name, arguments, call.span, findings));
        let typed = result.map(|(expr, item)| {
            let at = exploded.before + exploded.calls.len();
            let field = Field::value(
                &format!("KSQL_TABLE_FUNCTION_{}", exploded.calls.len()),
                item.clone(),
            );
            exploded.calls.push(Output { field, expr });
            Typed::new(Expr::Column(at), item)
        });
        self.exploded = Some(exploded);
        typed
    }
}

/// One expression of `GROUP BY`.
#[derive(Clone, Debug)]
pub struct Group {
    /// Over the input.
    pub expr: Expr,
    /// Its type.
    pub data_type: DataType,
}

/// Names in a row of an aggregate: its groups and calls, nothing else.
pub struct AggregateNames<'a> {
    /// The columns of the input.
    pub scope: &'a Scope,
    /// The catalog and the settings.
    pub context: &'a Context<'a>,
    /// `GROUP BY`.
    pub groups: &'a [Group],
    /// The calls so far.
    pub calls: &'a mut Vec<AggregateCall>,
    /// The clause, for messages.
    pub clause: &'static str,
    /// Whether the bounds of the window can be named.
    pub has_bounds: bool,
}

impl Names for AggregateNames<'_> {
    fn column(
        &mut self,
        source: Option<&Ident>,
        name: &Ident,
        findings: &mut Findings,
    ) -> Option<Typed> {
        if WINDOW_COLUMNS.contains(&&*name.name) {
            if let Some(source) = source
                && let Err(diagnostic) = self.scope.relation(source)
            {
                findings.push(diagnostic);
                return None;
            }
            if self.has_bounds {
                let is_start = &*name.name == WINDOW_COLUMNS[0];
                let expr = if is_start { Expr::WindowStart } else { Expr::WindowEnd };
                return Some(Typed::new(expr, DataType::BigInt));
            }
            let message = format!(
                "{} can only be used in the SELECT clause of a windowed aggregation of one source",
                name.name
            );
            findings.error(Code::WINDOW, message, name.span);
            return None;
        }
        match self.scope.column(source, name) {
            Err(diagnostic) => findings.push(diagnostic),
            Ok((_, column)) => {
                let message = format!(
                    "{} in {} is neither in GROUP BY nor in an aggregate function",
                    quoted(&column.name),
                    self.clause
                );
                let help = "add it to GROUP BY, or aggregate it, for example with LATEST_BY_OFFSET";
                let diagnostic = Diagnostic::error(Code::AGGREGATION, message, name.span);
                findings.push(diagnostic.with_help(help));
            }
        }
        None
    }

    fn whole(&mut self, expr: &Ast) -> Option<Typed> {
        let mut ignored = Findings::default();
        let names =
            &mut RowNames { scope: self.scope, context: self.context, clause: "", exploded: None };
        let lowered =
            Lowering { names, context: self.context, findings: &mut ignored }.lower(expr)?;
        let at = self.groups.iter().position(|group| group.expr == lowered.expr)?;
        Some(Typed::new(Expr::Column(at), self.groups[at].data_type.clone()))
    }

    fn aggregate(
        &mut self,
        call: &Ast,
        name: &Ident,
        arguments: &[Ast],
        findings: &mut Findings,
    ) -> Option<Typed> {
        let names = &mut RowNames {
            scope: self.scope,
            context: self.context,
            clause: "an aggregate function",
            exploded: None,
        };
        let mut lowering = Lowering { names, context: self.context, findings };
        let arguments: Vec<_> = arguments.iter().map(|argument| lowering.lower(argument)).collect();
        let arguments: Option<Vec<Typed>> = arguments.into_iter().collect();
        let at = self.groups.len() + self.calls.len();
        let column = format!("KSQL_AGG_VARIABLE_{}", self.calls.len());
        let new =
            functions::aggregate(name, arguments?, &column, self.context, call.span, findings)?;
        let same = |other: &AggregateCall| {
            AggregateCall { field: new.field.clone(), ..other.clone() } == new
        };
        let data_type = new.field.data_type.clone();
        if let Some(index) = self.calls.iter().position(same) {
            return Some(Typed::new(Expr::Column(self.groups.len() + index), data_type));
        }
        self.calls.push(new);
        Some(Typed::new(Expr::Column(at), data_type))
    }

    fn table_function(
        &mut self,
        call: &Ast,
        _name: &Ident,
        _arguments: &[Ast],
        findings: &mut Findings,
    ) -> Option<Typed> {
        let message = "table functions and GROUP BY do not go together";
        findings.error(Code::TABLE_FUNCTION, message, call.span);
        None
    }
}

/// The columns that a record gives besides its key and value.
pub fn pseudo_columns(windowed: bool) -> Vec<super::scope::Column> {
    let column = |name: &str, data_type, expr| super::scope::Column {
        name: Arc::from(name),
        data_type,
        kind: Kind::Pseudo,
        expr,
    };
    let mut columns = vec![
        column(ROW_COLUMNS[0], DataType::BigInt, Expr::RowTime),
        column(ROW_COLUMNS[1], DataType::Int, Expr::RowPartition),
        column(ROW_COLUMNS[2], DataType::BigInt, Expr::RowOffset),
    ];
    if windowed {
        columns.push(column(WINDOW_COLUMNS[0], DataType::BigInt, Expr::WindowStart));
        columns.push(column(WINDOW_COLUMNS[1], DataType::BigInt, Expr::WindowEnd));
    }
    columns
}

/// Whether the type of a group or key is one that rows can be told apart by.
pub const fn is_typed(ty: &Ty) -> bool {
    matches!(ty, Ty::Known(_))
}
