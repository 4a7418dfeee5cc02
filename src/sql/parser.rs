//! Tokens to statements: recursive descent, and a Pratt parser for expressions.
//!
//! The grammar is ksqlDB's. A statement that cannot be read is passed over up to its `;`, so that
//! one reading reports what is wrong with every statement. Hostile text meets limits: of length,
//! of statements, of nesting, of the height of an expression and of diagnostics.

mod clauses;
mod create;
mod cursor;
mod expression;
mod manage;
mod operand;
mod query;
mod reader;
mod statement;
mod suggest;
#[cfg(test)]
mod tests;
mod types;

pub use reader::Reader;

use super::ast::{Statement, StatementKind};
use super::diagnostic::Diagnostic;
use super::variables::Variables;

/// The longest script, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most statements of a script.
pub const MAX_STATEMENTS: usize = 10_000;
/// The most diagnostics of a script.
pub const MAX_DIAGNOSTICS: usize = 100;
/// How deep parentheses, calls and types may be nested; less when there are many operators between
/// them, since each takes stack.
pub const MAX_NESTING: u16 = 100;
/// How many levels an expression or a type may have. A chain of `+` has a level for each; one of
/// `AND` or `OR` is one level however long it is.
pub const MAX_HEIGHT: u16 = 200;

/// The statements of `text` that can be read, and what is wrong with the others. Variables stay
/// what they are.
#[must_use]
pub fn parse(text: &str) -> (Vec<Statement>, Vec<Diagnostic>) {
    collect(Reader::new(text), None)
}

/// As [`parse`] with `${name}` replaced by its value, where `DEFINE` and `UNDEFINE` in the script
/// change `variables` for the statements behind them.
#[must_use]
pub fn parse_with(text: &str, variables: &mut Variables) -> (Vec<Statement>, Vec<Diagnostic>) {
    collect(Reader::new(text), Some(variables))
}

fn collect(
    mut reader: Reader<'_>,
    mut variables: Option<&mut Variables>,
) -> (Vec<Statement>, Vec<Diagnostic>) {
    let mut statements = Vec::new();
    let mut diagnostics = Vec::new();
    while let Some((statement, found)) = reader.next_statement(variables.as_deref()) {
        diagnostics.extend(found);
        if let (Some(variables), Some(statement)) = (variables.as_deref_mut(), &statement) {
            match &statement.kind {
                StatementKind::Define { name, value } => variables.define(&name.name, value),
                StatementKind::Undefine(name) => variables.undefine(&name.name),
                _ => {}
            }
        }
        statements.extend(statement);
    }
    (statements, diagnostics)
}
