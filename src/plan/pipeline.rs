//! Nodes of a query and how they are connected.

use serde::{Deserialize, Serialize};

use crate::aggregate::AggregateFunction;
use crate::plan::expression::Expr;
use crate::schema::{Field, Schema};
use crate::value::DataType;
use crate::window::WindowSpec;

/// The index of a node in [`Pipeline::nodes`].
pub type NodeId = usize;

/// A query: nodes in topological order, each after its inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    /// The query's name, unique in an engine.
    pub name: String,
    /// The nodes.
    pub nodes: Vec<Node>,
}

/// One step of a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// A short name for people, unique in the pipeline.
    pub name: String,
    /// The nodes whose output this one takes, all before it. Empty for [`Op::Source`] and
    /// [`Op::Split`], which read a topic.
    pub inputs: Vec<NodeId>,
    /// What it does.
    pub op: Op,
}

/// What a node does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// Reads rows from a topic.
    Source(Source),
    /// Reads records from a topic and routes their bytes to others.
    Split(Split),
    /// Lets pass the rows for which the expression is true. On a stream, tombstones are dropped. On
    /// a table (`WHERE` or `HAVING`), a row that passed before and no longer does becomes a
    /// tombstone; one that never passed gives nothing.
    Filter(Expr),
    /// Computes new columns; a tombstone stays one. On a table the key columns must stay the key.
    Project(Vec<Output>),
    /// `PARTITION BY`: computes new columns of a stream with a new key. A NULL key passes.
    PartitionBy(PartitionBy),
    /// Table functions over a stream: the input's columns, then one value column each. See
    /// [`Explode`].
    Explode(Explode),
    /// Joins two inputs, left and right, by their key columns. See [`Join`].
    Join(Join),
    /// Groups and aggregates, by window if there is one.
    Aggregate(Aggregate),
    /// Writes rows to a topic.
    Sink(Sink),
}

impl Pipeline {
    /// Whether one record can lead to many rows.
    #[must_use]
    pub fn fans_out(&self) -> bool {
        self.nodes.iter().any(|node| node.op.fans_out())
    }
}

/// Windows of a record from which they are many.
const MANY_WINDOWS: i64 = 64;

impl Op {
    /// Whether one row can lead to many: of an array, of a join, or of windows that overlap.
    #[must_use]
    pub fn fans_out(&self) -> bool {
        match self {
            Self::Explode(_) => true,
            Self::Join(join) => join.window.is_some(),
            Self::Aggregate(aggregate) => match aggregate.window {
                Some(WindowSpec::Hopping(windows)) => {
                    windows.size_ms() / windows.advance_ms() > MANY_WINDOWS
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether it remembers rows.
    #[must_use]
    pub const fn has_state(&self) -> bool {
        matches!(self, Self::Aggregate(_) | Self::Join(_))
    }
}

/// How bytes become values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// JSON: an object with one member a column; a key of one column is its bare value.
    Json,
    /// The bare JSON value of the only column (`WRAP_SINGLE_VALUE=false`).
    JsonBare,
    /// Kafka's own primitive serialisation: bare UTF-8 text, big-endian numbers.
    Kafka,
    /// One line of values with this character between them (comma by default). It has no names, so
    /// a schema lists all columns in the record's order.
    Delimited(char),
    /// No bytes at all.
    None,
}

/// What is not in a record's key or value but known of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SystemColumn {
    /// `ROWTIME`, `BIGINT` milliseconds.
    RowTime,
    /// `ROWPARTITION`, `INT`: of the record, whatever partition its row goes to later.
    RowPartition,
    /// `ROWOFFSET`, `BIGINT`.
    RowOffset,
    /// `WINDOWSTART` of a windowed key, `BIGINT` milliseconds; else NULL.
    WindowStart,
    /// `WINDOWEND` of a windowed key, `BIGINT` milliseconds; else NULL.
    WindowEnd,
}

impl SystemColumn {
    /// ksqlDB's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RowTime => "ROWTIME",
            Self::RowPartition => "ROWPARTITION",
            Self::RowOffset => "ROWOFFSET",
            Self::WindowStart => "WINDOWSTART",
            Self::WindowEnd => "WINDOWEND",
        }
    }

    /// The column's type.
    #[must_use]
    pub const fn data_type(self) -> DataType {
        match self {
            Self::RowPartition => DataType::Int,
            Self::RowTime | Self::RowOffset | Self::WindowStart | Self::WindowEnd => {
                DataType::BigInt
            }
        }
    }
}

/// What to do with a record that cannot be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnError {
    /// Leave it out and count it.
    #[default]
    Skip,
    /// Stop the query.
    Fail,
}

