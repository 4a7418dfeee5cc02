//! Calls of functions: which kind of function a name means, and its arguments.

use super::{Lowering, literal};
use crate::sql::analyzer::functions;
use crate::sql::analyzer::typed::Typed;
use crate::sql::ast::{Expr as Ast, ExprKind, Ident};
use crate::sql::diagnostic::Code;
use crate::value::{DataType, Value};

impl Lowering<'_> {
    pub(super) fn call(&mut self, ast: &Ast, name: &Ident, arguments: &[Ast]) -> Option<Typed> {
        if functions::is_aggregate(&name.name) {
            return self.names.aggregate(ast, name, arguments, self.findings);
        }
        if functions::is_table_function(&name.name) {
            return self.names.table_function(ast, name, arguments, self.findings);
        }
        // It only keeps a key column from being the key of the result.
        if let ("AS_VALUE", [argument]) = (&*name.name.to_ascii_uppercase(), arguments) {
            return self.lower(argument);
        }
        if !functions::is_scalar(&name.name) {
            self.findings.push(functions::unknown(name));
            return None;
        }
        let takes_unit = functions::takes_unit(&name.name);
        let lower = |(at, argument): (usize, &Ast)| match &argument.kind {
            // `TIMESTAMPADD(DAYS, …)`: a word of the language, whose text the function takes.
            ExprKind::Unit(unit) if takes_unit && at == 0 => {
                Some(literal(Value::varchar(&unit.to_string()), DataType::Varchar))
            }
            _ => self.lower(argument),
        };
        let arguments: Vec<_> = arguments.iter().enumerate().map(lower).collect();
        let arguments: Option<Vec<Typed>> = arguments.into_iter().collect();
        functions::scalar(name, arguments?, ast.span, self.findings)
    }

    pub(super) fn call_all(&mut self, ast: &Ast, name: &Ident) -> Option<Typed> {
        if functions::is_aggregate(&name.name) {
            return self.names.aggregate(ast, name, &[], self.findings);
        }
        if !functions::is_scalar(&name.name) {
            self.findings.push(functions::unknown(name));
            return None;
        }
        let message = format!("{} does not take *", name.name.to_ascii_uppercase());
        self.error(Code::ARGUMENTS, message, ast.span);
        None
    }
}
