//! `RUN SCRIPT 'file'`: the file's statements in the place of the statement, as ksqlDB's own command
//! line does. Only here, as the library reads no files.

use std::path::{Path, PathBuf};

use streamglass::sql::ast::StatementKind;
use streamglass::sql::diagnostic::{Code, Diagnostic, render};
use streamglass::sql::parse;
use streamglass::sql::span::Span;

use super::failure::Failure;

/// How deep scripts may run scripts.
const MOST_DEPTH: usize = 16;
/// The most bytes of all scripts together.
const MOST_BYTES: usize = 16 << 20;

/// A script with those that it runs put in.
#[derive(Debug, Default)]
pub struct Script {
    /// What is to be carried out.
    pub text: String,
    /// Name and text of each file.
    files: Vec<(String, String)>,
    /// The parts of the text, in order.
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// Where it begins in the whole text.
    start: usize,
    /// Which file it is from,
    file: usize,
    /// and where it begins there.
    from: usize,
}

impl Script {
    /// Of a file and the scripts that it runs, whose paths are relative to the file that runs them.
    ///
    /// # Errors
    /// When a file cannot be read, or scripts run each other without end.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(Failure::io(name.clone()))?;
        Self::of(&name, &text, path.parent().unwrap_or(Path::new("")))
    }

    /// Of a text that came from `name`; paths are relative to `folder`.
    ///
    /// # Errors
    /// As [`Script::read`].
    pub fn of(name: &str, text: &str, folder: &Path) -> Result<Self, Failure> {
        let mut script = Self::default();
        script.add(name, text, folder, 0)?;
        Ok(script)
    }

    fn add(&mut self, name: &str, text: &str, folder: &Path, depth: usize) -> Result<(), Failure> {
        let file = self.files.len();
        self.files.push((name.to_owned(), text.to_owned()));
        let refuse = |message: String, span: Span| {
            let diagnostic = Diagnostic::error(Code::STATEMENT, message, span);
            let texts = vec![render::plain(&diagnostic, name, text)];
            Err(Failure::Script { texts, is_unsupported: false })
        };
        let (statements, _) = parse(text);
        let mut at = 0;
        for statement in &statements {
            let StatementKind::RunScript(path) = &statement.kind else { continue };
            let span = Span::from(statement.span);
            if depth == MOST_DEPTH {
                let why = format!("scripts run each other {MOST_DEPTH} deep: does one run itself?");
                return refuse(why, span);
            }
            let path: PathBuf = folder.join(&**path);
            let inner = match std::fs::read_to_string(&path) {
                Ok(inner) => inner,
                Err(error) => return refuse(format!("{}: {error}", path.display()), span),
            };
            if self.text.len() + inner.len() > MOST_BYTES {
                return refuse(format!("the scripts have more than {MOST_BYTES} bytes"), span);
            }
            self.part(file, at, &text[at..span.start as usize]);
            self.add(
                &path.display().to_string(),
                &inner,
                path.parent().unwrap_or(Path::new("")),
                depth + 1,
            )?;
            let rest = text[span.end as usize..].trim_start();
            at = text.len() - rest.strip_prefix(';').unwrap_or(rest).len();
        }
        self.part(file, at, &text[at..]);
        Ok(())
    }

    fn part(&mut self, file: usize, from: usize, text: &str) {
        self.parts.push(Part { start: self.text.len(), file, from });
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Diagnostics on the text, with their places in the files.
    pub fn show(&self, diagnostics: &[Diagnostic]) -> Vec<String> {
        diagnostics.iter().map(|diagnostic| self.show_one(diagnostic.clone())).collect()
    }

    fn show_one(&self, mut diagnostic: Diagnostic) -> String {
        let part_of = |span: Span| {
            let after = self.parts.partition_point(|part| part.start <= span.start as usize);
            after.saturating_sub(1)
        };
        let place = part_of(diagnostic.span);
        let Some(Part { start, file, from }) = self.parts.get(place) else { return String::new() };
        let moved = |at: u32| (at as usize - start + from) as u32;
        let move_to = |span: Span| Span::new(moved(span.start), moved(span.end));
        diagnostic.labels.retain(|label| part_of(label.span) == place);
        for label in &mut diagnostic.labels {
            label.span = move_to(label.span);
        }
        diagnostic.span = move_to(diagnostic.span);
        let (name, text) = &self.files[*file];
        render::plain(&diagnostic, name, text)
    }
}
