//! Aggregate functions: their declarations, and which computation of `aggregate` a call means.

use super::registry::{ResolveError, describe_signature, list, unknown};
use super::table::{Category, Function, Kind};
use crate::aggregate::AggregateFunction;
use crate::value::{DataType, Value};

const fn aggregate(
    name: &'static str,
    signatures: &'static [&'static str],
    doc: &'static str,
    examples: &'static [&'static str],
) -> Function {
    let (kind, category) = (Kind::Aggregate, Category::Aggregate);
    Function { name, kind, category, doc, examples, signatures }
}

/// The most values that `COLLECT_LIST` and `COLLECT_SET` keep unless a property says otherwise, as
/// in ksqlDB.
pub const COLLECT_LIMIT: u32 = 1_000;

/// Distinct keys that `HISTOGRAM` counts, as in ksqlDB, and values that `ATTR` tells apart.
const HISTOGRAM_LIMIT: u32 = 1_000;

/// The aggregate functions.
pub const FUNCTIONS: &[Function] = &[
    aggregate(
        "ATTR",
        &["value T -> T"],
        "The value that all rows have, or NULL when they have several.",
        &["ATTR(v) of 2, 2 = 2", "ATTR(v) of 2, 3 = NULL"],
    ),
    aggregate(
        "AVG",
        &["value N -> DOUBLE"],
        "The mean of the values that are not NULL.",
        &["AVG(v) of 1, NULL, 2 = 1.5"],
    ),
    aggregate(
        "COLLECT_LIST",
        &["value T -> ARRAY<T>"],
        "All values in arrival order, NULLs too.",
        &["COLLECT_LIST(v) of 2, 1, NULL, 2 = ARRAY[2, 1, NULL, 2]"],
    ),
    aggregate(
        "COLLECT_SET",
        &["value T -> ARRAY<T>"],
        "The distinct values by first arrival.",
        &["COLLECT_SET(v) of 'b', 'a', 'b' = ARRAY['b', 'a']"],
    ),
    aggregate(
        "CORRELATION",
        &["x N, y U -> DOUBLE"],
        "Pearson's correlation of two numbers, over rows in which neither is NULL.",
        &["CORRELATION(v, v) of 1, 2, 4 = 1.0"],
    ),
    aggregate(
        "COUNT",
        &["-> BIGINT", "value T -> BIGINT"],
        "The number of rows, or of values that are not NULL.",
        &["COUNT(*) of 1, NULL, 2 = 3", "COUNT(v) of 1, NULL, 2 = 2"],
    ),
    aggregate(
        "COUNT_DISTINCT",
        &["value T -> BIGINT"],
        "The exact number of distinct values.",
        &["COUNT_DISTINCT(v) of 1, 2, NULL, 1 = 2"],
    ),
    aggregate(
        "EARLIEST_BY_OFFSET",
        &[
            "value T -> T",
            "value T, ignore_nulls BOOLEAN -> T",
            "value T, n INT -> ARRAY<T>",
            "value T, n INT, ignore_nulls BOOLEAN -> ARRAY<T>",
        ],
        "The first value, or the first n, by arrival. NULLs are ignored unless said otherwise.",
        &[
            "EARLIEST_BY_OFFSET(v) of NULL, 2, 3 = 2",
            "EARLIEST_BY_OFFSET(v, FALSE) of NULL, 2, 3 = NULL",
            "EARLIEST_BY_OFFSET(v, 2) of NULL, 2, 3 = ARRAY[2, 3]",
        ],
    ),
    aggregate(
        "HISTOGRAM",
        &["value VARCHAR -> MAP<VARCHAR, BIGINT>"],
        "How often each value occurred; the first 1000 distinct ones count.",
        &["HISTOGRAM(v) of 'a', 'b', 'a' = MAP('a' := 2, 'b' := 1)"],
    ),
    aggregate(
        "LATEST_BY_OFFSET",
        &[
            "value T -> T",
            "value T, ignore_nulls BOOLEAN -> T",
            "value T, n INT -> ARRAY<T>",
            "value T, n INT, ignore_nulls BOOLEAN -> ARRAY<T>",
        ],
        "The last value, or the last n, by arrival. NULLs are ignored unless said otherwise.",
        &[
            "LATEST_BY_OFFSET(v) of 1, 2, NULL = 2",
            "LATEST_BY_OFFSET(v, 2) of 1, 2, NULL, 3 = ARRAY[2, 3]",
            "LATEST_BY_OFFSET(v, 2, FALSE) of 1, NULL, 3 = ARRAY[NULL, 3]",
        ],
    ),
    aggregate("MAX", &["value O -> O"], "The largest value.", &["MAX(v) of 2, NULL, 7 = 7"]),
    aggregate("MIN", &["value O -> O"], "The smallest value.", &["MIN(v) of 'b', 'a' = 'a'"]),
    aggregate(
        "STDDEV_SAMP",
        &["value N -> DOUBLE"],
        "The standard deviation of a sample.",
        &["STDDEV_SAMP(v) of 1, 3 = 1.4142135623730951"],
    ),
    aggregate(
        "STDDEV_SAMPLE",
        &["value N -> DOUBLE"],
        "The standard deviation of a sample.",
        &["STDDEV_SAMPLE(v) of 1, 3 = 1.4142135623730951"],
    ),
    aggregate(
        "SUM",
        &["value N -> N"],
        "The sum; that of nothing is 0.",
        &["SUM(v) of 1, NULL, 2 = 3"],
    ),
    aggregate(
        "TOPK",
        &[
            "value O, k INT -> ARRAY<O>",
            "value O, others T..., k INT -> ARRAY<STRUCT<sort_col O, col0 T>>",
        ],
        "The k largest values, largest first; with further columns as structs.",
        &["TOPK(v, 2) of 7, 3, 7, 9 = ARRAY[9, 7]"],
    ),
    aggregate(
        "TOPKDISTINCT",
        &["value O, k INT -> ARRAY<O>"],
        "The k largest distinct values, largest first.",
        &["TOPKDISTINCT(v, 2) of 7, 9, 9 = ARRAY[9, 7]"],
    ),
];

