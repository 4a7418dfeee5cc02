//! The syntax tree as text.
//!
//! Keywords in upper case, names as they were written, parentheses only where they are needed,
//! long lists one item a line. Parsing what is printed gives an equal tree.

mod expression;
mod query;
#[cfg(test)]
mod roundtrip;
mod statement;

use std::fmt::{self, Write};

use super::ast::{Expr, Ident, Query, Statement, TimeUnit, TypeKind, TypeName, TypeParameter};
use super::lexer::{self, quote};
use super::parser::parse;
use super::span::Span;
use super::token::{Keyword, Quote, Symbol, TokenKind};

/// Lines are broken where they would be longer than this many characters.
const WIDTH: usize = 88;

/// `text` in the canonical layout. Comments and blank lines between statements are kept. A
/// statement with comments in it, and what cannot be parsed, stays as it is.
#[must_use]
pub fn format(text: &str) -> String {
    let (statements, _) = parse(text);
    let lexed = lexer::lex(text);
    let mut out = String::new();
    let mut done = 0;
    let mut token = 0;
    for statement in &statements {
        let span = statement.span.0;
        let behind = |lexer_span: Span| lexer_span.start >= span.end;
        token += lexed.tokens[token..].partition_point(|token| !behind(token.span));
        let semicolon = lexed
            .tokens
            .get(token)
            .filter(|token| token.kind == TokenKind::Symbol(Symbol::Semicolon));
        let end = semicolon.map_or(span.end, |token| token.span.end);
        gap(&mut out, Span::new(done, span.start).of(text));
        let first = lexed.comments.partition_point(|comment| comment.start < span.start);
        if lexed.comments.get(first).is_some_and(|comment| comment.start < end) {
            out.push_str(Span::new(span.start, end).of(text));
        } else {
            let _ = write!(out, "{statement};");
        }
        done = end;
    }
    gap(&mut out, Span::new(done, text.len() as u32).of(text));
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Writes what stands between two statements: what is behind the first in its line stays there.
fn gap(out: &mut String, text: &str) {
    let (same_line, rest) =
        if out.is_empty() { ("", text) } else { text.split_once('\n').unwrap_or((text, "")) };
    if !same_line.trim().is_empty() {
        out.push(' ');
        out.push_str(same_line.trim());
    }
    let breaks = |part: &str| part.bytes().filter(|&byte| byte == b'\n').count();
    let content = rest.trim();
    let before = &rest[..rest.len() - rest.trim_start().len()];
    if !out.is_empty() {
        out.push_str(if breaks(before) > 0 { "\n\n" } else { "\n" });
    }
    if !content.is_empty() {
        out.push_str(content);
        let after = &rest[rest.trim_end().len()..];
        out.push_str(if breaks(after) > 1 { "\n\n" } else { "\n" });
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&statement::statement(self))
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&query::query(self))
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&expression::expression(self))
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quote {
            Quote::Bare => f.write_str(&self.original),
            Quote::Back => f.write_str(&quote(&self.original, '`')),
            Quote::Double => f.write_str(&quote(&self.original, '"')),
            Quote::Variable => write!(f, "${{{}}}", self.original),
        }
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TypeKind::Named { name, parameters } => {
                write!(f, "{name}")?;
                if !parameters.is_empty() {
                    write!(
                        f,
                        "({})",
                        join(parameters, |parameter| match parameter {
                            TypeParameter::Length(length) => length.to_string(),
                            TypeParameter::String => "STRING".to_owned(),
                        })
                    )?;
                }
                Ok(())
            }
            TypeKind::Decimal { precision, scale } => write!(f, "DECIMAL({precision}, {scale})"),
            TypeKind::Array(item) => write!(f, "ARRAY<{item}>"),
            TypeKind::Map(key, value) => write!(f, "MAP<{key}, {value}>"),
            TypeKind::Struct(fields) => {
                let fields = join(fields, |(name, field)| format!("{name} {field}"));
                write!(f, "STRUCT<{fields}>")
            }
        }
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Millisecond => "MILLISECOND",
            Self::Milliseconds => "MILLISECONDS",
            Self::Second => "SECOND",
            Self::Seconds => "SECONDS",
            Self::Minute => "MINUTE",
            Self::Minutes => "MINUTES",
            Self::Hour => "HOUR",
            Self::Hours => "HOURS",
            Self::Day => "DAY",
            Self::Days => "DAYS",
        })
    }
}

/// A text in single quotes.
fn text(text: &str) -> String {
    quote(text, '\'')
}

fn join<T>(items: &[T], show: impl FnMut(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(", ")
}

/// A name as a statement must write it to mean `name`: in back quotes unless it is a word in upper
/// case that is not reserved.
#[must_use]
pub fn quoted(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
    let bare = name.bytes().all(plain)
        && name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
        && !Keyword::find(name).is_some_and(Keyword::is_reserved);
    if bare { name.to_owned() } else { quote(name, '`') }
}

/// Appends `(a, b)` to `out`, one item a line when the line would be too long.
fn bracketed(out: &mut String, items: &[String]) {
    let column = out.len() - out.rfind('\n').map_or(0, |at| at + 1);
    let flat = items.join(", ");
    if fits(column + 2, &flat) {
        let _ = write!(out, "({flat})");
    } else {
        let _ = write!(out, "(\n  {}\n)", items.join(",\n  "));
    }
}

/// Whether `text` is one line that ends before the margin when it begins in `column`. A text with
/// line breaks in quotes counts as one that fits nowhere.
fn fits(column: usize, text: &str) -> bool {
    !text.contains('\n') && column + text.chars().count() <= WIDTH
}
