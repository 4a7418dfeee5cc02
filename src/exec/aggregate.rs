//! What the aggregating operators share: keys and arguments of a chunk, groups, rows of results.
//!
//! One operator for each kind of window: [`table`] (none), [`time`] (tumbling and hopping),
//! [`session`], [`sliding`]. All keep stream time for each partition: the largest timestamp of the
//! rows with a key that the partition has seen.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::errors::count_failed;
use super::expression::{Evaluator, ExprError};
use super::identity::RowKeys;
use super::partitioner::Partitioner;
use super::{Collector, DropReason, Drops, Operator};
use crate::aggregate::{Accumulator, AggregateError, AggregateFunction, RestoreError, Update};
use crate::chunk::{Chunk, Column, Window};
use crate::plan::{Aggregate, Emit};
use crate::state::NONE;
use crate::state::checkpoint::{CheckpointError, Reader, invalid, put, put_bytes};
use crate::state::keys::{KeyTable, hash_rows};
use crate::time::Timestamp;
use crate::value::DataType;
use crate::window::WindowSpec;

pub mod changes;
pub mod session;
pub mod sliding;
pub mod table;
pub mod time;
mod windowed;

/// Why an aggregate of a plan cannot run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AggregatePlanError {
    /// A group column or an argument.
    #[error(transparent)]
    Expression(#[from] ExprError),
    /// A call.
    #[error(transparent)]
    Call(#[from] AggregateError),
    /// A declared type is not that of the expression.
    #[error("column {column} is declared {declared} but is {actual}")]
    Type {
        /// The column.
        column: String,
        /// What the plan says.
        declared: DataType,
        /// What the expression gives.
        actual: DataType,
    },
    /// Nothing to group by.
    #[error("there is no group column")]
    NoGroup,
    /// `EMIT FINAL` needs windows that end.
    #[error("EMIT FINAL needs a window")]
    FinalWithoutWindow,
    /// A table has no windows to group its rows in.
    #[error("a table is not grouped by windows")]
    WindowOnTable,
    /// A table's changes take rows out of groups.
    #[error("{0:?} cannot undo, as grouping a table needs it")]
    CannotUndo(AggregateFunction),
    /// Rows cannot be put into 0 partitions.
    #[error("a repartitioned input needs at least one partition")]
    NoPartitions,
    /// Results must stay at least as long as they can change.
    #[error("retention {retention_ms} ms is shorter than size and grace, {least_ms} ms")]
    Retention {
        /// What the plan says.
        retention_ms: i64,
        /// The least.
        least_ms: i64,
    },
}

/// Builds the operator for an aggregate over columns of these types.
///
/// # Errors
/// When the plan makes no sense; see [`AggregatePlanError`].
pub fn operator(
    name: &str,
    plan: &Aggregate,
    columns: &[DataType],
) -> Result<Box<dyn Operator>, AggregatePlanError> {
    let name = name.to_owned();
    let inputs = Inputs::new(plan, columns)?;
    let core = Core::new(plan, &inputs)?;
    let Some(spec) = plan.window else {
        if plan.emit == Emit::Final {
            return Err(AggregatePlanError::FinalWithoutWindow);
        }
        return Ok(Box::new(table::TableAggregate::new(name, inputs, core)));
    };
    let grace_ms = spec.grace_ms(plan.emit == Emit::Final);
    let least_ms = spec.span_ms().saturating_add(grace_ms);
    let retention_ms = plan.retention_ms.unwrap_or(least_ms);
    if retention_ms < least_ms {
        return Err(AggregatePlanError::Retention { retention_ms, least_ms });
    }
    let times = Times { grace_ms, retention_ms };
    Ok(match spec {
        WindowSpec::Tumbling(windows) | WindowSpec::Hopping(windows) => {
            Box::new(time::TimeAggregate::new(name, inputs, core, windows, times))
        }
        WindowSpec::Session(windows) => {
            Box::new(session::SessionAggregate::new(name, inputs, core, windows, times))
        }
        WindowSpec::Sliding(windows) => {
            Box::new(sliding::SlidingAggregate::new(name, inputs, core, windows, times))
        }
    })
}

/// Builds the operator for an aggregate over a table with columns of these types, of which the first
/// `keys` are its key.
///
/// # Errors
/// When the plan makes no sense; see [`AggregatePlanError`].
pub fn table_operator(
    name: &str,
    plan: &Aggregate,
    columns: &[DataType],
    (keys, is_windowed): (usize, bool),
) -> Result<Box<dyn Operator>, AggregatePlanError> {
    let inputs = Inputs::new(plan, columns)?;
    let core = Core::new(plan, &inputs)?;
    if plan.window.is_some() {
        return Err(AggregatePlanError::WindowOnTable);
    }
    if plan.emit == Emit::Final {
        return Err(AggregatePlanError::FinalWithoutWindow);
    }
    let calls = core.groups.calls.iter().zip(&plan.calls);
    if let Some((_, call)) = calls.clone().find(|(call, _)| !call.can_retract()) {
        return Err(AggregatePlanError::CannotUndo(call.function));
    }
    let keys = RowKeys::new(&columns[..keys], is_windowed);
    Ok(Box::new(changes::ChangeAggregate::new(name.to_owned(), inputs, core, keys)))
}

/// Resolved lengths of time.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// How long after its end a window takes records.
    pub grace_ms: i64,
    /// How long after its end a window can be queried.
    pub retention_ms: i64,
}