/// A column that holds the event time (`WITH (TIMESTAMP=…)`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimestampColumn {
    /// The column's index: `BIGINT` milliseconds, `TIMESTAMP`, or `VARCHAR` in a format.
    pub column: usize,
    /// `TIMESTAMP_FORMAT`, a pattern of Java's `DateTimeFormatter`; only and always for `VARCHAR`.
    pub format: Option<String>,
    /// What to do with a row whose time is NULL, negative or not in the format.
    pub on_invalid: OnError,
}

/// What `EXTRACTJSONFIELD` finds in a text, as a column that a source reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// The index of the column that holds the text, a `VARCHAR`.
    pub column: usize,
    /// The path.
    pub path: String,
}

/// Reads rows from a topic. [`Source::new`] gives the usual settings.
///
/// The output has the columns of `schema`, then those of `system_columns`, then those of
/// `extracts`. The output is a stream or, with `table`, a table: then a tombstone deletes its key, and records without a key are
/// dropped and counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The topic.
    pub topic: String,
    /// How keys are read.
    pub key_format: Format,
    /// How values are read.
    pub value_format: Format,
    /// The columns that the query uses: no other is read. Keys come first. With
    /// [`Format::Delimited`], all columns of the part.
    pub schema: Schema,
    /// The topic for records that cannot be read: `None` drops and counts them.
    pub dead_letters: Option<String>,
    /// Whether the topic is a table's changelog.
    pub table: bool,
    /// How the key is windowed (`WINDOW_TYPE`, `WINDOW_SIZE`): of hopping windows and tumbling ones
    /// only the size counts, of session windows nothing.
    pub window: Option<WindowSpec>,
    /// What else is wanted, as value columns behind those of the schema.
    pub system_columns: Vec<SystemColumn>,
    /// Members of JSON texts, as `VARCHAR` value columns behind those. [`crate::plan::optimize`]
    /// finds them.
    pub extracts: Vec<Extract>,
    /// Where the event time is, if it is not the record's timestamp.
    pub timestamp: Option<TimestampColumn>,
    /// What to do with records that cannot be read.
    pub on_error: OnError,
}

impl Source {
    /// A stream of all of a topic's records by their own timestamps; those that cannot be read are
    /// counted.
    #[must_use]
    pub fn new(
        topic: impl Into<String>,
        key_format: Format,
        value_format: Format,
        schema: Schema,
    ) -> Self {
        Self {
            topic: topic.into(),
            key_format,
            value_format,
            schema,
            dead_letters: None,
            table: false,
            window: None,
            system_columns: Vec::new(),
            extracts: Vec::new(),
            timestamp: None,
            on_error: OnError::Skip,
        }
    }

    /// The columns of the output.
    #[must_use]
    pub fn output(&self) -> Schema {
        let system = self
            .system_columns
            .iter()
            .map(|column| Field::value(column.name(), column.data_type()));
        let extracted = |extract: &Extract| {
            let text = &self.schema.fields[extract.column].name;
            let name = format!("EXTRACTJSONFIELD({text}, '{}')", extract.path);
            Field::value(&name, DataType::Varchar)
        };
        let extracts = self.extracts.iter().map(extracted);
        Schema::new(self.schema.fields.iter().cloned().chain(system).chain(extracts).collect())
    }
}

/// Routes records by a string member of their JSON value, without parsing the rest into values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// The topic to read.
    pub topic: String,
    /// The member that decides, at the top level of the object.
    pub member: String,
    /// Where each value of the member goes.
    pub routes: Vec<Route>,
    /// The topic for records that are no valid JSON object, have no such member, or that no route
    /// takes; with headers that name the source topic, partition, offset and the reason.
    pub dead_letters: String,
    /// Values longer than this many bytes are dead letters.
    pub max_bytes: u32,
}

/// One way out of a [`Split`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The member's value.
    pub value: String,
    /// The topic that takes the record, unchanged.
    pub topic: String,
    /// Members that must be there with these types, or the record is a dead letter.
    pub required: Schema,
}

/// A computed column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// Name, type and role.
    pub field: Field,
    /// The value.
    pub expr: Expr,
}

/// `PARTITION BY`: as a projection, but the row goes to the partition of its new key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartitionBy {
    /// All columns of the output, keys first.
    pub outputs: Vec<Output>,
    /// Number of partitions; a key goes to one as [`Aggregate::repartition`] says. Rows whose key
    /// is NULL stay in theirs. `None`: all rows stay in theirs.
    pub repartition: Option<u32>,
}

/// Table functions: each row becomes as many as the longest of some arrays has items. The output
/// has the input's columns, then one column for each array; one that is shorter or NULL gives NULL.
/// A row whose arrays are all empty or NULL gives nothing, nor does a tombstone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explode {
    /// The columns: the expression is an `ARRAY<T>` (what `EXPLODE` takes, or what another table
    /// function gives as an array), the field a value of type `T`.
    pub functions: Vec<Output>,
}

