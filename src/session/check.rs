//! What is wrong with a script before it is carried out, for an editor.

use crate::sql::diagnostic::Diagnostic;
use crate::sql::span::Span;

use super::Session;

impl Session {
    /// The statements of a script that can be read, and what is wrong with it, warnings too. Nothing
    /// is done. Names are checked when all statements can be read: before that much would be said
    /// to be missing that is only not read yet.
    pub fn diagnose(&mut self, script: &str) -> (Vec<Span>, Vec<Diagnostic>) {
        let mut variables = self.variables.clone();
        let (statements, mut diagnostics) = crate::sql::parse_with(script, &mut variables);
        if !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.extend(self.check(&statements));
        }
        (statements.iter().map(|statement| Span::from(statement.span)).collect(), diagnostics)
    }
}
