//! `SELECT`: its clauses in ksqlDB's order.

use super::cursor::{Parsed, Parser, ident};
use crate::sql::ast::{
    Emit, Expr, FromClause, Join, JoinKind, Query, Relation, SelectItem, Window, WindowKind,
};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::span::Span;
use crate::sql::token::{Keyword, Symbol, TokenKind};

/// The words that begin a clause.
const CLAUSES: [Keyword; 8] = [
    Keyword::From,
    Keyword::Window,
    Keyword::Where,
    Keyword::Group,
    Keyword::Partition,
    Keyword::Having,
    Keyword::Emit,
    Keyword::Limit,
];

impl Parser<'_> {
    /// `SELECT …`
    pub(super) fn query(&mut self) -> Parsed<Query> {
        let start = self.here();
        self.expect(Keyword::Select, "")?;
        let select = self.comma_separated(Self::select_item)?;
        self.expect(Keyword::From, "after the select list")?;
        let from = self.from()?;
        let window = if self.eat(Keyword::Window) { Some(self.window()?) } else { None };
        let filter = if self.eat(Keyword::Where) { Some(self.expression()?) } else { None };
        let group_by = self.by_clause(Keyword::Group)?;
        let partition_by = self.by_clause(Keyword::Partition)?;
        let having = if self.eat(Keyword::Having) { Some(self.expression()?) } else { None };
        let emit = if self.eat(Keyword::Emit) { Some(self.emit()?) } else { None };
        let limit = if self.eat(Keyword::Limit) { Some(self.count("after LIMIT")?) } else { None };
        self.check_clause_order()?;
        let span = self.since(start).into();
        Ok(Query {
            select,
            from,
            window,
            filter,
            group_by,
            partition_by,
            having,
            emit,
            limit,
            span,
        })
    }

    fn select_item(&mut self) -> Parsed<SelectItem> {
        let (start, first) = (self.here(), self.position());
        if self.is_symbol(0, Symbol::Asterisk) {
            self.advance();
            return Ok(SelectItem::All { source: None, span: self.since(start).into() });
        }
        if self.is_name(0) && self.is_symbol(1, Symbol::Dot) && self.is_symbol(2, Symbol::Asterisk)
        {
            let source = self.peek().map(ident);
            self.advance();
            self.advance();
            self.advance();
            return Ok(SelectItem::All { source, span: self.since(start).into() });
        }
        if self.is_keyword(0, Keyword::Distinct) {
            let message = "ksqlDB has no SELECT DISTINCT";
            let help = "group by the columns: SELECT a, COUNT(*) … GROUP BY a";
            let diagnostic = Diagnostic::error(Code::NOT_KSQL, message, start);
            return Err(Box::new(diagnostic.with_help(help)));
        }
        let value = self.expression()?;
        let starred = self.is_symbol(0, Symbol::StructField) && self.is_symbol(1, Symbol::Asterisk);
        if starred && self.starred == Some(first) {
            self.advance();
            self.advance();
            return Ok(SelectItem::StructAll { base: value, span: self.since(start).into() });
        }
        let alias = self.alias()?;
        Ok(SelectItem::Expr { value, alias })
    }

    fn from(&mut self) -> Parsed<FromClause> {
        let first = self.relation()?;
        let mut joins = Vec::new();
        loop {
            let start = self.here();
            let Some(kind) = self.join_kind()? else { break };
            joins.push(self.join(kind, start)?);
        }
        if self.is_symbol(0, Symbol::Comma) {
            let message = "ksqlDB joins with JOIN, not with a comma";
            let help = "write FROM a JOIN b ON a.x = b.x";
            let diagnostic = Diagnostic::error(Code::NOT_KSQL, message, self.here());
            return Err(Box::new(diagnostic.with_help(help)));
        }
        Ok(FromClause { first, joins })
    }

    fn relation(&mut self) -> Parsed<Relation> {
        let start = self.here();
        if self.is_symbol(0, Symbol::LeftParen) {
            let message = "ksqlDB has no subqueries";
            let help = "make a stream or table of it: CREATE STREAM name AS SELECT …";
            let diagnostic = Diagnostic::error(Code::NOT_KSQL, message, start);
            return Err(Box::new(diagnostic.with_help(help)));
        }
        let source = self.name("the name of a stream or table")?;
        let alias = self.alias()?;
        Ok(Relation { source, alias, span: self.since(start).into() })
    }

    fn join_kind(&mut self) -> Parsed<Option<JoinKind>> {
        if self.eat(Keyword::Join) {
            return Ok(Some(JoinKind::Inner));
        }
        let kind = if self.eat(Keyword::Inner) {
            JoinKind::Inner
        } else if self.eat(Keyword::Left) {
            JoinKind::Left
        } else if self.eat(Keyword::Right) {
            JoinKind::Right
        } else if self.eat(Keyword::Full) {
            JoinKind::Full
        } else {
            return Ok(None);
        };
        if kind != JoinKind::Inner {
            self.eat(Keyword::Outer);
        }
        if self.eat(Keyword::Join) { Ok(Some(kind)) } else { Err(self.unexpected()) }
    }

    fn join(&mut self, kind: JoinKind, start: Span) -> Parsed<Join> {
        let relation = self.relation()?;
        let within = if self.eat(Keyword::Within) { Some(self.within()?) } else { None };
        if !self.eat(Keyword::On) {
            return Err(self.unexpected());
        }
        let on = self.expression()?;
        Ok(Join { kind, relation, within, on, span: self.since(start).into() })
    }

    fn window(&mut self) -> Parsed<Window> {
        let start = self.here();
        let named = self.kind_at(0) == Some(TokenKind::Word)
            && [Keyword::Tumbling, Keyword::Hopping, Keyword::Session]
                .iter()
                .any(|&kind| self.is_keyword(1, kind));
        let name = if named { Some(self.name("the name of the window")?) } else { None };
        let kind = if self.eat(Keyword::Tumbling) {
            self.expect_symbol(Symbol::LeftParen, "after TUMBLING")?;
            WindowKind::Tumbling { size: self.size()? }
        } else if self.eat(Keyword::Hopping) {
            self.expect_symbol(Symbol::LeftParen, "after HOPPING")?;
            let size = self.size()?;
            self.expect_symbol(Symbol::Comma, "after the SIZE of a hopping window")?;
            self.expect(Keyword::Advance, "after the SIZE of a hopping window")?;
            self.expect(Keyword::By, "after ADVANCE")?;
            WindowKind::Hopping { size, advance: self.duration("after ADVANCE BY")? }
        } else if self.eat(Keyword::Session) {
            self.expect_symbol(Symbol::LeftParen, "after SESSION")?;
            WindowKind::Session { gap: self.duration("as the gap of the session")? }
        } else {
            return Err(self.unexpected());
        };
        let (retention, grace) = self.window_limits()?;
        Ok(Window { name, kind, retention, grace, span: self.since(start).into() })
    }

    /// `GROUP BY a, b` or `GROUP BY (a, b)`; nothing without the clause.
    fn by_clause(&mut self, keyword: Keyword) -> Parsed<Vec<Expr>> {
        if keyword == Keyword::Partition && !self.is_keyword(1, Keyword::By) {
            return Ok(Vec::new());
        }
        if !self.eat(keyword) {
            return Ok(Vec::new());
        }
        self.expect(Keyword::By, &format!("after {keyword}"))?;
        if self.is_symbol(0, Symbol::LeftParen) && self.is_parenthesised_list() {
            return self.parenthesised("", Self::value);
        }
        self.comma_separated(Self::value)
    }

    /// Whether the parenthesis at the current token holds a list, and not the beginning of an
    /// expression: a comma in it separates expressions.
    fn is_parenthesised_list(&self) -> bool {
        let mut open = 0usize;
        let mut ahead = 0;
        while let Some(kind) = self.kind_at(ahead) {
            match kind {
                TokenKind::Symbol(Symbol::LeftParen | Symbol::LeftBracket) => open += 1,
                TokenKind::Symbol(Symbol::RightParen | Symbol::RightBracket) => open -= 1,
                TokenKind::Symbol(Symbol::Comma) if open == 1 => return true,
                _ => {}
            }
            if open == 0 {
                return false;
            }
            ahead += 1;
        }
        false
    }

    fn emit(&mut self) -> Parsed<Emit> {
        if self.eat(Keyword::Changes) {
            Ok(Emit::Changes)
        } else if self.eat(Keyword::Final) {
            Ok(Emit::Final)
        } else {
            Err(self.unexpected())
        }
    }

    /// Refuses a clause behind those that must follow it.
    fn check_clause_order(&self) -> Parsed<()> {
        let Some(token) = self.peek() else { return Ok(()) };
        let TokenKind::Keyword(keyword) = token.kind else { return Ok(()) };
        if !CLAUSES.contains(&keyword) {
            return Ok(());
        }
        let message = format!("the {keyword} clause is given twice or comes too late");
        let help = "the order is SELECT, FROM, WINDOW, WHERE, GROUP BY, PARTITION BY, HAVING, \
                    EMIT, LIMIT";
        let diagnostic = Diagnostic::error(Code::CLAUSE_ORDER, message, token.span);
        Err(Box::new(diagnostic.with_help(help)))
    }
}
