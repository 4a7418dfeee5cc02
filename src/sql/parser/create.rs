//! Statements that make, fill, change and remove things.

use super::cursor::{Parsed, Parser};
use crate::sql::ast::{
    CreateSource, CreateSourceAs, Ident, Property, SourceKind, StatementKind, TypeName,
};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::token::{Keyword, Symbol, TokenKind};

/// What stands between `CREATE` and the name of a stream or table.
struct Head {
    source_kind: SourceKind,
    or_replace: bool,
    read_only: bool,
    if_not_exists: bool,
    name: Ident,
}

impl Parser<'_> {
    /// What follows `CREATE`.
    pub(super) fn create(&mut self) -> Parsed<StatementKind> {
        if self.eat(Keyword::Type) {
            return self.create_type();
        }
        let connector = self.is_keyword(1, Keyword::Connector);
        if connector && self.is_keyword(0, Keyword::Sink) {
            return self.create_connector(true);
        }
        if connector && self.is_keyword(0, Keyword::Source) {
            return self.create_connector(false);
        }
        let or_replace = self.eat(Keyword::Or);
        if or_replace {
            self.expect(Keyword::Replace, "after CREATE OR")?;
        }
        let read_only = self.eat(Keyword::Source);
        let source_kind = self.source_kind()?;
        let if_not_exists = self.if_not_exists()?;
        let name = self.name(name_of(source_kind))?;
        self.create_source(Head { source_kind, or_replace, read_only, if_not_exists, name })
    }

    fn create_source(&mut self, head: Head) -> Parsed<StatementKind> {
        let Head { source_kind, or_replace, read_only, if_not_exists, name } = head;
        let list = self.here();
        let has_columns = self.is_symbol(0, Symbol::LeftParen);
        let columns = self.columns()?;
        let list = self.since(list);
        let properties = self.with_properties()?;
        if !self.eat(Keyword::As) {
            return Ok(StatementKind::CreateSource(CreateSource {
                source_kind,
                or_replace,
                read_only,
                if_not_exists,
                name,
                columns,
                properties,
            }));
        }
        if has_columns || read_only {
            let (what, span) =
                if has_columns { ("a column list", list) } else { ("CREATE SOURCE", self.here()) };
            let message = format!("{what} cannot be combined with AS SELECT");
            let help = "the columns come from the query";
            let diagnostic = Diagnostic::error(Code::UNEXPECTED, message, span).with_help(help);
            self.diagnostics.push(diagnostic);
        }
        let query = Box::new(self.query()?);
        Ok(StatementKind::CreateSourceAs(CreateSourceAs {
            source_kind,
            or_replace,
            if_not_exists,
            name,
            properties,
            query,
        }))
    }

    fn create_type(&mut self) -> Parsed<StatementKind> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.name("the type's name")?;
        self.expect(Keyword::As, "after the type's name")?;
        Ok(StatementKind::CreateType { if_not_exists, name, target: self.type_name()? })
    }

    fn create_connector(&mut self, sink: bool) -> Parsed<StatementKind> {
        self.advance();
        self.advance();
        let if_not_exists = self.if_not_exists()?;
        let name = self.name("the connector's name")?;
        let properties = self.required_properties()?;
        Ok(StatementKind::CreateConnector { sink, if_not_exists, name, properties })
    }

    fn required_properties(&mut self) -> Parsed<Vec<Property>> {
        if !self.is_keyword(0, Keyword::With) {
            return Err(self.unexpected_for("`WITH`", "after the connector's name"));
        }
        self.with_properties()
    }

    /// What follows `INSERT`.
    pub(super) fn insert(&mut self) -> Parsed<StatementKind> {
        self.expect(Keyword::Into, "after INSERT")?;
        let target = self.name("the name of a stream or table")?;
        let columns = self.name_list()?;
        if self.eat(Keyword::Values) {
            let values = self.value_list("after VALUES")?;
            if self.is_symbol(0, Symbol::Comma) {
                let message = "ksqlDB inserts one row at a time";
                let help = "write an INSERT statement for each row";
                let diagnostic = Diagnostic::error(Code::NOT_KSQL, message, self.here());
                return Err(Box::new(diagnostic.with_help(help)));
            }
            return Ok(StatementKind::InsertValues { target, columns, values });
        }
        if !columns.is_empty() {
            return Err(self.unexpected_for("`VALUES`", "after the column list"));
        }
        let properties = self.with_properties()?;
        if !self.is_keyword(0, Keyword::Select) {
            return Err(self.unexpected_for("`VALUES`, `WITH` or `SELECT`", ""));
        }
        let query = Box::new(self.query()?);
        Ok(StatementKind::InsertSelect { target, properties, query })
    }

    /// What follows `DROP`.
    pub(super) fn drop_statement(&mut self) -> Parsed<StatementKind> {
        if self.eat(Keyword::Connector) {
            let if_exists = self.if_exists();
            let name = self.name("the connector's name")?;
            return Ok(StatementKind::DropConnector { if_exists, name });
        }
        if self.eat(Keyword::Type) {
            let if_exists = self.if_exists();
            let name = self.name("the type's name")?;
            return Ok(StatementKind::DropType { if_exists, name });
        }
        let source_kind = self.source_kind()?;
        let if_exists = self.if_exists();
        let name = self.name(name_of(source_kind))?;
        let delete_topic = self.eat(Keyword::Delete);
        if delete_topic {
            self.expect(Keyword::Topic, "after DELETE")?;
        }
        Ok(StatementKind::DropSource { source_kind, if_exists, name, delete_topic })
    }

    /// What follows `ALTER`.
    pub(super) fn alter(&mut self) -> Parsed<StatementKind> {
        if self.eat(Keyword::System) {
            let name = self.string("the name of a property as a text", "")?;
            self.expect_symbol(Symbol::Equal, "after the name of the property")?;
            let value = self.string("the value of the property as a text", "")?;
            return Ok(StatementKind::AlterSystem { name, value });
        }
        let source_kind = self.source_kind()?;
        let name = self.name(name_of(source_kind))?;
        let columns = self.comma_separated(Self::added_column)?;
        Ok(StatementKind::AlterSource { source_kind, name, columns })
    }

    /// `ADD [COLUMN] name type`
    fn added_column(&mut self) -> Parsed<(Ident, TypeName)> {
        self.expect(Keyword::Add, "before a new column")?;
        // COLUMN is no reserved word: it is the column's own name when only a type follows it.
        let named =
            self.is_name(1) && !matches!(self.kind_at(2), None | Some(TokenKind::Symbol(_)));
        if self.is_keyword(0, Keyword::Column) && named {
            self.advance();
        }
        let name = self.name("the name of a column")?;
        Ok((name, self.type_name()?))
    }
}

const fn name_of(source_kind: SourceKind) -> &'static str {
    match source_kind {
        SourceKind::Stream => "the stream's name",
        SourceKind::Table => "the table's name",
    }
}
