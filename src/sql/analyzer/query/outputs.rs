//! What a query gives: which columns of the select list are the key, and what `*` means with
//! `PARTITION BY`.

use std::sync::Arc;

use super::{Input, Planner, ResultKey};
use crate::plan::Output;
use crate::schema::Field;
use crate::sql::analyzer::scope::{Column, Kind, Relation, Scope};
use crate::sql::analyzer::select::Item;
use crate::sql::ast::{self, ExprKind};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;

impl Planner<'_> {
    /// With `*`, new keys that are no column get one, and old key columns come last. Before them, as in
    /// ksqlDB, the columns that the records of a join's sides have without being in their schemas:
    /// with the side's name in front `*` there does not know them for what they are.
    pub(super) fn write_out_star(
        &mut self,
        items: &mut Vec<Item>,
        keys: &[ResultKey],
        input: &Input,
    ) {
        let is_star =
            |item: &ast::SelectItem| matches!(item, ast::SelectItem::All { source: None, .. });
        if !self.query.select.iter().any(is_star) {
            return;
        }
        let is_old = |item: &Item| {
            item.from_star
                && input
                    .keys
                    .iter()
                    .any(|key| key.columns.iter().any(|(expr, _)| *expr == item.expr))
        };
        let (last, mut kept): (Vec<Item>, Vec<Item>) = items.drain(..).partition(is_old);
        let at = kept.iter().position(|item| !item.from_star).unwrap_or(kept.len());
        kept.splice(at..at, last);
        if self.sink.is_some() && input.scope.is_join() {
            kept.splice(at..at, pseudo_columns(&input.scope, self.query.span));
        }
        let mut number = 0;
        for (key, ast) in keys.iter().zip(&self.query.partition_by) {
            if kept.iter().any(|item| item.can_be_key && item.expr == key.value) {
                continue;
            }
            let name = match &ast.kind {
                ExprKind::Field(_, field) => field.name.clone(),
                ExprKind::Column { name, .. } => name.name.clone(),
                _ => {
                    number += 1;
                    Arc::from(format!("KSQL_COL_{}", number - 1))
                }
            };
            kept.insert(
                0,
                Item {
                    name,
                    expr: key.value.clone(),
                    data_type: key.data_type.clone(),
                    can_be_key: true,
                    from_star: true,
                    at: ast.span,
                },
            );
        }
        *items = kept;
    }

    /// Key columns first, in the key's order, then the others in the projection's.
    /// Without a sink nobody needs the key: all in the projection's order.
    pub(super) fn outputs(
        &mut self,
        items: Vec<Item>,
        keys: &[ResultKey],
        what: &str,
    ) -> Option<Vec<Output>> {
        if self.sink.is_none() {
            let value = |item: Item| Output {
                field: Field::value(&item.name, item.data_type),
                expr: item.expr,
            };
            return Some(items.into_iter().map(value).collect());
        }
        let mut is_key = vec![false; items.len()];
        let mut outputs = Vec::new();
        let mut missing = Vec::new();
        for key in keys {
            // The best of several columns that mean the key is the key, the others are values.
            let candidates = key.means.iter().find_map(|(expr, _)| {
                let found: Vec<usize> = (0..items.len())
                    .filter(|&at| items[at].can_be_key && items[at].expr == *expr)
                    .collect();
                (!found.is_empty()).then_some(found)
            });
            let Some(found) = candidates else {
                missing.push(
                    key.means.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>().join(" or "),
                );
                continue;
            };
            if let [_, second, ..] = found.as_slice()
                && self.sink.is_some()
            {
                let names: Vec<_> = found.iter().map(|&at| quoted(&items[at].name)).collect();
                let message = format!(
                    "the projection has a key column more than once: {}",
                    names.join(" and ")
                );
                let diagnostic = Diagnostic::error(Code::KEY, message, items[*second].at);
                self.findings.push(diagnostic.with_help("copy it into the value with AS_VALUE"));
            }
            let item = &items[found[0]];
            is_key[found[0]] = true;
            outputs.push(Output {
                field: Field::key(&item.name, key.data_type.clone()),
                expr: key.value.clone(),
            });
        }
        if let (false, Some(sink)) = (missing.is_empty(), self.sink) {
            let missing = missing.join(" and ");
            let message =
                format!("the query for {} must select the {what} {missing}", quoted(&sink.name));
            let diagnostic = Diagnostic::error(Code::KEY, message, self.query.span)
                .with_help(format!("write SELECT {missing}, …"));
            self.findings.push(diagnostic);
            return None;
        }
        let values = items.into_iter().zip(is_key).filter(|(_, is_key)| !is_key);
        outputs.extend(values.map(|(item, _)| Output {
            field: Field::value(&item.name, item.data_type),
            expr: item.expr,
        }));
        Some(outputs)
    }
}

/// The columns of a join's sides that `*` leaves out elsewhere.
fn pseudo_columns(scope: &Scope, at: ast::Place) -> Vec<Item> {
    let of = |relation: &Relation| {
        let prefix = relation.alias.clone();
        let pseudo = relation.columns.iter().filter(|column| column.kind == Kind::Pseudo);
        let item = |column: &Column| Item {
            name: Arc::from(format!("{prefix}_{}", column.name)),
            expr: column.expr.clone(),
            data_type: column.data_type.clone(),
            can_be_key: false,
            from_star: true,
            at,
        };
        pseudo.map(item).collect::<Vec<_>>()
    };
    scope.relations.iter().flat_map(of).collect()
}
