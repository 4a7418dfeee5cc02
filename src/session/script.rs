//! Scripts that test themselves, as ksqlDB's testing tool runs them.
//!
//! A file has one case, or several that each begin with a line `--@test: name`. A case runs in a
//! session of its own, in [`Mode::Test`], with every update emitted. It holds when every statement
//! is carried out; with a line `--@expected.message: text`, when a statement is refused with a
//! message that contains the text.

use crate::engine::Engine;
use crate::sql::diagnostic::{Diagnostic, render};
use crate::time::{Micros, Timestamp};

use super::{Mode, Outcome, Session};

/// A case of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name; the empty text for a file without names.
    pub name: String,
    /// The line in which it begins, from 1.
    pub line: usize,
    /// Its script, with empty lines before it so that places are those of the file.
    script: String,
    expected: Option<String>,
}

/// The cases of a file.
#[must_use]
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let blank = |line| Case {
        name: String::new(),
        line: line + 1,
        script: "\n".repeat(line),
        expected: None,
    };
    for (index, line) in text.lines().enumerate() {
        let name = line.strip_prefix("--@test:");
        if name.is_some() || cases.is_empty() {
            // What stands before the first name is no case of its own if it is only comment.
            let is_only_comment = |case: &Case| {
                let mut lines = case.script.lines().map(str::trim);
                case.name.is_empty() && lines.all(|line| line.is_empty() || line.starts_with("--"))
            };
            if name.is_some() && cases.last().is_some_and(is_only_comment) {
                cases.pop();
            }
            cases.push(blank(index));
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(name) = name {
            name.trim().clone_into(&mut case.name);
        }
        if let Some(message) = line.strip_prefix("--@expected.message:") {
            case.expected = Some(message.trim().to_owned());
        }
        case.script.push_str(line);
        case.script.push('\n');
    }
    cases
}

impl Case {
    /// Its statements.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.script
    }

    /// Runs the case.
    ///
    /// # Errors
    /// Why it does not hold, for people; `file` is what places are given in.
    pub fn run(&self, file: &str) -> Result<(), String> {
        let mut engine = Engine::default();
        engine.coalesce(false, Timestamp(0));
        let mut session = Session::new(engine, Mode::Test);
        let answers = session.execute(&self.script, Micros(0));
        let refused = answers.into_iter().find_map(|answer| match answer.outcome {
            Outcome::Refused { diagnostics } => Some(diagnostics),
            _ => None,
        });
        let stopped = session
            .engine()
            .queries()
            .find_map(|query| Some((query.pipeline().name.clone(), query.failure()?.to_owned())));
        match (&self.expected, refused, stopped) {
            (None, None, None) => Ok(()),
            (None, None, Some((query, why))) => Err(format!("query {query} stopped: {why}\n")),
            (None, Some(diagnostics), _) => Err(self.shown(&diagnostics, file)),
            (Some(expected), Some(diagnostics), _) => {
                let is_it = |diagnostic: &Diagnostic| diagnostic.message.contains(&**expected);
                if diagnostics.iter().any(is_it) {
                    return Ok(());
                }
                let shown = self.shown(&diagnostics, file);
                Err(format!("it is refused, but not because of `{expected}`:\n{shown}"))
            }
            (Some(expected), None, Some((_, why))) if why.contains(&**expected) => Ok(()),
            (Some(expected), None, _) => {
                Err(format!("it should be refused because of `{expected}`, and is not\n"))
            }
        }
    }

    fn shown(&self, diagnostics: &[Diagnostic], file: &str) -> String {
        diagnostics.iter().map(|one| render::plain(one, file, &self.script)).collect()
    }
}
