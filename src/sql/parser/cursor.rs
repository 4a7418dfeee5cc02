//! The place in one statement's tokens, and what is said when a token is not the one looked for.

use super::suggest;
use super::{MAX_HEIGHT, MAX_NESTING};
use crate::sql::ast::{Expr, ExprKind, Ident};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::lexer::unquote;
use crate::sql::span::Span;
use crate::sql::token::{Keyword, Quote, Symbol, Token, TokenKind};

/// The cost of a level of nesting; the right operand of an operator costs 1.
const LEVEL: u16 = 3;

/// What a rule returns; a failure ends the statement.
pub(super) type Parsed<T> = Result<T, Box<Diagnostic>>;

/// Something that was looked for at the current token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Keyword(Keyword),
    Symbol(Symbol),
    What(&'static str),
}

/// The parser of one statement.
pub(super) struct Parser<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
    /// Where the statement ends, for what is missing there.
    end: Span,
    /// How deep the rules are nested, in units of which a level has [`LEVEL`].
    nesting: u16,
    /// What was looked for since the last token was taken, for the message.
    expected: Vec<Expected>,
    /// The index of the last name taken as an alias without `AS`: perhaps a misspelt keyword.
    bare_alias: Option<usize>,
    /// The index of the first token of the last operand before a `->*`.
    pub(super) starred: Option<usize>,
    /// What was found and recovered from.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'t> Parser<'t> {
    /// A parser of `tokens`, which hold no `;`; `end` is where the statement ends.
    pub(super) fn new(tokens: &'t [Token<'t>], end: Span) -> Self {
        Self {
            tokens,
            at: 0,
            end,
            nesting: 0,
            expected: Vec::new(),
            bare_alias: None,
            starred: None,
            diagnostics: Vec::new(),
        }
    }

    /// How many tokens were taken.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// All tokens of the statement.
    pub(super) fn tokens(&self) -> &'t [Token<'t>] {
        self.tokens
    }

    pub(super) fn peek(&self) -> Option<Token<'t>> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<Token<'t>> {
        self.tokens.get(self.at + ahead).copied()
    }

    pub(super) fn kind_at(&self, ahead: usize) -> Option<TokenKind> {
        self.peek_at(ahead).map(|token| token.kind)
    }

    pub(super) fn is_keyword(&self, ahead: usize, keyword: Keyword) -> bool {
        self.kind_at(ahead) == Some(TokenKind::Keyword(keyword))
    }

    pub(super) fn is_symbol(&self, ahead: usize, symbol: Symbol) -> bool {
        self.kind_at(ahead) == Some(TokenKind::Symbol(symbol))
    }

    /// Takes a token that the caller has seen.
    pub(super) fn advance(&mut self) {
        self.at += 1;
        self.expected.clear();
    }

    /// Where the current token stands.
    pub(super) fn here(&self) -> Span {
        self.peek().map_or(self.end, |token| token.span)
    }

    /// From `start` to the last token taken.
    pub(super) fn since(&self, start: Span) -> Span {
        match self.at.checked_sub(1).and_then(|last| self.tokens.get(last)) {
            Some(last) if last.span.end >= start.start => start.to(last.span),
            _ => Span::new(start.start, start.start),
        }
    }

    /// Takes `keyword` when it is next; otherwise remembers that it was looked for.
    pub(super) fn eat(&mut self, keyword: Keyword) -> bool {
        let found = self.is_keyword(0, keyword);
        if found {
            self.advance();
        } else {
            self.expected.push(Expected::Keyword(keyword));
        }
        found
    }

    pub(super) fn eat_symbol(&mut self, symbol: Symbol) -> bool {
        let found = self.is_symbol(0, symbol);
        if found {
            self.advance();
        } else {
            self.expected.push(Expected::Symbol(symbol));
        }
        found
    }

    /// Takes `keyword`; `place` completes "expected `FROM` …", as in "after the select list".
    pub(super) fn expect(&mut self, keyword: Keyword, place: &str) -> Parsed<()> {
        if self.eat(keyword) {
            return Ok(());
        }
        Err(self.unexpected_for(&format!("`{keyword}`"), place))
    }

    pub(super) fn expect_symbol(&mut self, symbol: Symbol, place: &str) -> Parsed<()> {
        if self.eat_symbol(symbol) {
            return Ok(());
        }
        Err(self.unexpected_for(&format!("`{symbol}`"), place))
    }

    /// Takes a token that `accept` makes something of; `what` names it in the message.
    pub(super) fn expect_with<T>(
        &mut self,
        what: &'static str,
        place: &str,
        accept: impl FnOnce(Token<'t>) -> Option<T>,
    ) -> Parsed<T> {
        match self.peek().and_then(accept) {
            Some(taken) => {
                self.advance();
                Ok(taken)
            }
            None => {
                self.expected.push(Expected::What(what));
                Err(self.unexpected_for(what, place))
            }
        }
    }

    /// Whether the token `ahead` can be a name.
    pub(super) fn is_name(&self, ahead: usize) -> bool {
        self.peek_at(ahead).is_some_and(|token| is_name(token.kind))
    }

    /// Takes a name; `what` is whose, as in "the stream's name".
    pub(super) fn name(&mut self, what: &'static str) -> Parsed<Ident> {
        if let Some(token) = self.peek()
            && let TokenKind::Keyword(keyword) = token.kind
            && keyword.is_reserved()
            && !suggest::is_structural(keyword)
            && suggest::closest(token, self.expected_keywords()).is_none()
        {
            return Err(self.reserved(keyword));
        }
        self.expect_with(what, "", |token| is_name(token.kind).then(|| ident(token)))
    }

    /// `[AS] name`; without `AS` only when it is not the word that begins what follows.
    pub(super) fn alias(&mut self) -> Parsed<Option<Ident>> {
        if self.eat(Keyword::As) {
            return self.name("an alias").map(Some);
        }
        let clause = (self.is_keyword(0, Keyword::Emit)
            && (self.is_keyword(1, Keyword::Changes) || self.is_keyword(1, Keyword::Final)))
            || (self.is_keyword(0, Keyword::Partition) && self.is_keyword(1, Keyword::By));
        if clause || !self.is_name(0) {
            return Ok(None);
        }
        self.bare_alias = Some(self.at);
        self.name("an alias").map(Some)
    }

    /// Takes `'text'` and returns what it says.
    pub(super) fn string(&mut self, what: &'static str, place: &str) -> Parsed<Box<str>> {
        self.expect_with(what, place, |token| {
            (token.kind == TokenKind::String).then(|| unquote(token.text).into())
        })
    }

    /// Takes a number without sign, point and exponent.
    pub(super) fn count(&mut self, place: &str) -> Parsed<u64> {
        let token = self.peek();
        let number = self.expect_with("a whole number", place, |token| {
            (token.kind == TokenKind::Integer).then_some(token)
        })?;
        number.text.parse().map_err(|_| {
            let span = token.map_or(self.end, |token| token.span);
            Box::new(Diagnostic::error(
                Code::NUMBER,
                format!("the number {} is too large", shorten(number.text)),
                span,
            ))
        })
    }

    /// `rule` one level deeper.
    pub(super) fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.deeper(LEVEL, rule)
    }

    /// `rule` deeper by `cost`, in units of which a level has [`LEVEL`].
    pub(super) fn deeper<T>(
        &mut self,
        cost: u16,
        rule: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        if self.nesting + cost > MAX_NESTING * LEVEL {
            return Err(self.too_deep(self.here()));
        }
        self.nesting += cost;
        let result = rule(self);
        self.nesting -= cost;
        result
    }

    /// The expression `kind`, from `start` to the last token taken.
    pub(super) fn node(&self, kind: ExprKind, start: Span) -> Parsed<Expr> {
        let span = self.since(start);
        let node = Expr::new(kind, span);
        if node.height() > MAX_HEIGHT { Err(self.too_deep(span)) } else { Ok(node) }
    }

    pub(super) fn too_deep(&self, span: Span) -> Box<Diagnostic> {
        let message = "this is nested too deeply";
        let help =
            format!("parentheses may be nested {MAX_NESTING} times, operators {MAX_HEIGHT} times");
        Box::new(Diagnostic::error(Code::LIMIT, message, span).with_help(help))
    }

    /// Goes on to the comma or the parenthesis that ends the broken item of a list, which began
    /// with the token at index `first`; whether there is one.
    pub(super) fn skip_item(&mut self, first: usize) -> bool {
        let failed = self.at;
        let mut open = 0usize;
        for (index, token) in self.tokens.iter().enumerate().skip(first) {
            let TokenKind::Symbol(symbol) = token.kind else { continue };
            match symbol {
                Symbol::RightParen | Symbol::Comma if open == 0 && index >= failed => {
                    self.at = index;
                    self.expected.clear();
                    return true;
                }
                Symbol::LeftParen | Symbol::LeftBracket | Symbol::Less => open += 1,
                Symbol::RightParen | Symbol::RightBracket | Symbol::Greater => {
                    open = open.saturating_sub(1);
                }
                _ => {}
            }
        }
        false
    }

    /// The failure that the current token is none of those looked for.
    pub(super) fn unexpected(&self) -> Box<Diagnostic> {
        let mut names: Vec<String> = Vec::new();
        for expected in &self.expected {
            let name = match expected {
                Expected::Keyword(keyword) => format!("`{keyword}`"),
                Expected::Symbol(symbol) => format!("`{symbol}`"),
                Expected::What(what) => (*what).to_owned(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // A longer list helps nobody.
        if names.is_empty() || names.len() > 6 {
            return self.unexpected_for("", "");
        }
        let last = names.pop().unwrap_or_default();
        let list = if names.is_empty() { last } else { format!("{} or {last}", names.join(", ")) };
        self.unexpected_for(&list, "")
    }

    /// The failure that the current token is not `wanted`.
    pub(super) fn unexpected_for(&self, wanted: &str, place: &str) -> Box<Diagnostic> {
        if let Some(misspelt) = self.misspelt_alias() {
            return misspelt;
        }
        let token = self.peek();
        let found = token.map_or("the end of the statement".to_owned(), describe);
        let gap = if place.is_empty() { "" } else { " " };
        let message = if wanted.is_empty() {
            format!("unexpected {found}")
        } else {
            format!("expected {wanted}{gap}{place}, found {found}")
        };
        let mut help = None;
        if let Some(token) = token {
            if let Some(keyword) = suggest::closest(token, self.expected_keywords()) {
                help = Some(format!("did you mean `{keyword}`?"));
            } else {
                help = suggest::hint(token);
            }
        }
        let mut diagnostic = Diagnostic::error(Code::UNEXPECTED, message, self.here());
        diagnostic.help = help;
        Box::new(diagnostic)
    }

    /// The failure that the current token, the reserved `keyword`, stands for a name.
    pub(super) fn reserved(&self, keyword: Keyword) -> Box<Diagnostic> {
        let message = format!("{keyword} is a reserved word and no name");
        let help = format!("as a name it needs back-quotes: `{keyword}`");
        Box::new(Diagnostic::error(Code::RESERVED, message, self.here()).with_help(help))
    }

    /// `FROM a WHRE x`: the word before was taken as an alias, but was meant as a keyword.
    fn misspelt_alias(&self) -> Option<Box<Diagnostic>> {
        let alias = self.bare_alias.filter(|index| index + 1 == self.at)?;
        let token = self.tokens[alias];
        let keyword = suggest::closest(token, self.expected_keywords())?;
        let message = format!("unexpected {}", describe(token));
        let help = format!("did you mean `{keyword}`?");
        let diagnostic = Diagnostic::error(Code::UNEXPECTED, message, token.span);
        Some(Box::new(diagnostic.with_help(help)))
    }

    fn expected_keywords(&self) -> impl Iterator<Item = Keyword> {
        self.expected.iter().filter_map(|expected| match expected {
            Expected::Keyword(keyword) => Some(*keyword),
            _ => None,
        })
    }
}

/// Whether a token of this kind can be a name.
fn is_name(kind: TokenKind) -> bool {
    match kind {
        TokenKind::Word | TokenKind::Quoted(_) | TokenKind::Variable => true,
        TokenKind::Keyword(keyword) => !keyword.is_reserved(),
        _ => false,
    }
}

/// The name that a token is.
pub(super) fn ident(token: Token<'_>) -> Ident {
    match token.kind {
        TokenKind::Quoted(quote) => Ident::new(&unquote(token.text), quote, token.span),
        TokenKind::Variable => Ident::new(variable_name(token.text), Quote::Variable, token.span),
        _ => Ident::new(token.text, Quote::Bare, token.span),
    }
}

/// `name` of `${name}`.
pub(super) fn variable_name(text: &str) -> &str {
    text.trim_start_matches("${").trim_end_matches('}')
}

/// A token as a message names it.
pub(super) fn describe(token: Token<'_>) -> String {
    match token.kind {
        TokenKind::String => format!("the text {}", shorten(token.text)),
        TokenKind::Integer | TokenKind::Decimal | TokenKind::Double => {
            format!("the number {}", shorten(token.text))
        }
        TokenKind::Quoted(_) => format!("the name {}", shorten(token.text)),
        _ => format!("`{}`", shorten(token.text)),
    }
}

/// The beginning of `text`, in one line.
pub(super) fn shorten(text: &str) -> String {
    const MAX: usize = 40;
    let mut out: String =
        text.chars().take(MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MAX).is_some() {
        out.push('…');
    }
    out
}
