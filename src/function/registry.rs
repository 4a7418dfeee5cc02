//! Finds the function that a call means.

use thiserror::Error;

use super::aggregates;
use super::call::Body;
use super::pattern;
use super::refused;
use super::signature::{Bound, Misfit, Signature};
use super::table::{Function, Kind, SCALARS, Scalar};
use super::tables::{self, TableFunction};
use super::time_format::{FormatError, TimeFormat, zone_offset};
use crate::format::datetime::is_of_java;
use crate::order;
use crate::value::{DataType, Value};

pub use super::aggregates::{AggregateArgument, ResolvedAggregate, resolve as resolve_aggregate};

/// A call of a scalar or table function with its types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The name, upper case: what `plan::Expr::Call` names.
    pub name: &'static str,
    /// The type that each argument must have: a front end casts those that have another, and gives
    /// an untyped NULL this type.
    pub parameters: Vec<DataType>,
    /// The type of the result.
    pub return_type: DataType,
}

/// Why a call means no function.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResolveError {
    /// There is no such function. [`names`] has those that might be meant.
    #[error("there is no function {0}")]
    Unknown(String),
    /// ksqlDB has it, and it is not supported here.
    #[error("the function {name} is not supported: {reason}")]
    Unsupported {
        /// The function.
        name: String,
        /// Why.
        reason: String,
    },
    /// No overload takes such arguments.
    #[error("{name} does not accept ({given}); it has {}", signatures.join("; "))]
    Arguments {
        /// The function.
        name: String,
        /// The types of the arguments.
        given: String,
        /// What it does accept.
        signatures: Vec<String>,
    },
    /// NULLs alone do not say which overload is meant.
    #[error("{name} ({given}) is ambiguous: cast a NULL to the type that is meant")]
    Ambiguous {
        /// The function.
        name: String,
        /// The types of the arguments.
        given: String,
    },
    /// A parameter must be a constant and is not, or is one that the function does not take.
    #[error("argument {position} of {name} {problem}")]
    Constant {
        /// The function.
        name: String,
        /// Which argument, from 1.
        position: usize,
        /// What is wrong.
        problem: String,
    },
}

/// All functions in order of their names.
#[must_use]
pub fn all() -> Vec<Function> {
    let scalars = SCALARS.iter().copied().flatten().map(|scalar| scalar.function);
    let tables = tables::FUNCTIONS.iter().map(|table| table.function);
    let mut all: Vec<_> =
        scalars.chain(tables).chain(aggregates::FUNCTIONS.iter().copied()).collect();
    order::sort_by_key(&mut all, |function| function.name);
    all
}

/// The names of all functions, for suggestions.
#[must_use]
pub fn names() -> Vec<&'static str> {
    all().iter().map(|function| function.name).collect()
}

/// What the function with this name, in any case, makes of rows.
#[must_use]
pub fn kind(name: &str) -> Option<Kind> {
    describe(name).map(|function| function.kind)
}

/// The function with this name, in any case.
#[must_use]
pub fn describe(name: &str) -> Option<Function> {
    all().into_iter().find(|function| function.name.eq_ignore_ascii_case(name))
}

/// The scalar function that is meant by a name, in any case, and argument types; `None` is a NULL
/// without a type.
///
/// # Errors
/// When there is none, or it is not clear which.
pub fn resolve_scalar(
    name: &str,
    arguments: &[Option<DataType>],
) -> Result<Resolved, ResolveError> {
    let scalar = find_scalar(name).ok_or_else(|| unknown(name))?;
    let function = &scalar.function;
    if function.name == "UNIX_TIMESTAMP" && arguments.is_empty() {
        return Err(unsupported(function.name, refused::CLOCK));
    }
    let bound = select(function, arguments)?;
    Ok(Resolved { name: function.name, parameters: bound.parameters, return_type: bound.returns })
}

/// The table function that is meant.
///
/// # Errors
/// When there is none, or it is not clear which.
pub fn resolve_table_function(
    name: &str,
    arguments: &[Option<DataType>],
) -> Result<(TableFunction, Resolved), ResolveError> {
    let table = find_table(name).ok_or_else(|| unknown(name))?;
    let bound = select(&table.function, arguments)?;
    let (parameters, return_type) = (bound.parameters, bound.returns);
    Ok((table.id, Resolved { name: table.function.name, parameters, return_type }))
}

/// Body and result of the overload with exactly these parameter types. A table function is one that
/// gives an array of the rows.
pub(super) fn overload(name: &str, arguments: &[DataType]) -> Result<(Body, Bound), ResolveError> {
    let arguments: Vec<_> = arguments.iter().cloned().map(Some).collect();
    if let Some(scalar) = find_scalar(name) {
        return Ok((scalar.body, select(&scalar.function, &arguments)?));
    }
    let table = find_table(name).ok_or_else(|| unknown(name))?;
    let bound = select(&table.function, &arguments)?;
    let returns = DataType::Array(Box::new(bound.returns));
    Ok((table.id.body(), Bound { returns, ..bound }))
}

