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
mod dictionary;
mod distinct;
mod extremum;
mod histogram;
mod lists;
mod moments;
mod offset;
#[cfg(feature = "sketch")]
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
    /// The first value by arrival, or the first `n` as an `ARRAY`.
    EarliestByOffset {
        /// How many.
        n: Option<u32>,
        /// Whether NULLs do not count.
        ignore_nulls: bool,
    },
    /// The last value by arrival, or the last `n`, oldest first, as an `ARRAY`.
    LatestByOffset {
        /// How many.
        n: Option<u32>,
        /// Whether NULLs do not count.
        ignore_nulls: bool,
    },
    /// How often each of up to `limit` distinct values occurred: `MAP<VARCHAR, BIGINT>`.
    Histogram {
        /// The most distinct values.
        limit: u32,
    },
    /// `ATTR`: the value that all rows have, or NULL; knows up to `limit` distinct values.
    Attribute {
        /// The most distinct values.
        limit: u32,
    },
    /// `STDDEV_SAMP`: the standard deviation of a sample: `DOUBLE`.
    StandardDeviation,
    /// Pearson's correlation of the two numbers in a `STRUCT`: `DOUBLE`.
    Correlation,
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

    /// Whether [`Accumulator::retract`] works: ksqlDB's `TableUdaf`s, which tables need.
    fn can_retract(&self) -> bool {
        false
    }

    /// Takes rows back out of groups: the old value of a table's row that changed.
    ///
    /// # Panics
    /// When [`Accumulator::can_retract`] is false: a front end refuses such calls over tables.
    fn retract(&mut self, _updates: &[Update], _argument: Option<&Column>) {
        panic!("this aggregate takes no rows back");
    }

    /// Adds what `from` holds to `into`, as if its rows came after those of `into`.
    fn merge(&mut self, into: u32, from: u32);

    /// Adds the group's result to `out`, a column of the function's result type.
    fn evaluate_into(&mut self, group: u32, out: &mut Column);

    /// Makes the group empty again.
    fn reset(&mut self, group: u32);

    /// Memory in bytes, by lengths and not capacities: a restored state gives the same.
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
        let number = is_number(argument);
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
            Self::TopK { .. } if is_sorted_struct(argument) => Ok(array()),
            Self::CollectList { .. } | Self::CollectSet { .. } => Ok(array()),
            Self::EarliestByOffset { n, .. } | Self::LatestByOffset { n, .. } => {
                Ok(if n.is_some() { array() } else { argument.clone() })
            }
            Self::Histogram { .. } if *argument == DataType::Varchar => {
                Ok(DataType::Map(Box::new(DataType::Varchar), Box::new(DataType::BigInt)))
            }
            Self::Attribute { .. } => Ok(argument.clone()),
            Self::StandardDeviation if number => Ok(DataType::Double),
            Self::Correlation if is_pair_of_numbers(argument) => Ok(DataType::Double),
            _ => Err(AggregateError::Argument { function: self, argument: argument.clone() }),
        }
    }

    fn check_parameters(self) -> Result<(), AggregateError> {
        let reason = match self {
            Self::ApproxCountDistinct { lg_k } if !(4..=21).contains(&lg_k) => {
                "lg_k must be 4 to 21"
            }
            Self::TopK { k: 0 } | Self::TopKDistinct { k: 0 } => "k must be positive",
            Self::EarliestByOffset { n: Some(0), .. } | Self::LatestByOffset { n: Some(0), .. } => {
                "n must be positive"
            }
            Self::CollectList { limit: 0 }
            | Self::CollectSet { limit: 0 }
            | Self::Histogram { limit: 0 }
            | Self::Attribute { limit: 0 } => "the limit must be positive",
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
            #[cfg(feature = "sketch")]
            Self::ApproxCountDistinct { lg_k } => Box::new(sketch::ApproxCountDistinct::new(lg_k)),
            #[cfg(not(feature = "sketch"))]
            Self::ApproxCountDistinct { .. } => {
                return Err(AggregateError::Parameter(self, "this build has no sketches"));
            }
            Self::TopK { k } => Box::new(top_k::TopK::new(k, false, argument)),
            Self::TopKDistinct { k } => Box::new(top_k::TopK::new(k, true, argument)),
            Self::CollectList { limit } => Box::new(collect::CollectList::new(limit)),
            Self::CollectSet { limit } => Box::new(collect::CollectSet::new(limit, argument)),
            Self::EarliestByOffset { n, ignore_nulls } => {
                Box::new(offset::ByOffset::new(false, n, ignore_nulls))
            }
            Self::LatestByOffset { n, ignore_nulls } => {
                Box::new(offset::ByOffset::new(true, n, ignore_nulls))
            }
            Self::Histogram { limit } => Box::new(histogram::Histogram::new(limit)),
            Self::Attribute { limit } => Box::new(histogram::Histogram::only(limit)),
            Self::StandardDeviation => Box::new(moments::Moments::new(false)),
            Self::Correlation => Box::new(moments::Moments::new(true)),
        })
    }

    /// Whether its accumulators take rows back, as aggregates of tables must: the `TableUdaf`s of
    /// ksqlDB.
    #[must_use]
    pub const fn can_retract(self) -> bool {
        matches!(
            self,
            Self::Count
                | Self::Sum
                | Self::Avg
                | Self::CollectList { .. }
                | Self::Histogram { .. }
                | Self::Attribute { .. }
                | Self::StandardDeviation
                | Self::Correlation
        )
    }
}

const fn is_number(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Int | DataType::BigInt | DataType::Double)
}

fn is_pair_of_numbers(data_type: &DataType) -> bool {
    match data_type {
        DataType::Struct(fields) => fields.len() == 2 && fields.iter().all(|(_, t)| is_number(t)),
        _ => false,
    }
}

/// Whether the first field of a struct has an order.
fn is_sorted_struct(data_type: &DataType) -> bool {
    match data_type {
        DataType::Struct(fields) => fields.first().is_some_and(|(_, first)| {
            is_number(first) || matches!(first, DataType::Varchar | DataType::Timestamp)
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
