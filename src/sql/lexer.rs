//! Text to tokens. Never fails: what is no token becomes a diagnostic and is passed over.
//!
//! One pass, no recursion, memory in proportion to the text.

use super::diagnostic::{Code, Diagnostic};
use super::span::Span;
use super::token::{Keyword, Quote, Symbol, Token, TokenKind};

/// What a text consists of.
#[derive(Debug, Default)]
pub struct Lexed<'a> {
    /// The tokens, in order.
    pub tokens: Vec<Token<'a>>,
    /// The comments, in order, with their signs and without the line's end.
    pub comments: Vec<Span>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// The tokens of `text`, which is shorter than 4 GiB.
#[must_use]
pub fn lex(text: &str) -> Lexed<'_> {
    let mut lexer =
        Lexer { text, bytes: text.as_bytes(), at: 0, line_start: true, out: Lexed::default() };
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    while lexer.at < lexer.bytes.len() {
        lexer.next();
    }
    lexer.out
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Whether no token was read yet in this line.
    line_start: bool,
    out: Lexed<'a>,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) {
        let start = self.at;
        match self.bytes[start] {
            b' ' | b'\t' => self.at += 1,
            b'\r' | b'\n' => {
                self.at += 1;
                self.line_start = true;
            }
            b'-' if self.peek(1) == Some(b'-') => self.line_comment(),
            b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
            b'\'' => self.quoted(b'\'', TokenKind::String, "string"),
            b'`' => self.quoted(b'`', TokenKind::Quoted(Quote::Back), "quoted name"),
            b'"' => self.quoted(b'"', TokenKind::Quoted(Quote::Double), "quoted name"),
            b'$' if self.peek(1) == Some(b'{') => self.variable(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number(),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                self.skip_while(is_word);
                let kind = match Keyword::find(&self.text[start..self.at]) {
                    Some(keyword) => TokenKind::Keyword(keyword),
                    None => TokenKind::Word,
                };
                self.push(start, kind);
            }
            _ => self.symbol(),
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| !accept(byte)).unwrap_or(rest.len());
    }

    fn span(&self, start: usize) -> Span {
        Span::new(start as u32, self.at as u32)
    }

    fn push(&mut self, start: usize, kind: TokenKind) {
        let span = self.span(start);
        let text = &self.text[start..self.at];
        self.out.tokens.push(Token { kind, text, span, first_in_line: self.line_start });
        self.line_start = false;
    }

    fn report(&mut self, code: Code, message: String, span: Span) -> &mut Diagnostic {
        self.out.diagnostics.push(Diagnostic::error(code, message, span));
        self.out.diagnostics.last_mut().expect("one was just pushed")
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.skip_while(|byte| !matches!(byte, b'\n' | b'\r'));
        let span = self.span(start);
        self.out.comments.push(span);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        match self.text[start + 2..].find("*/") {
            Some(length) => self.at = start + 2 + length + 2,
            None => {
                self.at = self.bytes.len();
                let span = Span::new(start as u32, start as u32 + 2);
                self.report(Code::UNTERMINATED, "this comment has no end".into(), span).help =
                    Some("end it with `*/`".into());
            }
        }
        let span = self.span(start);
        self.out.comments.push(span);
    }

    /// A quote doubled within quotes stands for itself. Without the closing quote the token ends
    /// with the line, so that the lines below still make sense.
    fn quoted(&mut self, quote: u8, kind: TokenKind, what: &str) {
        let start = self.at;
        self.at += 1;
        while let Some(length) = memchr::memchr(quote, &self.bytes[self.at..]) {
            self.at += length + 1;
            if self.peek(0) != Some(quote) {
                self.push(start, kind);
                return;
            }
            self.at += 1;
        }
        self.at = start;
        self.skip_while(|byte| !matches!(byte, b'\n' | b'\r'));
        let (span, sign) = (self.span(start), char::from(quote));
        self.report(Code::UNTERMINATED, format!("this {what} has no end"), span).help =
            Some(format!("end it with {sign}; write {sign} within it as {sign}{sign}"));
        self.push(start, kind);
    }

    fn variable(&mut self) {
        let start = self.at;
        self.at += 2;
        let starts_well = self.peek(0).is_some_and(|byte| is_word(byte) && !byte.is_ascii_digit());
        self.skip_while(is_word);
        if starts_well && self.peek(0) == Some(b'}') {
            self.at += 1;
            self.push(start, TokenKind::Variable);
        } else {
            let span = self.span(start);
            let message = "this is no variable".to_owned();
            self.report(Code::UNKNOWN_CHARACTER, message, span).help =
                Some("write `${name}`".into());
        }
    }

    /// The longest of an integer, a decimal, a double and a name that begins with a digit.
    fn number(&mut self) {
        let start = self.at;
        let digit = |byte: u8| byte.is_ascii_digit();
        self.skip_while(digit);
        let mut kind = TokenKind::Integer;
        if self.peek(0) == Some(b'.') {
            self.at += 1;
            self.skip_while(digit);
            kind = TokenKind::Decimal;
        }
        if self.peek(0).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'e')) {
            let sign = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
            if self.peek(1 + sign).is_some_and(digit) {
                self.at += 1 + sign;
                self.skip_while(digit);
                kind = TokenKind::Double;
            }
        }
        let word = self.bytes[start..].iter().position(|&byte| !is_word(byte));
        let word_end = word.map_or(self.bytes.len(), |length| start + length);
        if word_end > self.at {
            self.at = word_end;
            kind = TokenKind::Word;
        }
        self.push(start, kind);
    }

    fn symbol(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start..];
        let found = Symbol::ALL.iter().find(|symbol| rest.starts_with(symbol.text().as_bytes()));
        if let Some(&symbol) = found {
            self.at += symbol.text().len();
            self.push(start, TokenKind::Symbol(symbol));
        } else {
            self.unknown();
        }
    }

    /// Neighbouring unknown characters make one diagnostic.
    fn unknown(&mut self) {
        let start = self.at;
        let character = self.text[start..].chars().next().unwrap_or('\u{fffd}');
        self.at += character.len_utf8();
        let span = self.span(start);
        if let Some(last) = self.out.diagnostics.last_mut()
            && last.code == Code::UNKNOWN_CHARACTER
            && last.span.end == span.start
        {
            last.span.end = span.end;
            return;
        }
        let shown = if character.is_control() || character.is_whitespace() {
            format!("U+{:04X}", u32::from(character))
        } else {
            format!("`{character}`")
        };
        let message = format!("unexpected character {shown}");
        let diagnostic = self.report(Code::UNKNOWN_CHARACTER, message, span);
        if character.is_alphabetic() {
            let help = "a name with letters other than A to Z needs back-quotes: `name`";
            diagnostic.help = Some(help.to_owned());
        }
    }
}

