//! Which statement begins here.

use super::cursor::{Parsed, Parser};
use crate::sql::ast::{QueryTarget, SourceKind, Statement, StatementKind};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::token::{Keyword, TokenKind};

/// The words that begin statements, for messages and to see that a `;` is missing.
const STARTS: [Keyword; 19] = [
    Keyword::Alter,
    Keyword::Assert,
    Keyword::Create,
    Keyword::Define,
    Keyword::Describe,
    Keyword::Drop,
    Keyword::Explain,
    Keyword::Insert,
    Keyword::List,
    Keyword::Pause,
    Keyword::Print,
    Keyword::Resume,
    Keyword::Run,
    Keyword::Select,
    Keyword::Set,
    Keyword::Show,
    Keyword::Terminate,
    Keyword::Undefine,
    Keyword::Unset,
];

impl Parser<'_> {
    /// One statement.
    pub(super) fn statement(&mut self) -> Parsed<Statement> {
        let start = self.here();
        let kind = self.statement_kind()?;
        Ok(Statement { kind, span: self.since(start).into() })
    }

    fn statement_kind(&mut self) -> Parsed<StatementKind> {
        let Some(TokenKind::Keyword(keyword)) = self.kind_at(0) else {
            return Err(self.no_statement());
        };
        match keyword {
            Keyword::Select => return Ok(StatementKind::Query(Box::new(self.query()?))),
            Keyword::Create
            | Keyword::Insert
            | Keyword::Drop
            | Keyword::Alter
            | Keyword::Assert
            | Keyword::Terminate
            | Keyword::Pause
            | Keyword::Resume
            | Keyword::Show
            | Keyword::List
            | Keyword::Describe
            | Keyword::Explain
            | Keyword::Print
            | Keyword::Set
            | Keyword::Unset
            | Keyword::Define
            | Keyword::Undefine
            | Keyword::Run => self.advance(),
            _ => return Err(self.no_statement()),
        }
        match keyword {
            Keyword::Create => self.create(),
            Keyword::Insert => self.insert(),
            Keyword::Drop => self.drop_statement(),
            Keyword::Alter => self.alter(),
            Keyword::Assert => self.assert(),
            Keyword::Terminate => self.query_target().map(StatementKind::Terminate),
            Keyword::Pause => self.query_target().map(StatementKind::Pause),
            Keyword::Resume => self.query_target().map(StatementKind::Resume),
            Keyword::Show | Keyword::List => self.show().map(StatementKind::Show),
            Keyword::Describe => self.describe(),
            Keyword::Explain => self.explain(),
            Keyword::Print => self.print().map(StatementKind::Print),
            Keyword::Set => self.set(),
            Keyword::Unset => self.property_text().map(StatementKind::Unset),
            Keyword::Define => self.define(),
            Keyword::Undefine => self.variable_name().map(StatementKind::Undefine),
            _ => {
                self.expect(Keyword::Script, "after RUN")?;
                self.string("a file's name as a text", "").map(StatementKind::RunScript)
            }
        }
    }

    fn no_statement(&self) -> Box<Diagnostic> {
        let token = self.peek();
        let guess = token.and_then(|token| super::suggest::closest(token, STARTS.into_iter()));
        let known = [
            (
                "UPDATE",
                "write the new row with INSERT INTO … VALUES: the last one for a key counts",
            ),
            ("DELETE", "a table's row is deleted by a record with a null value (a tombstone)"),
            ("WITH", "ksqlDB has no common table expressions: CREATE STREAM … AS SELECT"),
            ("BEGIN", "ksqlDB has no transactions"),
            ("COMMIT", "ksqlDB has no transactions"),
        ];
        let foreign = token.and_then(|token| {
            known.into_iter().find(|(word, _)| token.text.eq_ignore_ascii_case(word))
        });
        let diagnostic = match foreign {
            Some((word, help)) => {
                let message = format!("ksqlDB has no {word} statement");
                Diagnostic::error(Code::NOT_KSQL, message, self.here()).with_help(help)
            }
            None => *self.unexpected_for("a statement", ""),
        };
        Box::new(match guess {
            Some(keyword) if foreign.is_none() => {
                diagnostic.with_help(format!("did you mean `{keyword}`?"))
            }
            _ => diagnostic,
        })
    }

    /// `STREAM` or `TABLE`
    pub(super) fn source_kind(&mut self) -> Parsed<SourceKind> {
        if self.eat(Keyword::Stream) {
            Ok(SourceKind::Stream)
        } else if self.eat(Keyword::Table) {
            Ok(SourceKind::Table)
        } else {
            Err(self.unexpected())
        }
    }

    /// `[IF NOT EXISTS]`
    pub(super) fn if_not_exists(&mut self) -> Parsed<bool> {
        if !(self.is_keyword(0, Keyword::If) && self.is_keyword(1, Keyword::Not)) {
            return Ok(false);
        }
        self.advance();
        self.advance();
        self.expect(Keyword::Exists, "after IF NOT").map(|()| true)
    }

    /// `[IF EXISTS]`
    pub(super) fn if_exists(&mut self) -> bool {
        let found = self.is_keyword(0, Keyword::If) && self.is_keyword(1, Keyword::Exists);
        if found {
            self.advance();
            self.advance();
        }
        found
    }

    fn query_target(&mut self) -> Parsed<QueryTarget> {
        if self.eat(Keyword::All) {
            return Ok(QueryTarget::All);
        }
        self.name("the id of a query").map(QueryTarget::Id)
    }

    fn explain(&mut self) -> Parsed<StatementKind> {
        let is_id = self.is_name(0) && self.peek_at(1).is_none();
        if is_id {
            return self.name("the id of a query").map(StatementKind::ExplainQuery);
        }
        if self.is_keyword(0, Keyword::Explain) {
            return Err(self.unexpected_for("a statement other than EXPLAIN", ""));
        }
        self.statement().map(|statement| StatementKind::Explain(Box::new(statement)))
    }

    /// Whether the current token can only be the beginning of another statement, so that all
    /// that is wrong is a missing `;`.
    pub(super) fn at_next_statement(&self) -> bool {
        let Some(TokenKind::Keyword(keyword)) = self.kind_at(0) else { return false };
        STARTS.contains(&keyword)
    }

    /// The first token at or behind `from` where a statement seems to begin: one of the words that
    /// do nothing else, first in its line.
    pub(super) fn find_statement(&self, from: usize) -> Option<usize> {
        let rest = self.tokens().get(from..)?;
        let found = rest.iter().position(|token| {
            token.first_in_line
                && matches!(
                    token.kind,
                    TokenKind::Keyword(
                        Keyword::Create
                            | Keyword::Insert
                            | Keyword::Drop
                            | Keyword::Describe
                            | Keyword::Terminate
                            | Keyword::List
                            | Keyword::Unset
                    )
                )
        });
        found.map(|index| from + index)
    }
}
