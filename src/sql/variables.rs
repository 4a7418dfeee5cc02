//! `DEFINE name = 'value'` and `${name}`.
//!
//! Values are put in before a statement is parsed: `${name}` becomes the tokens of the value, and
//! within quotes its text. `$${name}` within quotes stays `${name}`. Each token keeps the place of
//! the `${name}` that it came from, so that diagnostics point into the script.

use std::collections::BTreeMap;

use super::diagnostic::{Code, Diagnostic};
use super::lexer::{self, is_word, quote, unquote};
use super::span::Span;
use super::token::{Quote, Token, TokenKind};

/// The longest text that a statement may grow to, in bytes.
const MAX_EXPANDED: usize = 1 << 20;

/// The values by their names, in which case does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Gives `name` a value.
    pub fn define(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_ascii_uppercase(), value.to_owned());
    }

    /// Forgets `name`.
    pub fn undefine(&mut self, name: &str) {
        self.0.remove(&name.to_ascii_uppercase());
    }

    /// The value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_ascii_uppercase()).map(String::as_str)
    }

    /// The names, upper-cased, with their values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A statement's text with the values put in, and where its tokens came from.
#[derive(Debug)]
pub(super) struct Expanded {
    text: String,
    /// For each piece of the text the offset of its end and the place in the script.
    pieces: Vec<(u32, Span)>,
    /// Names without a value, and values that are no tokens.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Expanded {
    /// `tokens` with the values of `variables` put in.
    pub(super) fn new(tokens: &[Token<'_>], variables: &Variables) -> Self {
        let mut expanded =
            Self { text: String::new(), pieces: Vec::new(), diagnostics: Vec::new() };
        for token in tokens {
            let piece = expanded.piece(*token, variables);
            if expanded.text.len() + piece.len() > MAX_EXPANDED {
                let message = "the values of variables make this statement too long";
                expanded.diagnostics.push(Diagnostic::error(Code::LIMIT, message, token.span));
                break;
            }
            expanded.text.push_str(&piece);
            // A line break ends a comment in a value and parts the tokens.
            expanded.text.push('\n');
            expanded.pieces.push((expanded.text.len() as u32, token.span));
        }
        expanded
    }

    /// Whether any token may change.
    pub(super) fn is_needed(tokens: &[Token<'_>]) -> bool {
        tokens.iter().any(|token| match token.kind {
            TokenKind::Variable => true,
            TokenKind::String | TokenKind::Quoted(_) => token.text.contains("${"),
            _ => false,
        })
    }

    /// The tokens, with their places in the script.
    pub(super) fn tokens(&self) -> (Vec<Token<'_>>, Vec<Diagnostic>) {
        let mut lexed = lexer::lex(&self.text);
        for token in &mut lexed.tokens {
            token.span = self.original(token.span);
            token.first_in_line = false;
        }
        for diagnostic in &mut lexed.diagnostics {
            diagnostic.span = self.original(diagnostic.span);
        }
        (lexed.tokens, lexed.diagnostics)
    }

    fn original(&self, span: Span) -> Span {
        let index = self.pieces.partition_point(|(end, _)| *end <= span.start);
        self.pieces.get(index).map_or(span, |(_, original)| *original)
    }

    fn piece(&mut self, token: Token<'_>, variables: &Variables) -> String {
        match token.kind {
            TokenKind::Variable => {
                let name = &token.text[2..token.text.len() - 1];
                self.value(name, token.span, variables).to_owned()
            }
            TokenKind::String => self.within(token, '\'', variables),
            TokenKind::Quoted(Quote::Back) => self.within(token, '`', variables),
            TokenKind::Quoted(_) => self.within(token, '"', variables),
            _ => token.text.to_owned(),
        }
    }

    fn value<'v>(&mut self, name: &str, span: Span, variables: &'v Variables) -> &'v str {
        variables.get(name).unwrap_or_else(|| {
            let message = format!("no variable `{name}` is defined");
            let help = format!("DEFINE {name} = 'value';");
            let diagnostic = Diagnostic::error(Code::VARIABLE, message, span).with_help(help);
            self.diagnostics.push(diagnostic);
            ""
        })
    }