/// Whether a name may go on with this byte.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@')
}

/// The text within the quotes of a token: `'it''s'` is `it's`.
#[must_use]
pub fn unquote(text: &str) -> String {
    let Some(quote) = text.chars().next() else { return String::new() };
    let inner = &text[quote.len_utf8()..];
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let doubled: String = [quote, quote].iter().collect();
    inner.replace(&doubled, quote.encode_utf8(&mut [0; 4]))
}

/// `text` within quotes, the opposite of [`unquote`].
#[must_use]
pub fn quote(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for character in text.chars() {
        if character == quote {
            out.push(quote);
        }
        out.push(character);
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tokens as `kind:text`, then the diagnostics.
    fn show(text: &str) -> String {
        let lexed = lex(text);
        let tokens = lexed.tokens.iter().map(|token| {
            let kind = match token.kind {
                TokenKind::Word => "word",
                TokenKind::Keyword(_) => "key",
                TokenKind::Quoted(_) => "name",
                TokenKind::Variable => "var",
                TokenKind::String => "str",
                TokenKind::Integer => "int",
                TokenKind::Decimal => "dec",
                TokenKind::Double => "dbl",
                TokenKind::Symbol(_) => "",
            };
            assert_eq!(token.span.of(text), token.text);
            if kind.is_empty() { token.text.to_owned() } else { format!("{kind}:{}", token.text) }
        });
        let comments = lexed.comments.iter().map(|span| format!("#{}", span.of(text)));
        let wrong = lexed.diagnostics.iter().map(|d| format!("!{} {}", d.code, d.span.of(text)));
        tokens.chain(comments).chain(wrong).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tokens() {
        for (text, expected) in [
            ("Select a_1@b FROM\tx", "key:Select word:a_1@b key:FROM word:x"),
            ("`a``b` \"c\"\"d\" 'it''s'", "name:`a``b` name:\"c\"\"d\" str:'it''s'"),
            ("''''", "str:''''"),
            (
                "1 007 1.5 1. .5 1e5 1.5E-3 .5e+1 1.e2",
                "int:1 int:007 dec:1.5 dec:1. dec:.5 dbl:1e5 dbl:1.5E-3 dbl:.5e+1 dbl:1.e2",
            ),
            ("1R 1e 1e5x 1e+ 1_0", "word:1R word:1e word:1e5x word:1e + word:1_0"),
            ("a->b=>c:=d||e", "word:a -> word:b => word:c := word:d || word:e"),
            ("<> != <= >= < > =", "<> != <= >= < > ="),
            ("a-b--c\n-d", "word:a - word:b - word:d #--c"),
            ("a/*b\n*/c/d", "word:a word:c / word:d #/*b\n*/"),
            ("/**/ /* * / */;", "; #/**/ #/* * / */"),
            ("${a_b}.x", "var:${a_b} . word:x"),
            ("\u{feff}x", "word:x"),
            ("", ""),
            // What is no token.
            ("a 'b;\nc", "word:a str:'b; word:c !SG-0102 'b;"),
            ("x /* y", "word:x #/* y !SG-0102 /*"),
            ("a äö b ?", "word:a word:b !SG-0103 äö !SG-0103 ?"),
            ("${1} ${a $x", "word:x !SG-0103 ${1} !SG-0103 ${a !SG-0103 $"),
            ("a:b", "word:a word:b !SG-0103 :"),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_loses_nothing(text in r#"([a-z1-9.eE+'"`$\{}*/:;\n-]|\PC){0,40}"#) {
            let lexed = lex(&text);
            let mut end = 0;
            for token in &lexed.tokens {
                prop_assert!(token.span.start >= end && token.span.end > token.span.start);
                end = token.span.end;
            }
        }

        #[test]
        fn quoting_is_undone(text in r"['`a ]{0,8}", sign in "['`\"]") {
            let sign = sign.chars().next().unwrap();
            let quoted = quote(&text, sign);
            prop_assert_eq!(lex(&quoted).tokens.len(), 1);
            prop_assert_eq!(unquote(&quoted), text);
        }
    }
}