/// Evaluates group columns and arguments.
#[derive(Debug)]
pub struct Inputs {
    keys: Vec<Evaluator>,
    arguments: Vec<Option<Evaluator>>,
}

/// A chunk with its group columns and arguments.
pub struct Batch<'a> {
    chunk: &'a Chunk,
    keys: Vec<&'a Column>,
    arguments: Vec<Option<&'a Column>>,
}

impl Inputs {
    fn new(plan: &Aggregate, columns: &[DataType]) -> Result<Self, AggregatePlanError> {
        if plan.group_by.is_empty() {
            return Err(AggregatePlanError::NoGroup);
        }
        let compile = |expr| Evaluator::new(expr, columns);
        let keys: Vec<Evaluator> =
            plan.group_by.iter().map(|output| compile(&output.expr)).collect::<Result<_, _>>()?;
        for (output, key) in plan.group_by.iter().zip(&keys) {
            check_type(&output.field.name, &output.field.data_type, key.data_type())?;
        }
        let arguments: Vec<Option<Evaluator>> = plan
            .calls
            .iter()
            .map(|call| call.argument.as_ref().map(compile).transpose())
            .collect::<Result<_, _>>()?;
        Ok(Self { keys, arguments })
    }

    fn evaluate<'a>(&'a mut self, chunk: &'a Chunk, out: &mut Collector) -> Batch<'a> {
        let all = self.keys.iter_mut().chain(self.arguments.iter_mut().flatten());
        for (at, evaluator) in all.enumerate() {
            evaluator.evaluate(chunk);
            count_failed(evaluator, at, &mut out.drops, &mut out.errors);
        }
        let arguments = self.arguments.iter().map(|a| a.as_ref().map(|e| e.evaluated(chunk)));
        Batch {
            chunk,
            arguments: arguments.collect(),
            keys: self.keys.iter().map(|key| key.evaluated(chunk)).collect(),
        }
    }
}

fn check_type(
    column: &str,
    declared: &DataType,
    actual: &DataType,
) -> Result<(), AggregatePlanError> {
    if declared == actual {
        return Ok(());
    }
    let (declared, actual) = (declared.clone(), actual.clone());
    Err(AggregatePlanError::Type { column: column.to_owned(), declared, actual })
}

/// The aggregate calls of all groups. A group is a number; a freed one is used again.
pub struct Groups {
    calls: Vec<Box<dyn Accumulator>>,
    used: u32,
    free: Vec<u32>,
    /// Rows that belong to groups but are not added yet, so that each call adds many in one loop.
    pending: Vec<Update>,
}

