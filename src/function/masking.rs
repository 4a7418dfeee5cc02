//! `MASK` and its kin: texts whose characters are hidden by sort.

use super::call::{Body, Fault, Outcome, integer};
use super::table::{Category, Scalar, scalar};
use crate::value::Value;

const STRING: Category = Category::String;

/// The functions.
pub const FUNCTIONS: &[Scalar] = &[
    scalar(
        "MASK",
        STRING,
        MASK,
        Body::Values(|_, v| mask(v, |_, _| true)),
        MASK_DOC,
        &["MASK('My Test $123') = 'Xx-Xxxx--nnn'", "MASK('aB1', '*', NULL, '#', NULL) = 'a*#'"],
    ),
    scalar(
        "MASK_KEEP_LEFT",
        STRING,
        MASK_PART,
        Body::Values(|_, v| mask_part(v, |n, i, _| i >= n)),
        "As MASK, but the first characters stay.",
        &["MASK_KEEP_LEFT('My Test $123', 4) = 'My Txxx--nnn'"],
    ),
    scalar(
        "MASK_KEEP_RIGHT",
        STRING,
        MASK_PART,
        Body::Values(|_, v| mask_part(v, |n, i, length| i + n < length)),
        "As MASK, but the last characters stay.",
        &["MASK_KEEP_RIGHT('My Test $123', 4) = 'Xx-Xxxx-$123'"],
    ),
    scalar(
        "MASK_LEFT",
        STRING,
        MASK_PART,
        Body::Values(|_, v| mask_part(v, |n, i, _| i < n)),
        "As MASK, of the first characters only.",
        &["MASK_LEFT('My Test $123', 4) = 'Xx-Xest $123'"],
    ),
    scalar(
        "MASK_RIGHT",
        STRING,
        MASK_PART,
        Body::Values(|_, v| mask_part(v, |n, i, length| i + n >= length)),
        "As MASK, of the last characters only.",
        &["MASK_RIGHT('My Test $123', 4) = 'My Test -nnn'"],
    ),
];

const MASK: &[&str] = &[
    "value VARCHAR -> VARCHAR",
    "value VARCHAR, upper VARCHAR, lower VARCHAR, digit VARCHAR, other VARCHAR -> VARCHAR",
];
const MASK_PART: &[&str] = &[
    "value VARCHAR, n INT -> VARCHAR",
    "value VARCHAR, n INT, upper VARCHAR, lower VARCHAR, digit VARCHAR, other VARCHAR -> VARCHAR",
];
const MASK_DOC: &str = "The text with capital letters, small letters, digits and other characters \
                        replaced by X, x, n and - or by those given; NULL leaves a sort as it is.";

fn mask_part(values: &[Value], masked: fn(usize, usize, usize) -> bool) -> Outcome {
    if values[1].is_null() {
        return Ok(Value::Null);
    }
    let n = usize::try_from(integer(&values[1]))
        .map_err(|_| Fault("a negative number of characters"))?;
    let mut rest = vec![values[0].clone()];
    rest.extend_from_slice(&values[2..]);
    mask(&rest, |i, length| masked(n, i, length))
}

fn mask(values: &[Value], masked: impl Fn(usize, usize) -> bool) -> Outcome {
    let sort = |i: usize, default: char| match values.get(i) {
        None => Some(default),
        Some(Value::Varchar(text)) => text.chars().next(),
        Some(_) => None,
    };
    let [upper, lower, digit, other] = [sort(1, 'X'), sort(2, 'x'), sort(3, 'n'), sort(4, '-')];
    let Value::Varchar(text) = &values[0] else { return Ok(Value::Null) };
    let length = text.chars().count();
    let one = |(i, c): (usize, char)| {
        let by = match c {
            _ if !masked(i, length) => None,
            c if c.is_uppercase() => upper,
            c if c.is_lowercase() => lower,
            c if c.is_numeric() => digit,
            _ => other,
        };
        by.unwrap_or(c)
    };
    let masked: String = text.chars().enumerate().map(one).collect();
    Ok(Value::Varchar(masked.into()))
}
