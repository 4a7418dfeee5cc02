//! `ARRAY[…]`, `MAP(…)` and `STRUCT(…)`: the items get one type.

use std::sync::Arc;

use super::Lowering;
use crate::plan::Expr;
use crate::sql::analyzer::typed::{Ty, Typed, common};
use crate::sql::ast::{Expr as Ast, Ident, Place};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::value::DataType;

impl Lowering<'_> {
    pub(super) fn array(&mut self, items: &[Ast], at: Place) -> Option<Typed> {
        let (items, item) = self.items(items, "an ARRAY", at)?;
        Some(Typed::new(Expr::Array(items), DataType::Array(Box::new(item))))
    }

    /// Items of one type.
    pub(super) fn items(
        &mut self,
        asts: &[Ast],
        what: &str,
        at: Place,
    ) -> Option<(Vec<Expr>, DataType)> {
        let items: Vec<_> = asts.iter().map(|item| self.lower(item)).collect();
        let items: Option<Vec<Typed>> = items.into_iter().collect();
        let items = items?;
        let all: Vec<&Typed> = items.iter().collect();
        let Some(target) = common(&all) else {
            let message = if items.is_empty() {
                format!("{what} needs at least one item")
            } else {
                format!("{what} of nothing but NULL: of which type?")
            };
            let help = "convert an item with CAST";
            self.findings.push(Diagnostic::error(Code::UNTYPED_NULL, message, at).with_help(help));
            return None;
        };
        if items.iter().any(|item| matches!(item.ty, Ty::Decimal(_)))
            && !items.iter().any(|item| item.ty == Ty::Known(DataType::Double))
        {
            self.unsupported("the type DECIMAL", at)?;
        }
        let mut out = Vec::new();
        for (item, ast) in items.into_iter().zip(asts) {
            out.push(self.coerce(item, &target, ast)?);
        }
        Some((out, target))
    }

    pub(super) fn map(&mut self, entries: &[(Ast, Ast)], at: Place) -> Option<Typed> {
        let keys: Vec<Ast> = entries.iter().map(|(key, _)| key.clone()).collect();
        let values: Vec<Ast> = entries.iter().map(|(_, value)| value.clone()).collect();
        let keys = self.items(&keys, "a MAP's key", at);
        let values = self.items(&values, "a MAP's value", at);
        let ((keys, key), (values, value)) = (keys?, values?);
        let entries = keys.into_iter().zip(values).collect();
        Some(Typed::new(Expr::Map(entries), DataType::Map(Box::new(key), Box::new(value))))
    }

    pub(super) fn structure(&mut self, fields: &[(Ident, Ast)]) -> Option<Typed> {
        let mut out: Vec<(Arc<str>, Expr)> = Vec::new();
        let mut types: Vec<(Arc<str>, DataType)> = Vec::new();
        for (name, value) in fields {
            let typed = self.lower(value);
            let typed = self.concrete(typed?, value.span)?;
            if types.iter().any(|(other, _)| *other == name.name) {
                let message = format!("there are two fields {}", quoted(&name.name));
                self.error(Code::DUPLICATE_COLUMN, message, name.span);
            }
            types.push((name.name.clone(), typed.data_type()));
            out.push((name.name.clone(), typed.expr));
        }
        Some(Typed::new(Expr::Struct(out), DataType::Struct(Arc::from(types))))
    }
}
