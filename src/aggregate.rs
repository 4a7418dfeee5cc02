//! Aggregate functions over numbered groups, in struct-of-arrays form: one [`Accumulator`] holds
//! the state of one call for every group.
//!
//! Not here: what a group is (a key, a key and a window, a slice) and when it is emitted.
//! NULL rules, initial values and overflow are ksqlDB's: `SUM` and `AVG` of nothing are 0, integer
//! sums wrap as Java's do, `COLLECT_LIST` and `COLLECT_SET` keep NULLs and all others ignore them.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::chunk::Column;
use crate::value::DataType;

mod average;
mod collect;
mod count;
mod distinct;
mod extremum;
mod interner;
mod sketch;
mod sum;
mod top_k;

/// The aggregate functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AggregateFunction {
    /// `COUNT(*)` without an argument, `COUNT(x)` of values that are not NULL with one: `BIGINT`.
    Count,
    /// `SUM`: of the argument's type; integers wrap.
    Sum,
    /// `MIN`
    Min,
    /// `MAX`
    Max,
    /// `AVG`: `DOUBLE`.
    Avg,
    /// Exact number of distinct values: `BIGINT`.
    CountDistinct,
    /// HyperLogLog estimate (Apache DataSketches) with 2^`lg_k` registers: `BIGINT`.
    ApproxCountDistinct {
        /// Base-2 logarithm of the number of registers, 4 to 21.
        lg_k: u8,
    },
    /// The `k` largest values, largest first: `ARRAY`.
    TopK {
        /// How many.
        k: u32,
    },
    /// The `k` largest distinct values, largest first: `ARRAY`.
    TopKDistinct {
        /// How many.
        k: u32,
    },
    /// All values in arrival order with NULLs, up to `limit`; what is over it is counted: `ARRAY`.
    CollectList {
        /// The most that is kept (`ksql.functions.collect_list.limit`).
        limit: u32,
    },
    /// All distinct values in order of first arrival, NULL among them, up to `limit`: `ARRAY`.
    CollectSet {
        /// The most that is kept (`ksql.functions.collect_set.limit`).
        limit: u32,
    },
}

/// Why an aggregate call is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AggregateError {
    /// The function does not take this type.
    #[error("{function:?} does not take {argument}")]
    Argument {
        /// The function.
        function: AggregateFunction,
        /// The argument's type.
        argument: DataType,
    },
    /// The function needs an argument.
    #[error("{0:?} needs an argument")]
    NoArgument(AggregateFunction),
    /// A parameter is out of range.
    #[error("{0:?}: {1}")]
    Parameter(AggregateFunction, &'static str),
}

/// One row to be added to one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update {
    /// The row in the argument column.
    pub row: u32,
    /// The group.
    pub group: u32,
}

/// The state of one aggregate call for all groups.
pub trait Accumulator {
    /// Makes room for `groups` groups; new ones are empty.
    fn resize(&mut self, groups: usize);

    /// Adds rows to groups, in order. `argument` is `None` only for `COUNT(*)`.
    fn update(&mut self, updates: &[Update], argument: Option<&Column>);

    /// Adds what `from` holds to `into`, as if its rows came after those of `into`.
    fn merge(&mut self, into: u32, from: u32);

    /// Adds the group's result to `out`, a column of the function's result type.
    fn evaluate_into(&mut self, group: u32, out: &mut Column);

    /// Makes the group empty again.
    fn reset(&mut self, group: u32);

    /// Memory in bytes, without the allocator's overhead.
    fn size_bytes(&self) -> usize;

    /// Whether the result depends neither on the order of rows nor on how they were merged, so
    /// that overlapping windows can share slices.
    fn shares_slices(&self) -> bool;

    /// Number of values that a limit kept out since the last call.
    fn take_over_limit(&mut self) -> u64 {
        0
    }

    /// The state as bytes.
    fn checkpoint(&self) -> Vec<u8>;

    /// Replaces the state.
    ///
    /// # Errors
    /// When the bytes are not those of a checkpoint of the same call.
    fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError>;
}

/// A checkpoint that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("aggregate state cannot be restored: {0}")]
pub struct RestoreError(pub String);

