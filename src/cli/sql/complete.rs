//! Completion, and whether a statement is complete.

use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use streamglass::function::registry;
use streamglass::session::Session;
use streamglass::sql::pieces::pieces;
use streamglass::sql::printer::quoted;
use streamglass::sql::token::Keyword;

use super::aside;

/// Commands of the prompt, which stand at the beginning of a line.
const COMMANDS: [&str; 5] = ["advance", "clock", "exit", "help", "speed"];

/// The names that a session has.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Streams, tables and their columns, as SQL writes them.
    sources: Vec<String>,
    topics: Vec<String>,
    queries: Vec<String>,
}

impl Names {
    /// Those of a session.
    pub fn of(session: &Session) -> Self {
        let catalog = &session.workspace().catalog;
        let mut sources: Vec<String> = Vec::new();
        for source in catalog.sources() {
            sources.push(quoted(&source.name));
            sources.extend(source.schema.fields.iter().map(|field| quoted(&field.name)));
        }
        sources.sort_unstable();
        sources.dedup();
        let topics = session.engine().topics().iter().map(|(_, topic)| topic.name().to_owned());
        let queries = catalog.queries().iter().map(|query| query.id.to_string());
        Self { sources, topics: topics.collect(), queries: queries.collect() }
    }

    /// What can stand in the place of the word that ends `before`, and where that word begins.
    pub fn complete(&self, before: &str) -> (usize, Vec<String>) {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '`' | '-' | '\'');
        let start = before
            .rfind(|c| !is_word(c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let (earlier, word) = before.split_at(start);
        let typed = word.trim_start_matches(['`', '\'']);
        let last = earlier.split_whitespace().next_back().unwrap_or_default();
        let last = last.to_ascii_uppercase();
        let mut found: Vec<String> = Vec::new();
        let mut take = |candidate: &str, shown: String| {
            let plain = candidate.trim_matches('`');
            let begins =
                plain.get(..typed.len()).is_some_and(|head| head.eq_ignore_ascii_case(typed));
            if begins && !found.contains(&shown) {
                found.push(shown);
            }
        };
        if last == "PRINT" {
            self.topics.iter().for_each(|topic| take(topic, format!("'{topic}'")));
            return (start, found);
        }
        if matches!(last.as_str(), "TERMINATE" | "PAUSE" | "RESUME" | "EXPLAIN") {
            self.queries.iter().for_each(|query| take(query, query.clone()));
        }
        if typed.is_empty() && word.is_empty() {
            return (start, found);
        }
        // A person who writes in small letters goes on in small letters.
        let is_small = typed.chars().any(char::is_lowercase);
        let cased = |text: &str| {
            if is_small && !text.starts_with('`') { text.to_lowercase() } else { text.to_owned() }
        };
        self.sources.iter().for_each(|name| take(name, cased(name)));
        if !word.starts_with('`') {
            Keyword::ALL.iter().for_each(|keyword| take(keyword.text(), cased(keyword.text())));
            for name in registry::names() {
                take(name, format!("{}(", cased(name)));
            }
            if earlier.trim().is_empty() {
                COMMANDS.iter().for_each(|command| take(command, (*command).to_owned()));
            }
        }
        (start, found)
    }
}

/// What the editor of lines asks.
#[derive(Debug, Default)]
pub struct Help {
    /// The names that there are now.
    pub names: Names,
}

impl Completer for Help {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.names.complete(&line[..at]))
    }
}

impl Validator for Help {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let is_complete = aside(text).is_some() || pieces(text).rest.is_empty();
        Ok(if is_complete { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Hinter for Help {
    type Hint = String;
}

impl Highlighter for Help {}

impl Helper for Help {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completion() {
        let names = Names {
            sources: vec!["CLICKS".into(), "CONTENTID".into(), "`timestamp`".into()],
            topics: vec!["imply-news".into()],
            queries: vec!["CSAS_A_1".into()],
        };
        for (before, start, expect) in [
            ("SELECT CONTENT", 7, &["CONTENTID"][..]),
            ("select * from cli", 14, &["clicks"]),
            ("PRINT imp", 6, &["'imply-news'"]),
            ("PRINT 'imp", 6, &["'imply-news'"]),
            ("TERMINATE C", 10, &["CSAS_A_1", "CLICKS", "CONTENTID"]),
            ("SELECT `times", 7, &["`timestamp`"]),
            ("SELECT COUNT_D", 7, &["COUNT_DISTINCT("]),
            ("adva", 0, &["advance"]),
            ("SELECT ", 7, &[]),
        ] {
            let (found_start, found) = names.complete(before);
            assert_eq!(found_start, start, "{before}");
            for one in expect {
                assert!(found.iter().any(|found| found == one), "{before}: {found:?}");
            }
            assert!(!expect.is_empty() || found.is_empty(), "{before}: {found:?}");
        }
    }
}
