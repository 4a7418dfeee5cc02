//! How functions are declared.

use super::call::Body;
use super::{collections, encoding, json, masking, math, misc, regex, strings, times, urls};

/// What a function is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Many rows to one value.
    Aggregate,
    /// Arrays, maps and structs.
    Collection,
    /// Which of several values.
    Conditional,
    /// JSON in texts.
    Json,
    /// Numbers.
    Mathematical,
    /// Regular expressions.
    Regex,
    /// Texts.
    String,
    /// One row to many.
    Table,
    /// Dates and times.
    Time,
    /// URLs.
    Url,
    /// What fits nowhere else.
    Other,
}

/// What a function makes of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One value for each row.
    Scalar,
    /// One value for each group of rows.
    Aggregate,
    /// Any number of rows for each row.
    Table,
}

/// A function as people see it: in `SHOW FUNCTIONS`, completion and the docs.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name, upper case.
    pub name: &'static str,
    /// What it makes of rows.
    pub kind: Kind,
    /// What it is about.
    pub category: Category,
    /// What it does.
    pub doc: &'static str,
    /// `call = result`; of an aggregate `call of values = result`, of a table function `call gives
    /// rows`. Each is tested.
    pub examples: &'static [&'static str],
    /// `name TYPE, … -> TYPE`, one for each overload ([`super::signature`]).
    pub signatures: &'static [&'static str],
}

/// A scalar function with what computes it, one body for each signature or one for all.
#[derive(Clone, Copy)]
pub struct Scalar {
    /// What people see.
    pub function: Function,
    /// What computes it.
    pub body: Body,
}

/// Declares a scalar function.
pub const fn scalar(
    name: &'static str,
    category: Category,
    signatures: &'static [&'static str],
    body: Body,
    doc: &'static str,
    examples: &'static [&'static str],
) -> Scalar {
    let function = Function { name, kind: Kind::Scalar, category, doc, examples, signatures };
    Scalar { function, body }
}

/// The scalar functions, by subject.
pub const SCALARS: &[&[Scalar]] = &[
    collections::ARRAYS,
    collections::MAPS,
    json::FUNCTIONS,
    math::FUNCTIONS,
    misc::FUNCTIONS,
    strings::FUNCTIONS,
    regex::FUNCTIONS,
    masking::FUNCTIONS,
    encoding::FUNCTIONS,
    times::FUNCTIONS,
    urls::FUNCTIONS,
];