impl Groups {
    /// An empty group.
    fn alloc(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.used += 1;
            self.calls.iter_mut().for_each(|call| call.resize(self.used as usize));
            self.used - 1
        })
    }

    /// Empties a group and gives it back.
    fn release(&mut self, group: u32) {
        self.calls.iter_mut().for_each(|call| call.reset(group));
        self.free.push(group);
    }

    /// Notes that a row belongs to a group.
    #[inline]
    fn add(&mut self, row: usize, group: u32) {
        self.pending.push(Update { row: row as u32, group });
    }

    /// Adds the noted rows.
    fn flush(&mut self, arguments: &[Option<&Column>]) {
        for (call, argument) in self.calls.iter_mut().zip(arguments) {
            call.update(&self.pending, *argument);
        }
        self.pending.clear();
    }

    fn merge(&mut self, into: u32, from: u32) {
        self.calls.iter_mut().for_each(|call| call.merge(into, from));
    }

    /// Takes a row with these arguments out of a group. What was noted is added first.
    fn retract(&mut self, group: u32, arguments: &[Option<Column>]) {
        for (call, argument) in self.calls.iter_mut().zip(arguments) {
            call.retract(&[Update { row: 0, group }], argument.as_ref());
        }
    }

    /// Adds the results of a group to one column for each call.
    fn evaluate(&mut self, group: u32, out: &mut [Column]) {
        for (call, column) in self.calls.iter_mut().zip(out) {
            call.evaluate_into(group, column);
        }
    }

    fn size_bytes(&self) -> usize {
        self.calls.iter().map(|call| call.size_bytes()).sum()
    }
}

/// Keys, groups and the form of results.
pub struct Core {
    keys: KeyTable,
    groups: Groups,
    emit: Emit,
    partitioner: Option<Partitioner>,
    value_types: Vec<DataType>,
    /// Rows counted into windows.
    included: u64,
    /// The key of each row of the present chunk, or [`NONE`].
    ids: Vec<u32>,
    hashes: Vec<u64>,
}

/// What a result row says besides key and values.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    window: Option<Window>,
    timestamp: i64,
    offset: i64,
}

impl Core {
    fn new(plan: &Aggregate, inputs: &Inputs) -> Result<Self, AggregatePlanError> {
        if plan.repartition == Some(0) {
            return Err(AggregatePlanError::NoPartitions);
        }
        let mut calls = Vec::new();
        for (call, argument) in plan.calls.iter().zip(&inputs.arguments) {
            let argument = argument.as_ref().map(Evaluator::data_type);
            let actual = call.function.result_type(argument)?;
            check_type(&call.field.name, &call.field.data_type, &actual)?;
            calls.push(call.function.accumulator(argument)?);
        }
        let key_types = inputs.keys.iter().map(|key| key.data_type().clone()).collect();
        Ok(Self {
            keys: KeyTable::new(key_types),
            groups: Groups { calls, used: 0, free: Vec::new(), pending: Vec::new() },
            emit: plan.emit,
            partitioner: plan
                .repartition
                .map(|partitions| Partitioner::new(partitions, plan.group_by.iter())),
            value_types: plan.calls.iter().map(|call| call.field.data_type.clone()).collect(),
            included: 0,
            ids: Vec::new(),
            hashes: Vec::new(),
        })
    }

    /// Whether overlapping windows may be computed from shared slices.
    fn shares_slices(&self) -> bool {
        self.emit != Emit::Update && self.groups.calls.iter().all(|call| call.shares_slices())
    }

    /// An empty chunk of result rows.
    fn new_output(&self) -> Chunk {
        Chunk::new(self.keys.types().iter().chain(&self.value_types))
    }

    /// Finds the key of every row of a batch. Rows without one and deletions are dropped.
    fn assign(&mut self, batch: &Batch<'_>, drops: &mut Drops) {
        let tombstones = batch.chunk.tombstones.iter().filter(|is| **is).count();
        drops.add(DropReason::Tombstone, tombstones as u64);
        self.assign_changes(batch, drops);
    }

    /// As [`Core::assign`] where deletions are changes of a table.
    fn assign_changes(&mut self, batch: &Batch<'_>, drops: &mut Drops) {
        let chunk = batch.chunk;
        let scopes = if self.partitioner.is_some() { &[][..] } else { &chunk.partitions };
        hash_rows(&batch.keys, scopes, chunk.len(), &mut self.hashes);
        self.ids.clear();
        let Self { keys, ids, hashes, partitioner, .. } = self;
        for (row, &hash) in hashes.iter().enumerate() {
            if chunk.is_tombstone(row) {
                ids.push(NONE);
            } else if !batch.keys.iter().all(|column| column.valid[row]) {
                drops.add(DropReason::NullKey, 1);
                ids.push(NONE);
            } else {
                let scope = scopes.get(row).copied().unwrap_or(0);
                let partition = || match partitioner {
                    Some(partitioner) => partitioner.partition_of(&batch.keys, row),
                    None => scope,
                };
                ids.push(keys.find_or_insert(&batch.keys, row, (hash, scope), partition));
            }
        }
    }

