//! Functions that choose between values, and `AS_VALUE`.

use std::cmp::Ordering;

use super::call::{Body, Context, Outcome, integer};
use super::table::{Category, Scalar, scalar};
use crate::value::Value;

/// The functions.
pub const FUNCTIONS: &[Scalar] = &[
    scalar(
        "AS_VALUE",
        Category::Other,
        &["key T -> T"],
        Body::Values(|_, v| Ok(v[0].clone())),
        "A copy of a key column that goes into the record's value.",
        &["AS_VALUE(5) = 5"],
    ),
    scalar(
        "COALESCE",
        Category::Conditional,
        &["first T, other T... -> T"],
        Body::Values(first_there),
        "The first argument that is not NULL.",
        &["COALESCE(NULL, 2, 3) = 2", "COALESCE('a', NULL) = 'a'"],
    ),
    scalar(
        "IFNULL",
        Category::Conditional,
        &["value T, otherwise T -> T"],
        Body::Values(first_there),
        "The value, or the other when it is NULL.",
        &["IFNULL(NULL, 'x') = 'x'", "IFNULL(1, 2) = 1"],
    ),
    scalar(
        "NULLIF",
        Category::Conditional,
        &["value T, other T -> T"],
        Body::Values(|_, v| Ok(if v[0] == v[1] { Value::Null } else { v[0].clone() })),
        "NULL when the two are equal, else the first.",
        &["NULLIF(10, 10) = NULL", "NULLIF('a', 'b') = 'a'", "NULLIF(1, NULL) = 1"],
    ),
    scalar(
        "GREATEST",
        Category::Conditional,
        &["first O, other O... -> O"],
        Body::Values(|_, v| extremum(v, Ordering::Greater)),
        "The largest argument; NULLs do not count.",
        &["GREATEST(1, NULL, 5, 3) = 5", "GREATEST('apple', 'pear') = 'pear'"],
    ),
    scalar(
        "LEAST",
        Category::Conditional,
        &["first O, other O... -> O"],
        Body::Values(|_, v| extremum(v, Ordering::Less)),
        "The smallest argument; NULLs do not count.",
        &["LEAST(4, NULL, 5) = 4", "LEAST('!', 'Zebra', 'a') = '!'"],
    ),
    scalar(
        "ELT",
        Category::Conditional,
        &["n INT, value VARCHAR... -> VARCHAR"],
        Body::Values(elt),
        "The nth text, from 1; NULL when there is none.",
        &["ELT(2, 'a', 'b') = 'b'", "ELT(3, 'a', 'b') = NULL", "ELT(0, 'a') = NULL"],
    ),
    scalar(
        "FIELD",
        Category::Conditional,
        &["wanted VARCHAR, value VARCHAR... -> INT"],
        Body::Values(field),
        "The position of the first text among the others, from 1; 0 when it is not there.",
        &["FIELD('b', 'a', 'b') = 2", "FIELD('c', 'a', 'b') = 0", "FIELD(NULL, 'a') = 0"],
    ),
];

fn first_there(_: &mut Context, values: &[Value]) -> Outcome {
    Ok(values.iter().find(|value| !value.is_null()).cloned().unwrap_or_default())
}

fn extremum(values: &[Value], wanted: Ordering) -> Outcome {
    let mut best = &Value::Null;
    for value in values.iter().filter(|value| !value.is_null()) {
        if best.is_null() || value.total_cmp(best) == wanted {
            best = value;
        }
    }
    Ok(best.clone())
}

fn elt(_: &mut Context, values: &[Value]) -> Outcome {
    if values[0].is_null() {
        return Ok(Value::Null);
    }
    let n = usize::try_from(integer(&values[0])).ok().filter(|n| *n > 0);
    Ok(n.and_then(|n| values.get(n)).cloned().unwrap_or_default())
}

fn field(_: &mut Context, values: &[Value]) -> Outcome {
    let (wanted, others) = values.split_first().expect("the first is there");
    let found = others.iter().position(|value| !wanted.is_null() && value == wanted);
    Ok(Value::Int(found.map_or(0, |at| at as i32 + 1)))
}
