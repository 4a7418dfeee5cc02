//! What statements have created so far: streams, tables, named types and persistent queries.
//!
//! Plain data: it knows nothing of topics' contents and runs nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::SourceKind;
use super::spelling;
use crate::schema::{Field, Role, Schema};
use crate::value::DataType;

/// How keys or values become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serde {
    /// JSON; `wrapped` is whether a single value column is a member of an object.
    Json {
        /// `WRAP_SINGLE_VALUE`.
        wrapped: bool,
    },
    /// Kafka's own primitive serialisation.
    Kafka,
    /// One line of CSV.
    Delimited {
        /// `KEY_DELIMITER`, `VALUE_DELIMITER`.
        delimiter: char,
    },
    /// No bytes at all.
    None,
}

impl Serde {
    /// The name that a statement writes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json { .. } => "JSON",
            Self::Kafka => "KAFKA",
            Self::Delimited { .. } => "DELIMITED",
            Self::None => "NONE",
        }
    }
}

/// The windows that the keys of a source have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyWindow {
    /// Time windows; the size in milliseconds when it is known.
    Time(Option<i64>),
    /// Sessions.
    Session,
}

impl KeyWindow {
    /// As in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time(_) => "time-windowed",
            Self::Session => "session-windowed",
        }
    }
}

/// `TIMESTAMP` and `TIMESTAMP_FORMAT`: the column that event time comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampColumn {
    /// The column.
    pub column: Arc<str>,
    /// How text is read; `None` for a BIGINT or TIMESTAMP column.
    pub format: Option<Arc<str>>,
}

/// A stream or table.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its name.
    pub name: Arc<str>,
    /// Stream or table.
    pub kind: SourceKind,
    /// Its columns, key columns first.
    pub schema: Schema,
    /// The topic that it is a view of.
    pub topic: Arc<str>,
    /// Partitions that the topic has.
    pub partitions: u32,
    /// How keys are written.
    pub key_format: Serde,
    /// How values are written.
    pub value_format: Serde,
    /// The windows of its keys.
    pub window: Option<KeyWindow>,
    /// Where event time comes from; `None` for the record's own timestamp.
    pub timestamp: Option<TimestampColumn>,
    /// Created with `SOURCE`: nothing can be inserted.
    pub read_only: bool,
    /// The query that fills it, for `CREATE … AS SELECT`.
    pub created_by: Option<Arc<str>>,
}

impl Source {
    /// `stream` or `table`.
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        kind_name(self.kind)
    }

    /// The column called `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Field> {
        self.schema.fields.iter().find(|field| &*field.name == name)
    }
}

/// `stream` or `table`.
#[must_use]
pub const fn kind_name(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Stream => "stream",
        SourceKind::Table => "table",
    }
}

/// A persistent query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Its id, as `CSAS_OUTPUT_1`.
    pub id: Arc<str>,
    /// The sources that it reads.
    pub reads: Vec<Arc<str>>,
    /// The source that it writes.
    pub writes: Arc<str>,
    /// Its text.
    pub text: String,
}

/// Everything that is known by name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    sources: BTreeMap<Arc<str>, Source>,
    types: BTreeMap<Arc<str>, DataType>,
    queries: Vec<Query>,
    next_query: u32,
}

impl Catalog {
    /// The stream or table called `name`, case-sensitive.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.get(name)
    }

    /// All streams and tables, by name.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// Adds a stream or table, or puts it in the place of one of the same name.
    pub fn add_source(&mut self, source: Source) {
        self.sources.insert(source.name.clone(), source);
    }

    /// Forgets a stream or table.
    pub fn drop_source(&mut self, name: &str) -> Option<Source> {
        self.sources.remove(name)
    }

    /// The type that `CREATE TYPE` called `name`.
    #[must_use]
    pub fn custom_type(&self, name: &str) -> Option<&DataType> {
        self.types.get(name)
    }

    /// Adds a named type.
    pub fn add_type(&mut self, name: &str, data_type: DataType) {
        self.types.insert(Arc::from(name), data_type);
    }

    /// Forgets a named type; whether there was one.
    pub fn drop_type(&mut self, name: &str) -> bool {
        self.types.remove(name).is_some()
    }

    /// All named types, by name.
    pub fn types(&self) -> impl Iterator<Item = (&str, &DataType)> {
        self.types.iter().map(|(name, data_type)| (&**name, data_type))
    }

    /// The persistent queries, in the order in which they were started.
    #[must_use]
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// The persistent query with this id, case aside.
    #[must_use]
    pub fn query(&self, id: &str) -> Option<&Query> {
        self.queries.iter().find(|query| query.id.eq_ignore_ascii_case(id))
    }

    /// A new id: a number counts up over all queries, as in ksqlDB.
    pub fn next_query_id(&mut self, prefix: &str, sink: &str) -> Arc<str> {
        self.next_query += 1;
        Arc::from(format!("{prefix}_{sink}_{}", self.next_query))
    }

    /// Adds a persistent query.
    pub fn add_query(&mut self, query: Query) {
        self.queries.push(query);
    }

    /// Forgets a persistent query; whether there was one.
    pub fn drop_query(&mut self, id: &str) -> bool {
        let before = self.queries.len();
        self.queries.retain(|query| !query.id.eq_ignore_ascii_case(id));
        self.queries.len() < before
    }

    /// What `name` was probably meant to be: a source of the same letters in another case, or the
    /// nearest.
    #[must_use]
    pub fn similar_source(&self, name: &str) -> Option<&str> {
        let names = || self.sources.keys().map(|name| &**name);
        names()
            .find(|other| other.eq_ignore_ascii_case(name))
            .or_else(|| spelling::closest(name, names()))
    }
}

/// The key columns of a schema.
pub fn keys(schema: &Schema) -> impl Iterator<Item = &Field> {
    schema.fields.iter().filter(|field| field.role == Role::Key)
}

/// The value columns of a schema.
pub fn values(schema: &Schema) -> impl Iterator<Item = &Field> {
    schema.fields.iter().filter(|field| field.role == Role::Value)
}
