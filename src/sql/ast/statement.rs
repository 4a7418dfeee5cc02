//! Statements.

use super::{Duration, Expr, Ident, Literal, Place, Property, Query, TopicName, TypeName};

/// One statement, without its `;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Place,
}

/// The statements of ksqlDB and of its testing tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// `SELECT …`: a push query with `EMIT`, a pull query without.
    Query(Box<Query>),
    /// `CREATE STREAM|TABLE name (columns) WITH (…)`
    CreateSource(CreateSource),
    /// `CREATE STREAM|TABLE name WITH (…) AS SELECT …`
    CreateSourceAs(CreateSourceAs),
    /// `CREATE SOURCE|SINK CONNECTOR [IF NOT EXISTS] name WITH (…)`
    CreateConnector {
        /// `SINK`, else `SOURCE`.
        sink: bool,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
        /// Its name.
        name: Ident,
        /// `WITH`
        properties: Vec<Property>,
    },
    /// `CREATE TYPE [IF NOT EXISTS] name AS type`
    CreateType {
        /// `IF NOT EXISTS`
        if_not_exists: bool,
        /// Its name.
        name: Ident,
        /// What it stands for.
        target: TypeName,
    },
    /// `INSERT INTO target [WITH (…)] SELECT …`
    InsertSelect {
        /// The stream.
        target: Ident,
        /// `WITH`
        properties: Vec<Property>,
        /// What goes in.
        query: Box<Query>,
    },
    /// `INSERT INTO target [(columns)] VALUES (…)`
    InsertValues {
        /// The stream or table.
        target: Ident,
        /// Which columns; empty for all in order.
        columns: Vec<Ident>,
        /// One value for each.
        values: Vec<Expr>,
    },
    /// `DROP STREAM|TABLE [IF EXISTS] name [DELETE TOPIC]`
    DropSource {
        /// Stream or table.
        source_kind: SourceKind,
        /// `IF EXISTS`
        if_exists: bool,
        /// Its name.
        name: Ident,
        /// `DELETE TOPIC`
        delete_topic: bool,
    },
    /// `DROP CONNECTOR [IF EXISTS] name`
    DropConnector {
        /// `IF EXISTS`
        if_exists: bool,
        /// Its name.
        name: Ident,
    },
    /// `DROP TYPE [IF EXISTS] name`
    DropType {
        /// `IF EXISTS`
        if_exists: bool,
        /// Its name.
        name: Ident,
    },
    /// `ALTER STREAM|TABLE name ADD [COLUMN] column type, …`
    AlterSource {
        /// Stream or table.
        source_kind: SourceKind,
        /// Its name.
        name: Ident,
        /// The new columns; one or more.
        columns: Vec<(Ident, TypeName)>,
    },
    /// `ALTER SYSTEM 'name'='value'`
    AlterSystem {
        /// The property.
        name: Box<str>,
        /// Its value.
        value: Box<str>,
    },
    /// `TERMINATE id|ALL`
    Terminate(QueryTarget),
    /// `PAUSE id|ALL`
    Pause(QueryTarget),
    /// `RESUME id|ALL`
    Resume(QueryTarget),
    /// `SHOW|LIST …`
    Show(Show),
    /// `DESCRIBE name [EXTENDED]`
    Describe {
        /// The stream or table.
        name: Ident,
        /// `EXTENDED`
        extended: bool,
    },
    /// `DESCRIBE STREAMS|TABLES [EXTENDED]`
    DescribeAll {
        /// Streams or tables.
        source_kind: SourceKind,
        /// `EXTENDED`
        extended: bool,
    },
    /// `DESCRIBE FUNCTION name`
    DescribeFunction(Ident),
    /// `DESCRIBE CONNECTOR name`
    DescribeConnector(Ident),
    /// `EXPLAIN statement`
    Explain(Box<Statement>),
    /// `EXPLAIN id`: of a running query.
    ExplainQuery(Ident),
    /// `PRINT topic …`
    Print(Print),
    /// `SET 'name'='value'`
    Set {
        /// The property.
        name: Literal,
        /// Its value.
        value: Literal,
    },
    /// `UNSET 'name'`
    Unset(Literal),
    /// `DEFINE name = 'value'`
    Define {
        /// The variable.
        name: Ident,
        /// Its value.
        value: Box<str>,
    },
    /// `UNDEFINE name`
    Undefine(Ident),
    /// `RUN SCRIPT 'file'`
    RunScript(Box<str>),
    /// `ASSERT VALUES source [(columns)] VALUES (…)`
    AssertValues {
        /// The stream or table.
        source: Ident,
        /// Which columns; empty for all in order.
        columns: Vec<Ident>,
        /// One value for each.
        values: Vec<Expr>,
    },
    /// `ASSERT NULL VALUES source [(columns)] KEY (…)`
    AssertTombstone {
        /// The stream or table.
        source: Ident,
        /// Which key columns; empty for all in order.
        columns: Vec<Ident>,
        /// One value for each.
        values: Vec<Expr>,
    },
    /// `ASSERT STREAM|TABLE name [(columns)] [WITH (…)]`
    AssertSource(AssertSource),
    /// `ASSERT [NOT EXISTS] TOPIC name [WITH (…)] [TIMEOUT d]`
    AssertTopic {
        /// Without `NOT EXISTS`.
        exists: bool,
        /// The topic.
        topic: TopicName,
        /// `WITH`
        properties: Vec<Property>,
        /// `TIMEOUT`
        timeout: Option<Duration>,
    },
    /// `ASSERT [NOT EXISTS] SCHEMA [SUBJECT name] [ID n] [TIMEOUT d]`
    AssertSchema {
        /// Without `NOT EXISTS`.
        exists: bool,
        /// `SUBJECT`
        subject: Option<TopicName>,
        /// `ID`
        id: Option<Literal>,
        /// `TIMEOUT`
        timeout: Option<Duration>,
    },
}

