//! Nodes of a query and how they are connected.

use serde::{Deserialize, Serialize};

use crate::aggregate::AggregateFunction;
use crate::plan::expression::Expr;
use crate::schema::{Field, Schema};
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
    /// Lets pass the rows for which the expression is true. Tombstones are dropped.
    Filter(Expr),
    /// Computes new columns.
    Project(Vec<Output>),
    /// Groups and aggregates, by window if there is one.
    Aggregate(Aggregate),
    /// Writes rows to a topic.
    Sink(Sink),
}

/// How bytes become values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// JSON.
    Json,
    /// Kafka's own primitive serialisation: bare UTF-8 text, big-endian numbers.
    Kafka,
    /// No bytes at all.
    None,
}

/// Reads rows from a topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The topic.
    pub topic: String,
    /// How keys are read.
    pub key_format: Format,
    /// How values are read.
    pub value_format: Format,
    /// The columns that the query uses: no other is read.
    pub schema: Schema,
    /// The topic for records that cannot be read: `None` drops and counts them.
    pub dead_letters: Option<String>,
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

/// `GROUP BY` with aggregate functions. The output has the group columns as keys, then one value
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
    /// The topic; created with the source's number of partitions if it is not there.
    pub topic: String,
    /// How keys are written: [`Format::Kafka`] for one key column, [`Format::Json`] for several.
    pub key_format: Format,
    /// How values are written.
    pub value_format: Format,
}