/// An argument of an aggregate call.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateArgument {
    /// The type; `None` of a NULL without one.
    pub data_type: Option<DataType>,
    /// The value when it is a constant.
    pub constant: Option<Value>,
}

/// An aggregate call with its types.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedAggregate {
    /// The name, upper case.
    pub name: &'static str,
    /// What computes it.
    pub function: AggregateFunction,
    /// How many of the arguments, from the first on, are values; the others are constants that
    /// `function` holds. With one it is the function's argument; with several the argument is a
    /// `STRUCT` of them, with the fields of `argument_type`.
    pub values: usize,
    /// The type of the function's one argument; `None` for `COUNT(*)`.
    pub argument_type: Option<DataType>,
    /// The type of the result.
    pub return_type: DataType,
}

/// The aggregate that is meant by a name, in any case, and arguments (none for `COUNT(*)`).
///
/// # Errors
/// When there is none, or a parameter is no constant in its range.
pub fn resolve(
    name: &str,
    arguments: &[AggregateArgument],
) -> Result<ResolvedAggregate, ResolveError> {
    let declared = FUNCTIONS.iter().find(|f| f.name.eq_ignore_ascii_case(name));
    let declared = declared.ok_or_else(|| unknown(name))?;
    let call = Call { declared, arguments };
    let (function, values) = call.function()?;
    let argument_type = call.argument_type(values)?;
    let return_type =
        function.result_type(argument_type.as_ref()).map_err(|_| call.does_not_accept())?;
    Ok(ResolvedAggregate { name: declared.name, function, values, argument_type, return_type })
}

struct Call<'a> {
    declared: &'static Function,
    arguments: &'a [AggregateArgument],
}

