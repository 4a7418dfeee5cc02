//! Operands: literals, names, calls, constructors, `CASE`, `CAST`, and what may follow each (`->`,
//! `[…]`).

use super::cursor::{Parsed, Parser, ident, shorten};
use crate::sql::ast::{Branch, Expr, ExprKind, Ident, Number, NumberKind, TimeUnit};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::lexer::unquote;
use crate::sql::span::Span;
use crate::sql::token::{Keyword, Symbol, Token, TokenKind};

impl Parser<'_> {
    /// An operand with the fields and subscripts behind it; leaves `->*` to the select list.
    pub(super) fn operand(&mut self) -> Parsed<Expr> {
        let (start, first) = (self.here(), self.position());
        let mut base = self.primary()?;
        loop {
            let kind = if self.is_symbol(0, Symbol::LeftBracket) {
                self.advance();
                let index = self.value()?;
                self.expect_symbol(Symbol::RightBracket, "after the index")?;
                ExprKind::Subscript(Box::new(base), Box::new(index))
            } else if self.is_symbol(0, Symbol::StructField) && !self.is_symbol(1, Symbol::Asterisk)
            {
                self.advance();
                ExprKind::Field(Box::new(base), self.name("the name of a field")?)
            } else {
                self.starred = self.is_symbol(0, Symbol::StructField).then_some(first);
                return Ok(base);
            };
            base = self.node(kind, start)?;
        }
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let start = self.here();
        let Some(token) = self.peek() else { return Err(self.no_expression()) };
        match token.kind {
            TokenKind::String => {
                self.advance();
                self.node(ExprKind::String(unquote(token.text).into()), start)
            }
            TokenKind::Integer | TokenKind::Decimal | TokenKind::Double => self.number_node(start),
            TokenKind::Symbol(Symbol::Minus) => self.number_node(start),
            TokenKind::Symbol(Symbol::LeftParen) => {
                self.advance();
                let inner = self.expression()?;
                if !self.eat_symbol(Symbol::RightParen) {
                    return Err(self.unclosed(token));
                }
                // The place is that of the expression with its parentheses.
                self.node(inner.kind, start)
            }
            TokenKind::Keyword(keyword) => self.keyword_operand(keyword, start),
            TokenKind::Word | TokenKind::Quoted(_) | TokenKind::Variable => self.named(start),
            TokenKind::Symbol(_) => Err(self.no_expression()),
        }
    }

    fn no_expression(&self) -> Box<Diagnostic> {
        if let Some(TokenKind::Keyword(keyword)) = self.kind_at(0)
            && keyword.is_reserved()
            && !super::suggest::is_structural(keyword)
        {
            return self.reserved(keyword);
        }
        self.unexpected_for("an expression", "")
    }

    fn unclosed(&self, open: Token<'_>) -> Box<Diagnostic> {
        let diagnostic = self.unexpected_for("`)`", "");
        Box::new(diagnostic.with_label(open.span, "opened here"))
    }

    fn keyword_operand(&mut self, keyword: Keyword, start: Span) -> Parsed<Expr> {
        let kind = match keyword {
            Keyword::Null => ExprKind::Null,
            Keyword::True => ExprKind::Boolean(true),
            Keyword::False => ExprKind::Boolean(false),
            Keyword::Case => return self.case(start),
            Keyword::Cast => return self.cast(start),
            Keyword::Array if self.is_symbol(1, Symbol::LeftBracket) => return self.array(start),
            Keyword::Map if self.is_symbol(1, Symbol::LeftParen) => return self.map(start),
            Keyword::Struct if self.is_symbol(1, Symbol::LeftParen) => {
                return self.structure(start);
            }
            _ if keyword.is_reserved() => return Err(self.no_expression()),
            _ => return self.named(start),
        };
        self.advance();
        self.node(kind, start)
    }

    fn number_node(&mut self, start: Span) -> Parsed<Expr> {
        let number = self.number()?;
        self.node(ExprKind::Number(number), start)
    }

    /// `[-]digits`, checked to fit its type.
    pub(super) fn number(&mut self) -> Parsed<Number> {
        let start = self.here();
        let minus = if self.eat_symbol(Symbol::Minus) { "-" } else { "" };
        let (kind, digits) = self.expect_with("a number", "", |token| match token.kind {
            TokenKind::Integer => Some((NumberKind::Integer, token.text)),
            TokenKind::Decimal => Some((NumberKind::Decimal, token.text)),
            TokenKind::Double => Some((NumberKind::Double, token.text)),
            _ => None,
        })?;
        let text = format!("{minus}{digits}").into_boxed_str();
        let (fits, type_name) = match kind {
            NumberKind::Integer => (text.parse::<i64>().is_ok(), "BIGINT"),
            NumberKind::Decimal => (true, "DECIMAL"),
            NumberKind::Double => (text.parse::<f64>().is_ok_and(f64::is_finite), "DOUBLE"),
        };
        if !fits {
            let message = format!("the number {} overflows {type_name}", shorten(&text));
            return Err(Box::new(Diagnostic::error(Code::NUMBER, message, self.since(start))));
        }
        Ok(Number { kind, text })
    }

    /// What begins with a name: a column, a call, or a text of a type.
    fn named(&mut self, start: Span) -> Parsed<Expr> {
        let name = self.name("an expression")?;
        if let Some(text) = self.peek_string(0) {
            self.advance();
            return self.node(ExprKind::Typed(name, text.into()), start);
        }
        if self.is_symbol(0, Symbol::LeftParen) {
            return self.call(name, start);
        }
        let kind = if self.is_symbol(0, Symbol::Dot) && !self.is_symbol(1, Symbol::Asterisk) {
            self.advance();
            let column = self.name("the name of a column")?;
            ExprKind::Column { source: Some(name), name: column }
        } else {
            ExprKind::Column { source: None, name }
        };
        self.node(kind, start)
    }

    fn call(&mut self, name: Ident, start: Span) -> Parsed<Expr> {
        let open = self.peek();
        self.advance();
        if self.is_symbol(0, Symbol::Asterisk) && self.is_symbol(1, Symbol::RightParen) {
            self.advance();
            self.advance();
            return self.node(ExprKind::CallAll(name), start);
        }
        let mut arguments = Vec::new();
        if !self.eat_symbol(Symbol::RightParen) {
            arguments = self.comma_separated(Self::argument)?;
            if !self.eat_symbol(Symbol::RightParen) {
                return Err(match open {
                    Some(open) => self.unclosed(open),
                    None => self.unexpected(),
                });
            }
        }
        self.node(ExprKind::Call(name, arguments), start)
    }

    fn argument(&mut self) -> Parsed<Expr> {
        let start = self.here();
        if let Some(TokenKind::Keyword(keyword)) = self.kind_at(0)
            && keyword.is_reserved()
            && let Some(unit) = time_unit(keyword)
        {
            self.advance();
            return self.node(ExprKind::Unit(unit), start);
        }
        match self.lambda_parameters() {
            Some(parameters) => {
                let body = Box::new(self.expression()?);
                self.node(ExprKind::Lambda(parameters, body), start)
            }
            None => self.expression(),
        }
    }

    /// Takes `x =>` or `(x, y) =>`, or nothing.
    fn lambda_parameters(&mut self) -> Option<Vec<Ident>> {
        let bracketed = usize::from(self.is_symbol(0, Symbol::LeftParen));
        let mut parameters = Vec::new();
        let mut ahead = bracketed;
        while self.is_name(ahead) {
            parameters.push(ident(self.peek_at(ahead)?));
            ahead += 1;
            if bracketed == 0 || !self.is_symbol(ahead, Symbol::Comma) {
                break;
            }
            ahead += 1;
        }
        if bracketed == 1 {
            if !self.is_symbol(ahead, Symbol::RightParen) {
                return None;
            }
            ahead += 1;
        }
        if parameters.is_empty() || !self.is_symbol(ahead, Symbol::Lambda) {
            return None;
        }
        for _ in 0..=ahead {
            self.advance();
        }
        Some(parameters)
    }

    fn case(&mut self, start: Span) -> Parsed<Expr> {
        self.advance();
        let operand =
            if self.is_keyword(0, Keyword::When) { None } else { Some(Box::new(self.value()?)) };
        let mut branches = Vec::new();
        while self.eat(Keyword::When) {
            let when = self.expression()?;
            self.expect(Keyword::Then, "after the condition of WHEN")?;
            branches.push(Branch { when, then: self.expression()? });
        }
        if branches.is_empty() {
            return Err(self.unexpected_for("`WHEN`", "after CASE"));
        }
        let otherwise =
            if self.eat(Keyword::Else) { Some(Box::new(self.expression()?)) } else { None };
        if !self.eat(Keyword::End) {
            let diagnostic = self.unexpected_for("`END`", "after CASE");
            let case = Span::new(start.start, start.end);
            return Err(Box::new(diagnostic.with_label(case, "this CASE has no END")));
        }
        self.node(ExprKind::Case { operand, branches, otherwise }, start)
    }

    fn cast(&mut self, start: Span) -> Parsed<Expr> {
        self.advance();
        self.expect_symbol(Symbol::LeftParen, "after CAST")?;
        let value = Box::new(self.expression()?);
        self.expect(Keyword::As, "after the value of CAST")?;
        let target = self.type_name()?;
        self.expect_symbol(Symbol::RightParen, "after the type of CAST")?;
        self.node(ExprKind::Cast(value, target), start)
    }

    fn array(&mut self, start: Span) -> Parsed<Expr> {
        self.advance();
        self.advance();
        let mut items = Vec::new();
        if !self.eat_symbol(Symbol::RightBracket) {
            items = self.comma_separated(Self::expression)?;
            self.expect_symbol(Symbol::RightBracket, "after the items of ARRAY")?;
        }
        self.node(ExprKind::Array(items), start)
    }

    fn map(&mut self, start: Span) -> Parsed<Expr> {
        self.advance();
        self.advance();
        let mut entries = Vec::new();
        if !self.eat_symbol(Symbol::RightParen) {
            entries = self.comma_separated(|parser| {
                let key = parser.expression()?;
                parser.expect_symbol(Symbol::Assign, "after the key of a MAP's entry")?;
                Ok((key, parser.expression()?))
            })?;
            self.expect_symbol(Symbol::RightParen, "after the entries of MAP")?;
        }
        self.node(ExprKind::Map(entries), start)
    }

    fn structure(&mut self, start: Span) -> Parsed<Expr> {
        self.advance();
        self.advance();
        let mut fields = Vec::new();
        if !self.eat_symbol(Symbol::RightParen) {
            fields = self.comma_separated(|parser| {
                let name = parser.name("the name of a field")?;
                parser.expect_symbol(Symbol::Assign, "after the name of a STRUCT's field")?;
                Ok((name, parser.expression()?))
            })?;
            self.expect_symbol(Symbol::RightParen, "after the fields of STRUCT")?;
        }
        self.node(ExprKind::Struct(fields), start)
    }
}

/// The unit of time that a keyword is.
pub(super) const fn time_unit(keyword: Keyword) -> Option<TimeUnit> {
    match keyword {
        Keyword::Millisecond => Some(TimeUnit::Millisecond),
        Keyword::Milliseconds => Some(TimeUnit::Milliseconds),
        Keyword::Second => Some(TimeUnit::Second),
        Keyword::Seconds => Some(TimeUnit::Seconds),
        Keyword::Minute => Some(TimeUnit::Minute),
        Keyword::Minutes => Some(TimeUnit::Minutes),
        Keyword::Hour => Some(TimeUnit::Hour),
        Keyword::Hours => Some(TimeUnit::Hours),
        Keyword::Day => Some(TimeUnit::Day),
        Keyword::Days => Some(TimeUnit::Days),
        _ => None,
    }
}
