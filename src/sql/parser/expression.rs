//! Operators, by binding power.
//!
//! From the loosest: `OR`; `AND`; `NOT`; predicates (`=`, `BETWEEN`, `IN`, `LIKE`, `IS`), which do
//! not chain; `||`; `+ -`; `* / %`; signs; `AT TIME ZONE`.

use super::cursor::{Parsed, Parser, shorten};
use crate::sql::ast::{ArithmeticOp, ComparisonOp, Expr, ExprKind, Sign};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::lexer::unquote;
use crate::sql::span::Span;
use crate::sql::token::{Keyword, Symbol, TokenKind};

/// How tightly an operator binds its operands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Power {
    Or,
    And,
    Not,
    Predicate,
    Concat,
    Sum,
    Product,
    Sign,
    Zone,
}

impl Power {
    /// The least power of a right operand, so that operators group to the left.
    const fn above(self) -> Self {
        match self {
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Predicate,
            Self::Predicate => Self::Concat,
            Self::Concat => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Sign,
            Self::Sign | Self::Zone => Self::Zone,
        }
    }
}

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.nested(|parser| parser.operators(Power::Or))
    }

    /// An expression whose outermost operator is no predicate, `NOT`, `AND` or `OR`: where the
    /// grammar wants a value, as in `GROUP BY`.
    pub(super) fn value(&mut self) -> Parsed<Expr> {
        self.nested(|parser| parser.operators(Power::Concat))
    }

    /// A right operand: it takes stack too, but less than a level of nesting.
    fn right_operand(&mut self, least: Power) -> Parsed<Expr> {
        self.deeper(1, |parser| parser.operators(least))
    }

    /// Operators that bind at least as tightly as `least`.
    fn operators(&mut self, least: Power) -> Parsed<Expr> {
        let start = self.here();
        // `level`: how tightly what was read holds together, as the left operand of what follows.
        let (mut left, mut level) = self.prefix(least)?;
        while let Some(power) = self.next_power() {
            if power < least || power > level {
                break;
            }
            if power == Power::Predicate && level == Power::Predicate {
                return Err(self.chained());
            }
            left = self.operator(left, power, start)?;
            level = power;
        }
        Ok(left)
    }

    /// The power of the operator at the current token, if it is one.
    fn next_power(&self) -> Option<Power> {
        let power = match self.kind_at(0)? {
            TokenKind::Keyword(Keyword::Or) => Power::Or,
            TokenKind::Keyword(Keyword::And) => Power::And,
            TokenKind::Keyword(Keyword::At) => Power::Zone,
            TokenKind::Symbol(Symbol::Concat) => Power::Concat,
            TokenKind::Symbol(symbol) if arithmetic(symbol).is_some_and(is_product) => {
                Power::Product
            }
            TokenKind::Symbol(symbol) if arithmetic(symbol).is_some() => Power::Sum,
            _ if self.at_predicate() => Power::Predicate,
            _ => return None,
        };
        Some(power)
    }

    /// What comes before or without operators, and how tightly it holds together.
    fn prefix(&mut self, least: Power) -> Parsed<(Expr, Power)> {
        let start = self.here();
        if self.is_keyword(0, Keyword::Not) && least <= Power::Not {
            self.advance();
            let operand = self.nested(|parser| parser.operators(Power::Not))?;
            return Ok((self.node(ExprKind::Not(Box::new(operand)), start)?, Power::Not));
        }
        let sign = match self.kind_at(0) {
            Some(TokenKind::Symbol(Symbol::Plus)) => Sign::Plus,
            Some(TokenKind::Symbol(Symbol::Minus)) if !self.is_number(1) => Sign::Minus,
            _ => return Ok((self.operand()?, Power::Zone)),
        };
        self.advance();
        let operand = self.nested(|parser| parser.operators(Power::Sign))?;
        Ok((self.node(ExprKind::Signed(sign, Box::new(operand)), start)?, Power::Sign))
    }

    /// The operator at the current token, of this `power`, with its right operands.
    fn operator(&mut self, left: Expr, power: Power, start: Span) -> Parsed<Expr> {
        if power == Power::Predicate {
            return self.predicate(left, start);
        }
        if matches!(power, Power::And | Power::Or) {
            return self.connective(left, power, start);
        }
        let symbol = self.peek().map(|token| token.kind);
        self.advance();
        let left = Box::new(left);
        let kind = if power == Power::Zone {
            self.expect(Keyword::Time, "")?;
            self.expect(Keyword::Zone, "after `AT TIME`")?;
            ExprKind::AtTimeZone(left, self.string("a time zone as a text", "")?)
        } else {
            let right = Box::new(self.right_operand(power.above())?);
            match symbol {
                Some(TokenKind::Symbol(symbol)) => match arithmetic(symbol) {
                    Some(op) => ExprKind::Arithmetic(op, left, right),
                    None => ExprKind::Concat(left, right),
                },
                _ => unreachable!("only signs have this power"),
            }
        };
        self.node(kind, start)
    }

    /// `left AND …` with all that follow: one node, so that a long chain is not a high tree.
    fn connective(&mut self, left: Expr, power: Power, start: Span) -> Parsed<Expr> {
        let keyword = if power == Power::And { Keyword::And } else { Keyword::Or };
        let mut operands = vec![left];
        while self.is_keyword(0, keyword) {
            self.advance();
            operands.push(self.right_operand(power.above())?);
        }
        let kind =
            if power == Power::And { ExprKind::And(operands) } else { ExprKind::Or(operands) };
        self.node(kind, start)
    }

    fn is_number(&self, ahead: usize) -> bool {
        let kind = self.kind_at(ahead);
        matches!(kind, Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Double))
    }

    fn at_predicate(&self) -> bool {
        let negated = usize::from(self.is_keyword(0, Keyword::Not));
        match self.kind_at(negated) {
            Some(TokenKind::Keyword(Keyword::Between | Keyword::In | Keyword::Like)) => true,
            Some(TokenKind::Keyword(Keyword::Is)) => negated == 0,
            Some(TokenKind::Symbol(symbol)) => negated == 0 && comparison(symbol).is_some(),
            _ => false,
        }
    }

    fn chained(&self) -> Box<Diagnostic> {
        let message = "comparisons cannot be chained";
        let help = "join them with AND, or put one in parentheses";
        Box::new(Diagnostic::error(Code::UNEXPECTED, message, self.here()).with_help(help))
    }

    fn predicate(&mut self, left: Expr, start: Span) -> Parsed<Expr> {
        if let Some(TokenKind::Symbol(symbol)) = self.kind_at(0)
            && let Some(op) = comparison(symbol)
        {
            self.advance();
            if op == ComparisonOp::Equal && self.is_symbol(0, Symbol::Equal) {
                let help = "a single `=` compares";
                return Err(Box::new(self.unexpected_for("a value", "").with_help(help)));
            }
            let right = self.right_operand(Power::Concat)?;
            return self.node(ExprKind::Compare(op, Box::new(left), Box::new(right)), start);
        }
        if self.eat(Keyword::Is) {
            return self.is_predicate(Box::new(left), start);
        }
        let negated = self.eat(Keyword::Not);
        let value = Box::new(left);
        let kind = if self.eat(Keyword::Between) {
            let low = Box::new(self.right_operand(Power::Concat)?);
            self.expect(Keyword::And, "after the lower bound of BETWEEN")?;
            let high = Box::new(self.right_operand(Power::Concat)?);
            ExprKind::Between { negated, value, low, high }
        } else if self.eat(Keyword::Like) {
            let pattern = Box::new(self.right_operand(Power::Concat)?);
            let escape = if self.eat(Keyword::Escape) { Some(self.escape()?) } else { None };
            ExprKind::Like { negated, value, pattern, escape }
        } else {
            self.expect(Keyword::In, "")?;
            self.expect_symbol(Symbol::LeftParen, "after IN")?;
            let list = self.comma_separated(Self::expression)?;
            self.expect_symbol(Symbol::RightParen, "after the list of IN")?;
            ExprKind::In { negated, value, list }
        };
        self.node(kind, start)
    }

    fn is_predicate(&mut self, left: Box<Expr>, start: Span) -> Parsed<Expr> {
        let negated = self.eat(Keyword::Not);
        let kind = if self.eat(Keyword::Null) {
            ExprKind::IsNull { negated, value: left }
        } else if self.eat(Keyword::Distinct) {
            self.expect(Keyword::From, "after IS DISTINCT")?;
            ExprKind::IsDistinct {
                negated,
                left,
                right: Box::new(self.right_operand(Power::Concat)?),
            }
        } else {
            return Err(self.unexpected());
        };
        self.node(kind, start)
    }

    fn escape(&mut self) -> Parsed<char> {
        let span = self.here();
        let text = self.string("the escape character as a text", "")?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(character),
            _ => {
                let message = format!("ESCAPE wants one character, not '{}'", shorten(&text));
                Err(Box::new(Diagnostic::error(Code::LITERAL, message, span)))
            }
        }
    }

    /// `rule, rule, …`
    pub(super) fn comma_separated<T>(
        &mut self,
        mut rule: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut items = vec![rule(self)?];
        while self.eat_symbol(Symbol::Comma) {
            items.push(rule(self)?);
        }
        Ok(items)
    }

    /// `(rule, …)`, `()` too when `rule` need not match; `after` names what it stands behind.
    pub(super) fn parenthesised<T>(
        &mut self,
        after: &str,
        rule: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.expect_symbol(Symbol::LeftParen, after)?;
        let items = self.comma_separated(rule)?;
        if self.eat_symbol(Symbol::RightParen) { Ok(items) } else { Err(self.unexpected()) }
    }

    /// The text of the current token when it is a string, without its quotes.
    pub(super) fn peek_string(&self, ahead: usize) -> Option<String> {
        let token = self.peek_at(ahead)?;
        (token.kind == TokenKind::String).then(|| unquote(token.text))
    }
}

const fn arithmetic(symbol: Symbol) -> Option<ArithmeticOp> {
    match symbol {
        Symbol::Plus => Some(ArithmeticOp::Add),
        Symbol::Minus => Some(ArithmeticOp::Subtract),
        Symbol::Asterisk => Some(ArithmeticOp::Multiply),
        Symbol::Slash => Some(ArithmeticOp::Divide),
        Symbol::Percent => Some(ArithmeticOp::Modulo),
        _ => None,
    }
}

const fn is_product(op: ArithmeticOp) -> bool {
    matches!(op, ArithmeticOp::Multiply | ArithmeticOp::Divide | ArithmeticOp::Modulo)
}

const fn comparison(symbol: Symbol) -> Option<ComparisonOp> {
    match symbol {
        Symbol::Equal => Some(ComparisonOp::Equal),
        Symbol::NotEqual | Symbol::BangEqual => Some(ComparisonOp::NotEqual),
        Symbol::Less => Some(ComparisonOp::Less),
        Symbol::LessOrEqual => Some(ComparisonOp::LessOrEqual),
        Symbol::Greater => Some(ComparisonOp::Greater),
        Symbol::GreaterOrEqual => Some(ComparisonOp::GreaterOrEqual),
        _ => None,
    }
}