impl Call<'_> {
    /// The function and how many arguments are values.
    fn function(&self) -> Result<(AggregateFunction, usize), ResolveError> {
        let count = self.arguments.len();
        let simple = match self.declared.name {
            "COUNT" if count <= 1 => return Ok((AggregateFunction::Count, count)),
            "ATTR" => AggregateFunction::Attribute { limit: HISTOGRAM_LIMIT },
            "AVG" => AggregateFunction::Avg,
            "COLLECT_LIST" => AggregateFunction::CollectList { limit: COLLECT_LIMIT },
            "COLLECT_SET" => AggregateFunction::CollectSet { limit: COLLECT_LIMIT },
            "COUNT_DISTINCT" => AggregateFunction::CountDistinct,
            "HISTOGRAM" => AggregateFunction::Histogram { limit: HISTOGRAM_LIMIT },
            "MAX" => AggregateFunction::Max,
            "MIN" => AggregateFunction::Min,
            "STDDEV_SAMP" | "STDDEV_SAMPLE" => AggregateFunction::StandardDeviation,
            "SUM" => AggregateFunction::Sum,
            "CORRELATION" if count == 2 => return Ok((AggregateFunction::Correlation, 2)),
            "EARLIEST_BY_OFFSET" if (1..=3).contains(&count) => {
                let (n, ignore_nulls) = self.by_offset()?;
                return Ok((AggregateFunction::EarliestByOffset { n, ignore_nulls }, 1));
            }
            "LATEST_BY_OFFSET" if (1..=3).contains(&count) => {
                let (n, ignore_nulls) = self.by_offset()?;
                return Ok((AggregateFunction::LatestByOffset { n, ignore_nulls }, 1));
            }
            "TOPK" if count >= 2 => {
                let k = self.positive(count - 1)?;
                return Ok((AggregateFunction::TopK { k }, count - 1));
            }
            "TOPKDISTINCT" if count == 2 => {
                let k = self.positive(1)?;
                return Ok((AggregateFunction::TopKDistinct { k }, 1));
            }
            _ => return Err(self.does_not_accept()),
        };
        if count == 1 { Ok((simple, 1)) } else { Err(self.does_not_accept()) }
    }

    /// How many values and whether NULLs are ignored: `(value [, n] [, ignore_nulls])`.
    fn by_offset(&self) -> Result<(Option<u32>, bool), ResolveError> {
        let mut next = 1;
        let integer = |i: usize| {
            let data_type = self.arguments.get(i).and_then(|a| a.data_type.as_ref());
            matches!(data_type, Some(DataType::Int | DataType::BigInt))
        };
        let mut n = None;
        if integer(next) {
            n = Some(self.positive(next)?);
            next += 1;
        }
        let Some(argument) = self.arguments.get(next) else { return Ok((n, true)) };
        if self.arguments.len() > next + 1 || argument.data_type != Some(DataType::Boolean) {
            return Err(self.does_not_accept());
        }
        match &argument.constant {
            Some(Value::Boolean(ignore)) => Ok((n, *ignore)),
            _ => Err(self.constant(next, "must be a constant")),
        }
    }

    /// The constant positive integer at an index.
    fn positive(&self, index: usize) -> Result<u32, ResolveError> {
        let argument = &self.arguments[index];
        if !matches!(argument.data_type, Some(DataType::Int | DataType::BigInt)) {
            return Err(self.does_not_accept());
        }
        let Some(value) = &argument.constant else {
            return Err(self.constant(index, "must be a constant"));
        };
        let positive = value.integer().and_then(|v| u32::try_from(v).ok()).filter(|v| *v > 0);
        positive.ok_or_else(|| self.constant(index, "must be a positive INT"))
    }

    /// The type of the function's one argument.
    fn argument_type(&self, values: usize) -> Result<Option<DataType>, ResolveError> {
        let types: Option<Vec<DataType>> =
            self.arguments[..values].iter().map(|a| a.data_type.clone()).collect();
        let types = types.ok_or_else(|| self.does_not_accept())?;
        if values < 2 {
            return Ok(types.into_iter().next());
        }
        let correlation = self.declared.name == "CORRELATION";
        let fields = types.into_iter().enumerate().map(|(i, data_type)| {
            let name = match i {
                _ if correlation => ["X", "Y"][i].to_owned(),
                0 => "sort_col".to_owned(),
                _ => format!("col{}", i - 1),
            };
            (name.into(), data_type)
        });
        Ok(Some(DataType::Struct(fields.collect())))
    }

    fn constant(&self, index: usize, problem: &str) -> ResolveError {
        let (name, problem) = (self.declared.name.to_owned(), problem.to_owned());
        ResolveError::Constant { name, position: index + 1, problem }
    }

    fn does_not_accept(&self) -> ResolveError {
        let name = self.declared.name;
        let given: Vec<_> = self.arguments.iter().map(|a| a.data_type.clone()).collect();
        let signatures = self.declared.signatures.iter().map(|s| describe_signature(name, s));
        let (given, signatures) = (list(&given), signatures.collect());
        ResolveError::Arguments { name: name.to_owned(), given, signatures }
    }
}