/// Which rows without a match a join gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinKind {
    /// None.
    Inner,
    /// Those of the left input.
    Left,
    /// Those of the right input.
    Right,
    /// Those of both.
    Full,
}

impl JoinKind {
    /// Whether rows of the left input without a match are given.
    #[must_use]
    pub const fn keeps_left(self) -> bool {
        matches!(self, Self::Left | Self::Full)
    }

    /// Whether rows of the right input without a match are given.
    #[must_use]
    pub const fn keeps_right(self) -> bool {
        matches!(self, Self::Right | Self::Full)
    }
}

/// Which rows of two streams are near enough to join: a right row at `t` and a left row at `s` do
/// when `s - before_ms <= t <= s + after_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinWindow {
    /// How far the right row may be before the left one, milliseconds.
    pub before_ms: i64,
    /// How far the right row may be after the left one, milliseconds.
    pub after_ms: i64,
    /// `GRACE PERIOD`: with it, rows without a match are given when the window closes; without it
    /// at once, and the match again when it comes.
    pub grace_ms: Option<i64>,
}

/// A join. Both inputs have key columns of the same types, as many and first; a side whose join
/// expression is not its key has a [`PartitionBy`] before it. What the inputs are decides:
/// * stream and stream: needs a window; the result is a stream;
/// * stream and table: `Inner` or `Left`, without a window; a stream;
/// * table and table: without a window; a table.
///
/// The output has the left input's key columns (with the right's values where only the right row is
/// there), then the left input's value columns, then the right input's. A key that must be NULL
/// where its side is not there has to be copied into a value column before. Windowed keys join
/// where their windows are equal, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// Which rows without a match are given.
    pub kind: JoinKind,
    /// How near in time rows must be.
    pub window: Option<JoinWindow>,
}

/// When an aggregate emits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Emit {
    /// At every update, as ksqlDB without a record cache.
    Update,
    /// The last value of each changed key and window at every commit; how often commits come is
    /// the engine's setting, in virtual time.
    Commit,
    /// Once, when the window closes (`EMIT FINAL`).
    Final,
}

/// `GROUP BY` with aggregate functions; the output is a table. Over a table it follows the changes:
/// what a row held before is taken out of its old group, and the new one added to its group; there
/// is no window then, and all functions must be able to undo. The output has the group columns as keys, then one value
/// column a call; its windows are the row's windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aggregate {
    /// The group columns. A row in which one is NULL is dropped and counted.
    pub group_by: Vec<Output>,
    /// Number of partitions of the repartitioned input. A row's partition is that of its group
    /// key, by Kafka's default partitioner over the key as [`Sink::key_format`] writes it: KAFKA for
    /// one column, JSON for several. `None`: the rows keep theirs (they are partitioned by the
    /// group key already).
    pub repartition: Option<u32>,
    /// The window; `None` for a table over all time.
    pub window: Option<WindowSpec>,
    /// How long a closed window can still be queried, milliseconds after its end; at least size
    /// and grace. `None` means size + grace.
    pub retention_ms: Option<i64>,
    /// The aggregate functions.
    pub calls: Vec<AggregateCall>,
    /// When results are emitted.
    pub emit: Emit,
}

/// One aggregate function call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AggregateCall {
    /// The column that holds the result.
    pub field: Field,
    /// The function.
    pub function: AggregateFunction,
    /// Its argument; `None` only for `COUNT(*)`.
    pub argument: Option<Expr>,
}

/// Writes rows to a topic. A windowed key is written as Kafka Streams does: key bytes, then the
/// window's start (8 bytes, big-endian) for time windows; end and start for session windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sink {
    /// The topic; created if it is not there. Several queries may write to one.
    pub topic: String,
    /// Number of partitions of a topic that is created; `None`: as many as the first source has.
    pub partitions: Option<u32>,
    /// How keys are written: [`Format::Kafka`] for one key column, [`Format::Json`] for several.
    pub key_format: Format,
    /// How values are written.
    pub value_format: Format,
    /// Whether several key columns that are all NULL are written as a key of NULLs, as ksqlDB does
    /// behind `PARTITION BY`; else the record has no key.
    pub null_keys: bool,
    /// The column whose value is the written record's timestamp; `None`: the row's time. A
    /// tombstone keeps its own.
    pub timestamp: Option<TimestampColumn>,
}

impl Sink {
    /// Writes rows with their own time.
    #[must_use]
    pub fn new(topic: impl Into<String>, key_format: Format, value_format: Format) -> Self {
        Self {
            topic: topic.into(),
            partitions: None,
            key_format,
            value_format,
            null_keys: false,
            timestamp: None,
        }
    }
}