impl From<postcard::Error> for RestoreError {
    fn from(error: postcard::Error) -> Self {
        Self(error.to_string())
    }
}

/// Reads a checkpoint of whole state.
fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, RestoreError> {
    Ok(postcard::from_bytes(bytes)?)
}

/// Writes a checkpoint of whole state. Writing to memory cannot fail.
fn write<T: Serialize>(state: &T) -> Vec<u8> {
    postcard::to_allocvec(state).expect("state serialises into memory")
}

impl AggregateFunction {
    /// The type of the result for an argument of this type.
    ///
    /// # Errors
    /// When the function does not take such an argument, or a parameter is out of range.
    pub fn result_type(self, argument: Option<&DataType>) -> Result<DataType, AggregateError> {
        self.check_parameters()?;
        let Some(argument) = argument else {
            return match self {
                Self::Count => Ok(DataType::BigInt),
                _ => Err(AggregateError::NoArgument(self)),
            };
        };
        let number = matches!(argument, DataType::Int | DataType::BigInt | DataType::Double);
        let nested =
            matches!(argument, DataType::Array(_) | DataType::Map(..) | DataType::Struct(_));
        let ordered = !nested && *argument != DataType::Boolean;
        let array = || DataType::Array(Box::new(argument.clone()));
        match self {
            Self::Count => Ok(DataType::BigInt),
            Self::Sum if number => Ok(argument.clone()),
            Self::Min | Self::Max if ordered => Ok(argument.clone()),
            Self::Avg if number => Ok(DataType::Double),
            Self::CountDistinct | Self::ApproxCountDistinct { .. } if !nested => {
                Ok(DataType::BigInt)
            }
            Self::TopK { .. } | Self::TopKDistinct { .. } if ordered => Ok(array()),
            Self::CollectList { .. } => Ok(array()),
            Self::CollectSet { .. } if !nested => Ok(array()),
            _ => Err(AggregateError::Argument { function: self, argument: argument.clone() }),
        }
    }

    fn check_parameters(self) -> Result<(), AggregateError> {
        let reason = match self {
            Self::ApproxCountDistinct { lg_k } if !(4..=21).contains(&lg_k) => {
                "lg_k must be 4 to 21"
            }
            Self::TopK { k: 0 } | Self::TopKDistinct { k: 0 } => "k must be positive",
            Self::CollectList { limit: 0 } | Self::CollectSet { limit: 0 } => {
                "the limit must be positive"
            }
            _ => return Ok(()),
        };
        Err(AggregateError::Parameter(self, reason))
    }

    /// An accumulator without groups.
    ///
    /// # Errors
    /// As [`AggregateFunction::result_type`].
    pub fn accumulator(
        self,
        argument: Option<&DataType>,
    ) -> Result<Box<dyn Accumulator>, AggregateError> {
        self.result_type(argument)?;
        let Some(argument) = argument else { return Ok(Box::new(count::Count::default())) };
        let double = *argument == DataType::Double;
        Ok(match self {
            Self::Count => Box::new(count::Count::default()),
            Self::Sum if double => Box::new(sum::DoubleSum::default()),
            Self::Sum => Box::new(sum::IntegerSum::default()),
            Self::Min => extremum::accumulator(argument, false),
            Self::Max => extremum::accumulator(argument, true),
            Self::Avg if double => Box::new(average::DoubleAverage::default()),
            Self::Avg => Box::new(average::IntegerAverage::new(*argument == DataType::Int)),
            Self::CountDistinct => Box::new(distinct::CountDistinct::default()),
            Self::ApproxCountDistinct { lg_k } => Box::new(sketch::ApproxCountDistinct::new(lg_k)),
            Self::TopK { k } => Box::new(top_k::TopK::new(k, false)),
            Self::TopKDistinct { k } => Box::new(top_k::TopK::new(k, true)),
            Self::CollectList { limit } => Box::new(collect::CollectList::new(limit)),
            Self::CollectSet { limit } => Box::new(collect::CollectSet::new(limit, argument)),
        })
    }
}

#[cfg(test)]
mod tests;