fn find_table(name: &str) -> Option<&'static tables::Table> {
    tables::FUNCTIONS.iter().find(|table| table.function.name.eq_ignore_ascii_case(name))
}

fn find_scalar(name: &str) -> Option<&'static Scalar> {
    SCALARS.iter().copied().flatten().find(|s| s.function.name.eq_ignore_ascii_case(name))
}

/// The error of not finding a function.
pub(super) fn unknown(name: &str) -> ResolveError {
    let name = name.to_ascii_uppercase();
    match refused::reason(&name) {
        Some(reason) => unsupported(&name, reason),
        None => ResolveError::Unknown(name),
    }
}

fn unsupported(name: &str, reason: &str) -> ResolveError {
    ResolveError::Unsupported { name: name.to_owned(), reason: reason.to_owned() }
}

/// Refuses constants in a call of a scalar function, by name, for which there is no support: regular
/// expressions that cannot be matched in linear time, named time zones, rare letters of time formats.
/// `constants` has the value of each argument that is one.
///
/// # Errors
/// Names what is not supported. A constant that ksqlDB, too, fails on is no error: rows fail.
pub fn check_constants(name: &str, constants: &[Option<Value>]) -> Result<(), ResolveError> {
    let name = name.to_ascii_uppercase();
    let text = |i: usize| match constants.get(i) {
        Some(Some(Value::Varchar(text))) => Some(&**text),
        _ => None,
    };
    let (regex, format, zones): (_, _, &[usize]) = match name.as_str() {
        "REGEXP_EXTRACT" | "REGEXP_EXTRACT_ALL" => (text(0), None, &[]),
        "REGEXP_REPLACE" | "REGEXP_SPLIT_TO_ARRAY" => (text(1), None, &[]),
        "CONVERT_TZ" => (None, None, &[1, 2]),
        "FORMAT_TIMESTAMP" | "PARSE_TIMESTAMP" | "STRINGTOTIMESTAMP" | "TIMESTAMPTOSTRING" => {
            (None, text(1), &[2])
        }
        _ => return Ok(()),
    };
    if let Some(feature) = regex.and_then(pattern::unsupported) {
        return Err(unsupported(&name, &format!("{feature} in its pattern has no linear time")));
    }
    if let Some(Err(error @ FormatError::Letter(letter))) = format.map(TimeFormat::new)
        && is_of_java(letter)
    {
        return Err(unsupported(&name, &error.to_string()));
    }
    match zones.iter().filter_map(|i| text(*i)).find(|zone| zone_offset(zone).is_none()) {
        Some(zone) => {
            let reason = format!(
                "the named time zone {zone} (write its offset from UTC instead, such as '+01:00')"
            );
            Err(unsupported(&name, &reason))
        }
        None => Ok(()),
    }
}

/// The overload for these arguments: without widening before with, and fixed parameters before any
/// number of them, as ksqlDB prefers.
pub(super) fn select(
    function: &Function,
    arguments: &[Option<DataType>],
) -> Result<Bound, ResolveError> {
    let signatures: Vec<_> =
        function.signatures.iter().map(|text| Signature::parse(text)).collect();
    let name = function.name.to_owned();
    let mut ambiguous = false;
    for widen in [false, true] {
        for variadic in [false, true] {
            let mut found: Option<Bound> = None;
            for signature in signatures.iter().filter(|s| s.variadic == variadic) {
                match signature.bind(arguments, widen) {
                    // Of several that widen the first is the nearest: the tables go from INT on.
                    Ok(bound) if found.is_none() => found = Some(bound),
                    Ok(_) => ambiguous |= arguments.iter().any(Option::is_none),
                    Err(Misfit::Ambiguous) => ambiguous = true,
                    Err(Misfit::Types) => {}
                }
            }
            if ambiguous {
                return Err(ResolveError::Ambiguous { name, given: list(arguments) });
            }
            if let Some(bound) = found {
                return Ok(bound);
            }
        }
    }
    let signatures =
        function.signatures.iter().map(|text| describe_signature(&name, text)).collect();
    Err(ResolveError::Arguments { name, given: list(arguments), signatures })
}

/// `NAME(parameters) -> TYPE`
#[must_use]
pub fn describe_signature(name: &str, signature: &str) -> String {
    let (parameters, returns) = signature.split_once("->").unwrap_or((signature, ""));
    format!("{name}({}) -> {}", parameters.trim(), returns.trim())
}

/// `INT, NULL, VARCHAR`
pub(super) fn list(arguments: &[Option<DataType>]) -> String {
    let names = arguments.iter().map(|a| a.as_ref().map_or("NULL".to_owned(), ToString::to_string));
    names.collect::<Vec<_>>().join(", ")
}
