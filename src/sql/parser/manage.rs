//! Statements that show, describe, configure and assert.

use super::cursor::{Parsed, Parser};
use crate::sql::ast::{
    AssertSource, Ident, Literal, LiteralKind, Names, Print, Sampling, Show, SourceKind,
    StatementKind,
};
use crate::sql::token::{Keyword, Symbol, TokenKind};

/// What can be listed, by its word.
const LISTS: [(Keyword, Names); 9] = [
    (Keyword::Streams, Names::Streams),
    (Keyword::Tables, Names::Tables),
    (Keyword::Topics, Names::Topics),
    (Keyword::Queries, Names::Queries),
    (Keyword::Functions, Names::Functions),
    (Keyword::Properties, Names::Properties),
    (Keyword::Types, Names::Types),
    (Keyword::Variables, Names::Variables),
    (Keyword::Connectors, Names::Connectors),
];

impl Parser<'_> {
    /// What follows `SHOW` or `LIST`.
    pub(super) fn show(&mut self) -> Parsed<Show> {
        let plain = |names| Show { names, all: false, extended: false };
        if self.eat(Keyword::All) {
            self.expect(Keyword::Topics, "after SHOW ALL")?;
            return Ok(Show {
                all: true,
                extended: self.eat(Keyword::Extended),
                ..plain(Names::Topics)
            });
        }
        if self.eat(Keyword::Source) {
            self.expect(Keyword::Connectors, "after SOURCE")?;
            return Ok(plain(Names::SourceConnectors));
        }
        if self.eat(Keyword::Sink) {
            self.expect(Keyword::Connectors, "after SINK")?;
            return Ok(plain(Names::SinkConnectors));
        }
        if self.eat(Keyword::Connector) {
            self.expect(Keyword::Plugins, "after CONNECTOR")?;
            return Ok(plain(Names::ConnectorPlugins));
        }
        let Some((_, names)) = LISTS.into_iter().find(|&(keyword, _)| self.eat(keyword)) else {
            return Err(self.unexpected_for("what to show, as STREAMS or TOPICS", ""));
        };
        let can_extend =
            matches!(names, Names::Streams | Names::Tables | Names::Topics | Names::Queries);
        let extended = can_extend && self.eat(Keyword::Extended);
        Ok(Show { extended, ..plain(names) })
    }

    /// What follows `DESCRIBE`.
    pub(super) fn describe(&mut self) -> Parsed<StatementKind> {
        if self.eat(Keyword::Connector) {
            return self.name("the connector's name").map(StatementKind::DescribeConnector);
        }
        // FUNCTION and TABLES are no reserved words: alone they are the name of a source.
        if self.is_keyword(0, Keyword::Function) && self.is_name(1) {
            self.advance();
            return self.name("the function's name").map(StatementKind::DescribeFunction);
        }
        let all = if self.eat(Keyword::Streams) {
            Some(SourceKind::Stream)
        } else if self.eat(Keyword::Tables) {
            Some(SourceKind::Table)
        } else {
            None
        };
        if let Some(source_kind) = all {
            let extended = self.eat(Keyword::Extended);
            return Ok(StatementKind::DescribeAll { source_kind, extended });
        }
        let name = self.name("the name of a stream or table")?;
        Ok(StatementKind::Describe { name, extended: self.eat(Keyword::Extended) })
    }

    /// What follows `PRINT`.
    pub(super) fn print(&mut self) -> Parsed<Print> {
        let topic = self.topic_name()?;
        let from_beginning = self.eat(Keyword::From);
        if from_beginning {
            self.expect(Keyword::Beginning, "after FROM")?;
        }
        let sampling = if self.eat(Keyword::Interval) {
            Some(Sampling { sample: false, every: self.count("after INTERVAL")? })
        } else if self.eat(Keyword::Sample) {
            Some(Sampling { sample: true, every: self.count("after SAMPLE")? })
        } else {
            None
        };
        let limit = if self.eat(Keyword::Limit) { Some(self.count("after LIMIT")?) } else { None };
        Ok(Print { topic, from_beginning, sampling, limit })
    }

    /// What follows `SET`.
    pub(super) fn set(&mut self) -> Parsed<StatementKind> {
        let name = self.property_text()?;
        self.expect_symbol(Symbol::Equal, "after the name of the property")?;
        Ok(StatementKind::Set { name, value: self.property_text()? })
    }

    /// `'text'` or `${name}`
    pub(super) fn property_text(&mut self) -> Parsed<Literal> {
        match self.kind_at(0) {
            Some(TokenKind::Variable) => self.literal(),
            _ => {
                let start = self.here();
                let text = self.string("a text", "here: properties stand in single quotes")?;
                let kind = LiteralKind::String(text);
                Ok(Literal { kind, span: self.since(start).into() })
            }
        }
    }

    /// What follows `DEFINE`.
    pub(super) fn define(&mut self) -> Parsed<StatementKind> {
        let name = self.variable_name()?;
        self.expect_symbol(Symbol::Equal, "after the name of the variable")?;
        let value = self.string("the value of the variable as a text", "")?;
        Ok(StatementKind::Define { name, value })
    }

    pub(super) fn variable_name(&mut self) -> Parsed<Ident> {
        if self.kind_at(0) == Some(TokenKind::Word) {
            return self.name("the name of a variable");
        }
        let mut diagnostic = self.unexpected_for("the name of a variable", "");
        if let Some(TokenKind::Keyword(_)) = self.kind_at(0) {
            diagnostic.help = Some("a keyword cannot be the name of a variable".to_owned());
        }
        Err(diagnostic)
    }

    /// What follows `ASSERT`.
    pub(super) fn assert(&mut self) -> Parsed<StatementKind> {
        if self.eat(Keyword::Null) {
            self.expect(Keyword::Values, "after ASSERT NULL")?;
            let source = self.name("the name of a stream or table")?;
            let columns = self.name_list()?;
            self.expect(Keyword::Key, "before the values of the key")?;
            let values = self.value_list("after KEY")?;
            return Ok(StatementKind::AssertTombstone { source, columns, values });
        }
        if self.eat(Keyword::Values) {
            let source = self.name("the name of a stream or table")?;
            let columns = self.name_list()?;
            self.expect(Keyword::Values, "before the values")?;
            let values = self.value_list("after VALUES")?;
            return Ok(StatementKind::AssertValues { source, columns, values });
        }
        if self.is_keyword(0, Keyword::Stream) || self.is_keyword(0, Keyword::Table) {
            let source_kind = self.source_kind()?;
            let name = self.name("the name of a stream or table")?;
            let columns = self.columns()?;
            let properties = self.with_properties()?;
            let assert = AssertSource { source_kind, name, columns, properties };
            return Ok(StatementKind::AssertSource(assert));
        }
        self.assert_existence()
    }

    fn assert_existence(&mut self) -> Parsed<StatementKind> {
        let exists = !self.eat(Keyword::Not);
        if !exists {
            self.expect(Keyword::Exists, "after ASSERT NOT")?;
        }
        if self.eat(Keyword::Topic) {
            let topic = self.topic_name()?;
            let properties = self.with_properties()?;
            let timeout = self.timeout()?;
            return Ok(StatementKind::AssertTopic { exists, topic, properties, timeout });
        }
        if !self.eat(Keyword::Schema) {
            let wanted = "VALUES, NULL VALUES, STREAM, TABLE, TOPIC or SCHEMA";
            return Err(self.unexpected_for(wanted, "after ASSERT"));
        }
        let subject = if self.eat(Keyword::Subject) { Some(self.topic_name()?) } else { None };
        let id = if self.eat(Keyword::Id) { Some(self.literal()?) } else { None };
        let timeout = self.timeout()?;
        Ok(StatementKind::AssertSchema { exists, subject, id, timeout })
    }

    fn timeout(&mut self) -> Parsed<Option<crate::sql::ast::Duration>> {
        if self.eat(Keyword::Timeout) {
            return self.duration("after TIMEOUT").map(Some);
        }
        Ok(None)
    }
}
