//! A text that grows line by line, cut into statements where they end.
//!
//! What a prompt and a page need before there is anything to parse: whether a statement is complete.

use super::diagnostic::Code;
use super::lexer::lex;
use super::token::{Symbol, TokenKind};

/// The statements of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces<'a> {
    /// The complete ones, each with its `;` and what stands before it.
    pub complete: Vec<&'a str>,
    /// What is behind the last `;`, with more than blanks and comments in it, or empty.
    pub rest: &'a str,
}

/// Cuts a text behind each `;` that is not within quotes or a comment. A quote or a comment without
/// an end goes on in what is still to come, so it begins the rest.
#[must_use]
pub fn pieces(text: &str) -> Pieces<'_> {
    let lexed = lex(text);
    let open = lexed.diagnostics.iter().find(|found| found.code == Code::UNTERMINATED);
    let open = open.map_or(text.len(), |found| found.span.start as usize);
    let mut pieces = Pieces::default();
    let mut from = 0;
    let mut has_more = open < text.len();
    for token in &lexed.tokens {
        if token.span.start as usize >= open {
            break;
        }
        has_more |= token.kind != TokenKind::Symbol(Symbol::Semicolon);
        if token.kind == TokenKind::Symbol(Symbol::Semicolon) {
            let end = token.span.end as usize;
            pieces.complete.push(&text[from..end]);
            from = end;
            has_more = open < text.len();
        }
    }
    if has_more {
        pieces.rest = &text[from..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_at_a_semicolon_outside_quotes_and_comments() {
        for (text, complete, rest) in [
            ("", &[][..], ""),
            ("SHOW TOPICS;", &["SHOW TOPICS;"], ""),
            ("a; b; -- end;", &["a;", " b;"], ""),
            ("SET 'a;b' = `c;`;\nSELECT", &["SET 'a;b' = `c;`;"], "\nSELECT"),
            ("a; /* b; */ c", &["a;"], " /* b; */ c"),
            ("PRINT 'x; y;", &[], "PRINT 'x; y;"),
            ("a; /* b;", &["a;"], " /* b;"),
            ("a;;", &["a;", ";"], ""),
        ] {
            let found = pieces(text);
            assert_eq!((found.complete.as_slice(), found.rest), (complete, rest), "{text}");
        }
    }
}