    /// The quoted token with the values within it.
    fn within(&mut self, token: Token<'_>, sign: char, variables: &Variables) -> String {
        if !token.text.contains("${") {
            return token.text.to_owned();
        }
        let text = unquote(token.text);
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("${") {
            let after = &rest[at + 2..];
            let length = after.bytes().position(|byte| !is_word(byte)).unwrap_or(after.len());
            let is_name = length > 0 && after[length..].starts_with('}');
            if !is_name {
                out.push_str(&rest[..at + 2]);
                rest = after;
                continue;
            }
            match rest[..at].strip_suffix('$') {
                Some(before) => {
                    out.push_str(before);
                    out.push_str(&rest[at..=at + 2 + length]);
                }
                None => {
                    out.push_str(&rest[..at]);
                    out.push_str(self.value(&after[..length], token.span, variables));
                }
            }
            rest = &after[length + 1..];
            if out.len() > MAX_EXPANDED {
                break;
            }
        }
        out.push_str(rest);
        quote(&out, sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{parse, parse_with};

    fn run(text: &str, defined: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut variables = Variables::default();
        for (name, value) in defined {
            variables.define(name, value);
        }
        let (statements, diagnostics) = parse_with(text, &mut variables);
        let wrong = diagnostics.iter().map(|d| format!("{} {}", d.code, d.span.of(text)));
        (statements.iter().map(ToString::to_string).collect(), wrong.collect())
    }

    #[test]
    fn values_take_the_place_of_names() {
        for (text, expected) in [
            ("PRINT ${s};", "PRINT clicks"),
            ("PRINT '${s}-${N}';", "PRINT 'clicks-7'"),
            ("PRINT '$${s} ${s';", "PRINT '${s} ${s'"),
            ("PRINT `${s}`;", "PRINT `clicks`"),
            ("PRINT '${q}';", "PRINT 'it''s'"),
            ("PRINT ${t} LIMIT ${n};", "PRINT 'a topic' LIMIT 7"),
            ("SELECT ${e} FROM ${s};", "SELECT a + 1, b\nFROM clicks"),
            ("PRINT ${comment} LIMIT 1;", "PRINT x LIMIT 1"),
        ] {
            let defined = [
                ("s", "clicks"),
                ("n", "7"),
                ("q", "it's"),
                ("t", "'a topic'"),
                ("e", "a + 1, b"),
                ("comment", "x -- y"),
            ];
            assert_eq!(run(text, &defined), (vec![expected.to_owned()], vec![]), "{text}");
        }
    }

    #[test]
    fn definitions_hold_for_the_statements_behind_them() {
        let script =
            "DEFINE a = 'x'; PRINT ${a}; DEFINE A = 'y'; PRINT ${a}; UNDEFINE a; PRINT ${a};";
        let (statements, wrong) = run(script, &[]);
        assert_eq!(statements[1], "PRINT x");
        assert_eq!(statements[3], "PRINT y");
        assert_eq!(statements.len(), 5);
        assert_eq!(wrong, ["SG-0110 ${a}"]);
    }

    #[test]
    fn diagnostics_point_into_the_script() {
        let (_, wrong) = run("PRINT x LIMIT\n ${n} y;", &[("n", "'seven' + 1")]);
        assert_eq!(wrong, ["SG-0101 ${n}"]);
        let (_, wrong) = run("SELECT ${a} FROM x;", &[("a", "'open")]);
        assert_eq!(wrong, ["SG-0102 ${a}"]);
        let (_, wrong) = run("SELECT ${a} FROM x;", &[("a", "1; DROP STREAM x")]);
        assert_eq!(wrong, ["SG-0101 ${a}"]);
    }

    #[test]
    fn growth_is_limited() {
        let long = "x".repeat(MAX_EXPANDED / 2);
        let (statements, wrong) = run("PRINT '${a}${a}${a}';", &[("a", &long)]);
        assert_eq!((statements.len(), wrong.len()), (0, 1));
    }

    #[test]
    fn without_values_the_names_stay() {
        let text = "SELECT ${a}\nFROM ${b}\nWHERE x = '${c}'";
        let (statements, diagnostics) = parse(&format!("{text};"));
        assert_eq!(diagnostics, []);
        assert_eq!(statements[0].to_string(), text);
    }
}