    /// Ends a chunk: adds the noted rows, forgets unused keys, counts what limits kept out.
    fn finish(&mut self, batch: &Batch<'_>, out: &mut Collector) {
        self.groups.flush(&batch.arguments);
        self.keys.sweep();
        self.count_limits(&mut out.drops);
    }

    fn count_limits(&mut self, drops: &mut Drops) {
        for call in &mut self.groups.calls {
            drops.add(DropReason::CollectLimit, call.take_over_limit());
        }
    }

    /// Adds key and what [`Meta`] says of a row to a chunk of results; the values are to follow.
    fn push_meta(&self, key: u32, meta: Meta, out: &mut Chunk) {
        out.timestamps.push(Timestamp(meta.timestamp));
        out.partitions.push(self.keys.partition(key));
        out.offsets.push(meta.offset);
        out.windows.extend(meta.window);
        self.keys.push_into(key, &mut out.columns);
    }

    /// Adds a row with the present values of a group to a chunk of results.
    fn push_group(&mut self, key: u32, meta: Meta, group: u32, out: &mut Chunk) {
        self.push_meta(key, meta, out);
        let keys = self.keys.types().len();
        self.groups.evaluate(group, &mut out.columns[keys..]);
    }

    /// Adds a row with values from elsewhere to a chunk of results.
    fn push_values(&self, key: u32, meta: Meta, (values, row): (&Chunk, usize), out: &mut Chunk) {
        self.push_meta(key, meta, out);
        let keys = self.keys.types().len();
        for (to, from) in out.columns[keys..].iter_mut().zip(&values.columns) {
            to.push_from(from, row);
        }
    }

    /// Adds a deletion to a chunk of results.
    fn push_tombstone(&self, key: u32, meta: Meta, out: &mut Chunk) {
        self.push_meta(key, meta, out);
        let keys = self.keys.types().len();
        out.columns[keys..].iter_mut().for_each(Column::push_null);
    }

    fn checkpoint(&self, out: &mut Vec<u8>) {
        put(out, "keys", &self.keys);
        put(out, "groups", &(self.groups.used, &self.groups.free, self.included));
        for call in &self.groups.calls {
            put_bytes(out, "call", &call.checkpoint());
        }
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), CheckpointError> {
        let keys: KeyTable = from.read("keys")?;
        if keys.types() != self.keys.types() {
            return Err(CheckpointError::OtherPipeline);
        }
        self.keys = keys;
        self.keys.rebuild();
        (self.groups.used, self.groups.free, self.included) = from.read("groups")?;
        self.groups.pending.clear();
        for call in &mut self.groups.calls {
            let bytes = from.bytes("call")?;
            call.restore(bytes).map_err(|RestoreError(reason)| invalid("call", &reason))?;
            call.resize(self.groups.used as usize);
        }
        Ok(())
    }

    fn size_bytes(&self) -> usize {
        self.keys.size_bytes() + self.groups.size_bytes()
    }
}

/// What an operator remembers of a partition's time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Clock {
    /// The largest timestamp, or the smallest number before the first row.
    stream_time: i64,
    /// Windows (time, sliding) from this start on, or sessions from this end on, take records.
    first_open: i64,
    /// The stream time at which that changes next.
    open_until: i64,
    /// The start of the newest window of the last row: most rows are in the same.
    last_start: i64,
}

impl Clock {
    const NEW: Self = Self {
        stream_time: i64::MIN,
        first_open: i64::MIN,
        open_until: i64::MIN,
        last_start: i64::MIN,
    };

    /// Whether there was a row.
    const fn has_started(&self) -> bool {
        self.stream_time != i64::MIN
    }
}

/// The clocks of all partitions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Clocks(Vec<Clock>);

impl Clocks {
    /// Before the first row.
    const NONE: Self = Self(Vec::new());

    #[inline]
    fn of(&mut self, partition: u32) -> &mut Clock {
        let at = partition as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, Clock::NEW);
        }
        &mut self.0[at]
    }

    fn stream_time(&self, partition: u32) -> i64 {
        self.0.get(partition as usize).map_or(i64::MIN, |clock| clock.stream_time)
    }

    /// The smallest and the largest stream time.
    fn range(&self) -> Option<(Timestamp, Timestamp)> {
        let times = || self.0.iter().filter(|c| c.has_started()).map(|c| Timestamp(c.stream_time));
        times().min().zip(times().max())
    }
}
