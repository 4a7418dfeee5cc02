//! A script, statement by statement.

use super::cursor::Parser;
use super::{MAX_BYTES, MAX_DIAGNOSTICS, MAX_STATEMENTS};
use crate::sql::ast::Statement;
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::lexer::{self, Lexed};
use crate::sql::span::Span;
use crate::sql::token::{Symbol, Token, TokenKind};
use crate::sql::variables::{Expanded, Variables};

/// Reads the statements of a script one at a time, so that a `DEFINE` can change what the next one
/// says.
#[derive(Debug)]
pub struct Reader<'a> {
    lexed: Lexed<'a>,
    /// The next token.
    at: usize,
    /// The next diagnostic of the lexer.
    lexer_at: usize,
    end: Span,
    statements: usize,
    diagnostics: usize,
    /// What ends the reading at once.
    stop: Option<Diagnostic>,
    done: bool,
}

/// What one statement gave: itself if it can be read, and what is to be said of it.
pub type Read = (Option<Statement>, Vec<Diagnostic>);

impl<'a> Reader<'a> {
    /// A reader of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let too_long = text.len() > MAX_BYTES;
        let stop = too_long.then(|| {
            let message = format!("the script is longer than {MAX_BYTES} bytes");
            Diagnostic::error(Code::LIMIT, message, Span::default())
        });
        let lexed = if too_long { Lexed::default() } else { lexer::lex(text) };
        let length = if too_long { 0 } else { text.len() as u32 };
        Self {
            lexed,
            at: 0,
            lexer_at: 0,
            end: Span::new(length, length),
            statements: 0,
            diagnostics: 0,
            stop,
            done: false,
        }
    }

    /// The next statement, or what is wrong with it; `None` at the end. With `variables`,
    /// `${name}` is replaced; without, it stays. Empty statements are passed over.
    pub fn next_statement(&mut self, variables: Option<&Variables>) -> Option<Read> {
        loop {
            if let Some(diagnostic) = self.stop.take() {
                self.done = true;
                return Some((None, vec![diagnostic]));
            }
            if self.done {
                return None;
            }
            let start = self.at;
            if start == self.lexed.tokens.len() {
                self.done = true;
                let rest = self.lexer_diagnostics(u32::MAX);
                return (!rest.is_empty()).then_some((None, rest));
            }
            let end = self.end_of_statement(start);
            if end > start {
                return Some(self.limited(|reader| reader.read(start, end, variables)));
            }
            self.at = end + 1;
        }
    }

    /// The index of the `;` at or behind `start`, or the number of tokens.
    fn end_of_statement(&self, start: usize) -> usize {
        let semicolon = TokenKind::Symbol(Symbol::Semicolon);
        let rest = &self.lexed.tokens[start..];
        let length = rest.iter().position(|token| token.kind == semicolon);
        length.map_or(self.lexed.tokens.len(), |length| start + length)
    }

    /// Counts what `read` gives against the limits.
    fn limited(&mut self, read: impl FnOnce(&mut Self) -> Read) -> Read {
        if self.statements == MAX_STATEMENTS {
            self.done = true;
            let span = self.lexed.tokens[self.at].span;
            let message = format!("the script has more than {MAX_STATEMENTS} statements");
            return (None, vec![Diagnostic::error(Code::LIMIT, message, span)]);
        }
        self.statements += 1;
        let (statement, mut diagnostics) = read(self);
        let left = MAX_DIAGNOSTICS - self.diagnostics;
        if diagnostics.len() > left {
            diagnostics.truncate(left);
            let span = diagnostics.last().map_or(self.end, |last| last.span);
            let message = format!("there is more than these {MAX_DIAGNOSTICS} findings");
            self.stop = Some(Diagnostic::error(Code::LIMIT, message, span));
        }
        self.diagnostics += diagnostics.len();
        (statement, diagnostics)
    }

    /// Reads the tokens `start..end`, which hold no `;`, or as many as make a statement.
    fn read(&mut self, start: usize, end: usize, variables: Option<&Variables>) -> Read {
        let closed = self.lexed.tokens.get(end).map(|semicolon| semicolon.span);
        let tokens = &self.lexed.tokens[start..end];
        let last = tokens[tokens.len() - 1].span;
        let here = closed.unwrap_or(Span::new(last.end, last.end));
        let expanded = variables
            .filter(|_| Expanded::is_needed(tokens))
            .map(|variables| Expanded::new(tokens, variables));

        let (statement, mut diagnostics, next) = match &expanded {
            Some(expanded) => {
                let (tokens, wrong) = expanded.tokens();
                let found = [expanded.diagnostics.clone(), wrong].concat();
                if found.is_empty() {
                    let (statement, diagnostics, _) = parse_one(&tokens, here);
                    (statement, diagnostics, None)
                } else {
                    (None, found, None)
                }
            }
            None => parse_one(tokens, here),
        };
        self.at = next.map_or(end + usize::from(closed.is_some()), |length| start + length);
        let complete = next.is_none() && closed.is_none();
        if complete && statement.is_some() && diagnostics.is_empty() {
            let message = "this statement does not end with `;`";
            diagnostics.push(Diagnostic::warning(Code::MISSING_SEMICOLON, message, here));
        }

        // What the lexer could not read makes the parser see things that are not there.
        let until = self.lexed.tokens.get(self.at).map_or(u32::MAX, |token| token.span.start);
        let unreadable = self.lexer_diagnostics(until);
        if unreadable.is_empty() { (statement, diagnostics) } else { (None, unreadable) }
    }

    /// The lexer's diagnostics up to the offset `until`, each once.
    fn lexer_diagnostics(&mut self, until: u32) -> Vec<Diagnostic> {
        let rest = &self.lexed.diagnostics[self.lexer_at..];
        let count = rest.iter().take_while(|diagnostic| diagnostic.span.start < until).count();
        let found = rest[..count].to_vec();
        self.lexer_at += count;
        found
    }
}

/// The statement that `tokens` begin with, what is wrong with it, and where another statement
/// begins before the end of the tokens.
fn parse_one(
    tokens: &[Token<'_>],
    end: Span,
) -> (Option<Statement>, Vec<Diagnostic>, Option<usize>) {
    let mut parser = Parser::new(tokens, end);
    let result = parser.statement();
    let mut next = None;
    let statement = match result {
        Ok(statement) if parser.peek().is_none() => Some(statement),
        Ok(statement) if parser.at_next_statement() => {
            let here = parser.since(statement.span.0).end;
            let message = "a `;` is missing between two statements";
            let diagnostic =
                Diagnostic::error(Code::MISSING_SEMICOLON, message, Span::new(here, here))
                    .with_label(parser.here(), "the next statement begins here");
            parser.diagnostics.push(diagnostic);
            next = Some(parser.position());
            Some(statement)
        }
        Ok(_) => {
            let diagnostic = parser.unexpected_for("", "");
            parser.diagnostics.push(*diagnostic);
            next = parser.find_statement(1);
            None
        }
        Err(diagnostic) => {
            parser.diagnostics.push(*diagnostic);
            next = parser.find_statement(1);
            None
        }
    };
    let wrong = parser.diagnostics.iter().any(Diagnostic::is_error);
    (statement.filter(|_| !wrong), parser.diagnostics, next)
}