/// Stream or table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Every row is a fact of its own.
    Stream,
    /// A row replaces the one with the same key.
    Table,
}

/// `CREATE [OR REPLACE] [SOURCE] STREAM|TABLE [IF NOT EXISTS] name [(columns)] [WITH (…)]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSource {
    /// Stream or table.
    pub source_kind: SourceKind,
    /// `OR REPLACE`
    pub or_replace: bool,
    /// `SOURCE`: read-only.
    pub read_only: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// Its name.
    pub name: Ident,
    /// Its columns; empty when they are to be found elsewhere.
    pub columns: Vec<Column>,
    /// `WITH`
    pub properties: Vec<Property>,
}

/// `CREATE [OR REPLACE] STREAM|TABLE [IF NOT EXISTS] name [WITH (…)] AS SELECT …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSourceAs {
    /// Stream or table.
    pub source_kind: SourceKind,
    /// `OR REPLACE`
    pub or_replace: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// Its name.
    pub name: Ident,
    /// `WITH`
    pub properties: Vec<Property>,
    /// What fills it.
    pub query: Box<Query>,
}

/// `ASSERT STREAM|TABLE name [(columns)] [WITH (…)]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertSource {
    /// Stream or table.
    pub source_kind: SourceKind,
    /// Its name.
    pub name: Ident,
    /// Its columns; empty when they do not matter.
    pub columns: Vec<Column>,
    /// `WITH`
    pub properties: Vec<Property>,
}

/// `name type [constraint]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub data_type: TypeName,
    /// What it is besides a column of the value.
    pub constraint: Option<ColumnConstraint>,
    /// Where it stands.
    pub span: Place,
}

/// Where a column comes from, if not from the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnConstraint {
    /// `KEY`
    Key,
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `HEADERS`: all of the record's headers.
    Headers,
    /// `HEADER('name')`: one of them.
    Header(Box<str>),
}

/// Which running query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryTarget {
    /// Every one.
    All,
    /// The one with this id.
    Id(Ident),
}

/// `SHOW|LIST …`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Show {
    /// What is listed.
    pub names: Names,
    /// `SHOW ALL TOPICS`: with those of ksqlDB itself.
    pub all: bool,
    /// `EXTENDED`: with everything that is known.
    pub extended: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// `PROPERTIES`
    Properties,
    /// `TOPICS`
    Topics,
    /// `STREAMS`
    Streams,
    /// `TABLES`
    Tables,
    /// `FUNCTIONS`
    Functions,
    /// `QUERIES`
    Queries,
    /// `TYPES`
    Types,
    /// `VARIABLES`
    Variables,
    /// `CONNECTORS`
    Connectors,
    /// `SOURCE CONNECTORS`
    SourceConnectors,
    /// `SINK CONNECTORS`
    SinkConnectors,
    /// `CONNECTOR PLUGINS`
    ConnectorPlugins,
}

/// `PRINT topic [FROM BEGINNING] [INTERVAL|SAMPLE n] [LIMIT n]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// The topic.
    pub topic: TopicName,
    /// `FROM BEGINNING`
    pub from_beginning: bool,
    /// `INTERVAL` or `SAMPLE`
    pub sampling: Option<Sampling>,
    /// `LIMIT`
    pub limit: Option<u64>,
}

/// Shows one record of `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// Written `SAMPLE`, else `INTERVAL`.
    pub sample: bool,
    /// The number of records of which one is shown.
    pub every: u64,
}
