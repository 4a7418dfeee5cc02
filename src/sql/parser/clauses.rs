//! What several statements share: durations, `WITHIN`, column lists, `WITH (…)`, literals.

use super::MAX_DIAGNOSTICS;
use super::cursor::{Parsed, Parser, ident};
use super::operand::time_unit;
use crate::sql::ast::{
    Column, ColumnConstraint, Duration, Expr, Ident, Literal, LiteralKind, Property, PropertyName,
    TopicName, Within,
};
use crate::sql::lexer::unquote;
use crate::sql::token::{Keyword, Symbol, TokenKind};

impl Parser<'_> {
    /// `30 MINUTES`
    pub(super) fn duration(&mut self, place: &str) -> Parsed<Duration> {
        let start = self.here();
        let count = self.count(place)?;
        let unit =
            self.expect_with("a unit of time (as SECONDS)", "", |token| match token.kind {
                TokenKind::Keyword(keyword) => time_unit(keyword),
                _ => None,
            })?;
        Ok(Duration { count, unit, span: self.since(start).into() })
    }

    /// `SIZE d`
    pub(super) fn size(&mut self) -> Parsed<Duration> {
        self.expect(Keyword::Size, "of the window")?;
        self.duration("after SIZE")
    }

    /// `[, RETENTION d] [, GRACE PERIOD d])`
    pub(super) fn window_limits(&mut self) -> Parsed<(Option<Duration>, Option<Duration>)> {
        let mut retention = None;
        let mut grace = None;
        while self.eat_symbol(Symbol::Comma) {
            if retention.is_none() && grace.is_none() && self.eat(Keyword::Retention) {
                retention = Some(self.duration("after RETENTION")?);
            } else if grace.is_none() && self.is_keyword(0, Keyword::Grace) {
                grace = self.grace()?;
            } else {
                return Err(self.unexpected_for("RETENTION and then GRACE PERIOD", "here"));
            }
        }
        if self.eat_symbol(Symbol::RightParen) {
            Ok((retention, grace))
        } else {
            Err(self.unexpected())
        }
    }

    /// `[GRACE PERIOD d]`
    fn grace(&mut self) -> Parsed<Option<Duration>> {
        if !self.eat(Keyword::Grace) {
            return Ok(None);
        }
        self.expect(Keyword::Period, "after GRACE")?;
        self.duration("after GRACE PERIOD").map(Some)
    }

    /// What stands behind `WITHIN`.
    pub(super) fn within(&mut self) -> Parsed<Within> {
        let start = self.here();
        let (before, after) = if self.eat_symbol(Symbol::LeftParen) {
            let before = self.duration("in WITHIN")?;
            self.expect_symbol(Symbol::Comma, "between the two durations of WITHIN")?;
            let after = self.duration("in WITHIN")?;
            self.expect_symbol(Symbol::RightParen, "after the durations of WITHIN")?;
            (before, Some(after))
        } else {
            (self.duration("after WITHIN")?, None)
        };
        let grace = self.grace()?;
        Ok(Within { before, after, grace, span: self.since(start).into() })
    }

    /// `[(name type [constraint], …)]`
    pub(super) fn columns(&mut self) -> Parsed<Vec<Column>> {
        self.recovering_list(Self::column)
    }

    /// `[(rule, …)]`, where an item that cannot be read is reported and passed over.
    fn recovering_list<T>(
        &mut self,
        mut rule: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        if !self.eat_symbol(Symbol::LeftParen) {
            return Ok(items);
        }
        loop {
            let first = self.position();
            let item = rule(self).and_then(|item| {
                let ends =
                    self.is_symbol(0, Symbol::Comma) || self.is_symbol(0, Symbol::RightParen);
                if ends { Ok(item) } else { Err(self.unexpected_for("`,` or `)`", "")) }
            });
            match item {
                Ok(item) => items.push(item),
                Err(diagnostic) => {
                    let next = self.find_statement(first);
                    let ends = self.skip_item(first);
                    let enough = self.diagnostics.len() >= MAX_DIAGNOSTICS;
                    if !ends || enough || next.is_some_and(|next| next < self.position()) {
                        return Err(diagnostic);
                    }
                    self.diagnostics.push(*diagnostic);
                }
            }
            if !self.eat_symbol(Symbol::Comma) {
                break;
            }
        }
        self.expect_symbol(Symbol::RightParen, "at the end of the list")?;
        Ok(items)
    }

    fn column(&mut self) -> Parsed<Column> {
        let start = self.here();
        let name = self.name("the name of a column")?;
        let data_type = self.type_name()?;
        let constraint = if self.eat(Keyword::Primary) {
            self.expect(Keyword::Key, "after PRIMARY")?;
            Some(ColumnConstraint::PrimaryKey)
        } else if self.eat(Keyword::Key) {
            Some(ColumnConstraint::Key)
        } else if self.eat(Keyword::Headers) {
            Some(ColumnConstraint::Headers)
        } else if self.eat(Keyword::Header) {
            self.expect_symbol(Symbol::LeftParen, "after HEADER")?;
            let name = self.string("the name of a header as a text", "")?;
            self.expect_symbol(Symbol::RightParen, "after the name of the header")?;
            Some(ColumnConstraint::Header(name))
        } else {
            None
        };
        Ok(Column { name, data_type, constraint, span: self.since(start).into() })
    }

    /// `[WITH (name = value, …)]`
    pub(super) fn with_properties(&mut self) -> Parsed<Vec<Property>> {
        if !self.eat(Keyword::With) {
            return Ok(Vec::new());
        }
        if !self.is_symbol(0, Symbol::LeftParen) {
            return Err(self.unexpected_for("`(`", "after WITH"));
        }
        self.recovering_list(Self::property)
    }

    fn property(&mut self) -> Parsed<Property> {
        let start = self.here();
        let name = match self.peek() {
            Some(token) if token.kind == TokenKind::String => {
                self.advance();
                PropertyName::String(unquote(token.text).into(), token.span.into())
            }
            _ => PropertyName::Ident(self.name("the name of a property")?),
        };
        self.expect_symbol(Symbol::Equal, "after the name of the property")?;
        let value = self.literal()?;
        Ok(Property { name, value, span: self.since(start).into() })
    }

    /// A literal outside of expressions.
    pub(super) fn literal(&mut self) -> Parsed<Literal> {
        let start = self.here();
        let kind = match self.peek() {
            Some(token) => match token.kind {
                TokenKind::Keyword(Keyword::Null) => LiteralKind::Null,
                TokenKind::Keyword(Keyword::True) => LiteralKind::Boolean(true),
                TokenKind::Keyword(Keyword::False) => LiteralKind::Boolean(false),
                TokenKind::String => LiteralKind::String(unquote(token.text).into()),
                TokenKind::Variable => LiteralKind::Variable(ident(token)),
                TokenKind::Integer
                | TokenKind::Decimal
                | TokenKind::Double
                | TokenKind::Symbol(Symbol::Minus) => {
                    let kind = LiteralKind::Number(self.number()?);
                    return Ok(Literal { kind, span: self.since(start).into() });
                }
                _ => return Err(self.unexpected_for("a literal", "")),
            },
            None => return Err(self.unexpected_for("a literal", "")),
        };
        self.advance();
        Ok(Literal { kind, span: self.since(start).into() })
    }

    /// `[(name, …)]`
    pub(super) fn name_list(&mut self) -> Parsed<Vec<Ident>> {
        if !self.is_symbol(0, Symbol::LeftParen) {
            return Ok(Vec::new());
        }
        self.parenthesised("", |parser| parser.name("the name of a column"))
    }

    /// `(value, …)`; `()` too.
    pub(super) fn value_list(&mut self, place: &str) -> Parsed<Vec<Expr>> {
        if self.is_symbol(0, Symbol::LeftParen) && self.is_symbol(1, Symbol::RightParen) {
            self.advance();
            self.advance();
            return Ok(Vec::new());
        }
        self.parenthesised(place, Self::value)
    }

    /// The name of a topic or a subject: bare, quoted or a text.
    pub(super) fn topic_name(&mut self) -> Parsed<TopicName> {
        if let Some(token) = self.peek()
            && token.kind == TokenKind::String
        {
            self.advance();
            return Ok(TopicName::String(unquote(token.text).into(), token.span.into()));
        }
        self.name("the name of a topic").map(TopicName::Ident)
    }
}
