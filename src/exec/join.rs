//! Joins: which operator a plan's join is, and the form of joined rows.
//!
//! One operator for each pair of inputs: [`streams`], [`lookup`] (stream and table), [`tables`].
//! All find rows by key, partition and, where keys are windowed, window.

use thiserror::Error;

use super::Operator;
use crate::chunk::{Chunk, Column};
use crate::plan::{Join, JoinKind};
use crate::schema::Schema;
use crate::state::rows::RowStore;
use crate::value::DataType;

pub mod lookup;
pub mod streams;
pub mod tables;

/// Why a join of a plan cannot run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JoinPlanError {
    /// Something to compare is missing.
    #[error("an input has no key column")]
    NoKey,
    /// Rows of different keys never join.
    #[error("the left key is of types {left:?}, the right key of {right:?}")]
    Keys {
        /// The left key's types.
        left: Vec<DataType>,
        /// The right key's types.
        right: Vec<DataType>,
    },
    /// Both keys have windows or none.
    #[error("one input has windowed keys and the other has not")]
    OneWindowed,
    /// Without one, both streams would have to be kept for ever.
    #[error("a join of two streams needs a window")]
    NoWindow,
    /// Tables have no time to compare.
    #[error("a join with a table takes no window")]
    WindowWithTable,
    /// A length of time that makes no sense.
    #[error("a join's window, before {before_ms} ms and after {after_ms} ms, is empty or negative")]
    Window {
        /// Before.
        before_ms: i64,
        /// After.
        after_ms: i64,
    },
    /// A grace that makes no sense.
    #[error("a join's grace of {0} ms is negative")]
    Grace(i64),
    /// Rows without a match on the table's side never come.
    #[error("{0:?} join of a stream and a table")]
    Lookup(JoinKind),
    /// The table is on the left.
    #[error("a join of a table with a stream: the stream must be on the left")]
    TableWithStream,
}

/// One input of a join.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Its columns, keys first.
    pub schema: &'a Schema,
    /// Whether it is a table.
    pub is_table: bool,
    /// Whether its keys have windows.
    pub is_windowed: bool,
}

impl Input<'_> {
    fn keys(&self) -> Vec<DataType> {
        self.schema.keys().map(|(_, field)| field.data_type.clone()).collect()
    }

    fn values(&self) -> Vec<DataType> {
        self.schema.values().map(|(_, field)| field.data_type.clone()).collect()
    }
}

/// The columns of a join.
#[must_use]
pub fn output(left: &Schema, right: &Schema) -> Schema {
    let values = right.values().map(|(_, field)| field.clone());
    Schema::new(left.fields.iter().cloned().chain(values).collect())
}

/// Builds the operator for a join.
///
/// # Errors
/// When the plan makes no sense; see [`JoinPlanError`].
pub fn operator(
    name: &str,
    plan: &Join,
    left: Input<'_>,
    right: Input<'_>,
) -> Result<Box<dyn Operator>, JoinPlanError> {
    let (keys, right_keys) = (left.keys(), right.keys());
    if keys.is_empty() || right_keys.is_empty() {
        return Err(JoinPlanError::NoKey);
    }
    if keys != right_keys {
        return Err(JoinPlanError::Keys { left: keys, right: right_keys });
    }
    let form = Form { keys, values: [left.values(), right.values()] };
    let name = name.to_owned();
    let is_windowed = left.is_windowed;
    if (left.is_table || right.is_table) && plan.window.is_some() {
        return Err(JoinPlanError::WindowWithTable);
    }
    if is_windowed != right.is_windowed {
        return Err(JoinPlanError::OneWindowed);
    }
    Ok(match (left.is_table, right.is_table) {
        (false, false) => {
            let window = plan.window.ok_or(JoinPlanError::NoWindow)?;
            let times = streams::Times::new(window)?;
            Box::new(streams::StreamJoin::new(name, form, is_windowed, plan.kind, times))
        }
        (false, true) => match plan.kind {
            JoinKind::Inner | JoinKind::Left => {
                Box::new(lookup::LookupJoin::new(name, form, is_windowed, plan.kind))
            }
            kind => return Err(JoinPlanError::Lookup(kind)),
        },
        (true, false) => return Err(JoinPlanError::TableWithStream),
        (true, true) => Box::new(tables::TableJoin::new(name, form, is_windowed, plan.kind)),
    })
}

/// The columns of joined rows: key, left values, right values.
#[derive(Clone, Debug)]
pub struct Form {
    keys: Vec<DataType>,
    values: [Vec<DataType>; 2],
}

/// Where one side's values of a joined row come from.
#[derive(Clone, Copy, Debug)]
enum Values<'a> {
    /// The present row.
    Row(&'a Chunk, usize),
    /// A kept row.
    Kept(&'a RowStore, u32),
    /// Nowhere: NULLs.
    Missing,
}

impl Form {
    /// Number of key columns.
    const fn keys(&self) -> usize {
        self.keys.len()
    }

    /// A store for the values of a side, 0 for the left.
    fn store(&self, side: usize) -> RowStore {
        RowStore::new(self.values[side].clone())
    }

    /// Keeps the values of a row of a side.
    fn keep(&self, store: &mut RowStore, chunk: &Chunk, row: usize) -> u32 {
        store.insert(&chunk.columns[self.keys()..], row)
    }

    /// Adds both sides' values to a row that has its key. `mine` are those of `side`.
    fn push_values(&self, side: usize, mine: Values<'_>, other: Values<'_>, out: &mut [Column]) {
        let (left, right) = out[self.keys()..].split_at_mut(self.values[0].len());
        let [mine_out, other_out] = if side == 0 { [left, right] } else { [right, left] };
        self.push_side(mine, mine_out);
        self.push_side(other, other_out);
    }

    fn push_side(&self, values: Values<'_>, out: &mut [Column]) {
        match values {
            Values::Row(chunk, row) => {
                for (to, from) in out.iter_mut().zip(&chunk.columns[self.keys()..]) {
                    to.push_from(from, row);
                }
            }
            Values::Kept(store, id) => store.push_into(id, out),
            Values::Missing => out.iter_mut().for_each(Column::push_null),
        }
    }

    /// Adds the key of a row.
    fn push_key(&self, chunk: &Chunk, row: usize, out: &mut [Column]) {
        for (to, from) in out.iter_mut().zip(&chunk.columns[..self.keys()]) {
            to.push_from(from, row);
        }
    }
}
