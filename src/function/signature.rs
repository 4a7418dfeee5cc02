//! Signatures, written as `name TYPE, name TYPE... -> TYPE`.
//!
//! A type may be a variable: `T`, `U`, `V` stand for any type, `N` for a number (`INT`, `BIGINT` or
//! `DOUBLE`), `O` for a type with an order (numbers, `VARCHAR`, `TIMESTAMP`). A variable is the same
//! type wherever it stands. `...` behind the last parameter's type: any number of them, or none.

use std::sync::Arc;

use crate::value::DataType;

/// A type with variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// This type.
    Exact(DataType),
    /// The type that the variable stands for.
    Variable(char),
    /// `ARRAY<…>`
    Array(Box<Pattern>),
    /// `MAP<…, …>`
    Map(Box<Pattern>, Box<Pattern>),
    /// `STRUCT<name …, …>`
    Struct(Vec<(Arc<str>, Pattern)>),
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the docs.
    pub name: String,
    /// Its type.
    pub pattern: Pattern,
}

/// The parameters of an overload and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// Whether the last parameter may be there any number of times.
    pub variadic: bool,
    /// The result.
    pub returns: Pattern,
}

/// The types that a call's arguments must have, and that of its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// One for each argument.
    pub parameters: Vec<DataType>,
    /// The result.
    pub returns: DataType,
}

/// Why a signature does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Other types.
    Types,
    /// NULLs alone do not say which types are meant.
    Ambiguous,
}

impl Signature {
    /// Reads a signature.
    ///
    /// # Panics
    /// When the text is none: the tables are part of the program, and a test reads them all.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (parameters, returns) = text.split_once("->").expect("a signature has a result");
        let mut reader = Reader(parameters.trim());
        let (mut list, mut variadic) = (Vec::new(), false);
        while !reader.0.is_empty() {
            let name = reader.word().to_owned();
            let pattern = reader.pattern();
            list.push(Parameter { name, pattern });
            variadic = reader.take("...");
            reader.take(",");
        }
        Self { parameters: list, variadic, returns: Reader(returns.trim()).pattern() }
    }

    /// The types when called with these; `None` is a NULL without a type. With `widen` an `INT` may
    /// become a `BIGINT` or `DOUBLE`, and a `BIGINT` a `DOUBLE`.
    ///
    /// # Errors
    /// When it cannot be called so.
    pub fn bind(&self, arguments: &[Option<DataType>], widen: bool) -> Result<Bound, Misfit> {
        let fixed = self.parameters.len() - usize::from(self.variadic);
        let fits = if self.variadic { arguments.len() >= fixed } else { arguments.len() == fixed };
        if !fits {
            return Err(Misfit::Types);
        }
        let pattern = |i: usize| &self.parameters[i.min(self.parameters.len() - 1)].pattern;
        let mut variables = Variables::default();
        for (i, argument) in arguments.iter().enumerate() {
            if let Some(argument) = argument
                && !variables.unify(pattern(i), argument)
                && !(widen && widens(argument, pattern(i)))
            {
                return Err(Misfit::Types);
            }
        }
        let parameters: Option<_> =
            (0..arguments.len()).map(|i| variables.resolve(pattern(i))).collect();
        let returns = variables.resolve(&self.returns);
        match (parameters, returns) {
            (Some(parameters), Some(returns)) => Ok(Bound { parameters, returns }),
            _ => Err(Misfit::Ambiguous),
        }
    }
}

const fn widens(from: &DataType, to: &Pattern) -> bool {
    matches!(
        (from, to),
        (DataType::Int, Pattern::Exact(DataType::BigInt | DataType::Double))
            | (DataType::BigInt, Pattern::Exact(DataType::Double))
    )
}

/// What variables stand for.
#[derive(Default)]
struct Variables(Vec<(char, DataType)>);

impl Variables {
    fn unify(&mut self, pattern: &Pattern, actual: &DataType) -> bool {
        match (pattern, actual) {
            (Pattern::Exact(wanted), actual) => wanted == actual,
            (Pattern::Variable(name), actual) => {
                if let Some((_, known)) = self.0.iter().find(|(other, _)| other == name) {
                    return known == actual;
                }
                let number = matches!(actual, DataType::Int | DataType::BigInt | DataType::Double);
                let allowed = match name {
                    'N' => number,
                    'O' => number || matches!(actual, DataType::Varchar | DataType::Timestamp),
                    _ => true,
                };
                if allowed {
                    self.0.push((*name, actual.clone()));
                }
                allowed
            }
            (Pattern::Array(item), DataType::Array(actual)) => self.unify(item, actual),
            (Pattern::Map(key, item), DataType::Map(actual_key, actual_item)) => {
                self.unify(key, actual_key) && self.unify(item, actual_item)
            }
            (Pattern::Struct(fields), DataType::Struct(actual)) => {
                fields.len() == actual.len()
                    && fields.iter().zip(&**actual).all(|(field, actual)| {
                        field.0 == actual.0 && self.unify(&field.1, &actual.1)
                    })
            }
            _ => false,
        }
    }

    fn resolve(&self, pattern: &Pattern) -> Option<DataType> {
        Some(match pattern {
            Pattern::Exact(data_type) => data_type.clone(),
            Pattern::Variable(name) => {
                self.0.iter().find(|(other, _)| other == name).map(|(_, known)| known.clone())?
            }
            Pattern::Array(item) => DataType::Array(Box::new(self.resolve(item)?)),
            Pattern::Map(key, item) => {
                DataType::Map(Box::new(self.resolve(key)?), Box::new(self.resolve(item)?))
            }
            Pattern::Struct(fields) => {
                let fields = fields.iter().map(|(name, p)| Some((name.clone(), self.resolve(p)?)));
                DataType::Struct(fields.collect::<Option<Vec<_>>>()?.into())
            }
        })
    }
}

/// Reads words and types from the start of a text.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.0.trim_start().strip_prefix(token);
        self.0 = rest.unwrap_or(self.0).trim_start();
        rest.is_some()
    }

    fn word(&mut self) -> &'a str {
        let text = self.0.trim_start();
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        self.0 = &text[end..];
        &text[..end]
    }

    fn pattern(&mut self) -> Pattern {
        let pattern = match self.word() {
            "BOOLEAN" => Pattern::Exact(DataType::Boolean),
            "INT" => Pattern::Exact(DataType::Int),
            "BIGINT" => Pattern::Exact(DataType::BigInt),
            "DOUBLE" => Pattern::Exact(DataType::Double),
            "VARCHAR" => Pattern::Exact(DataType::Varchar),
            "TIMESTAMP" => Pattern::Exact(DataType::Timestamp),
            "ARRAY" => {
                assert!(self.take("<"), "ARRAY of what");
                let item = self.pattern();
                assert!(self.take(">"), "the end of ARRAY");
                Pattern::Array(Box::new(item))
            }
            "MAP" => {
                assert!(self.take("<"), "MAP of what");
                let key = self.pattern();
                assert!(self.take(","), "MAP to what");
                let item = self.pattern();
                assert!(self.take(">"), "the end of MAP");
                Pattern::Map(Box::new(key), Box::new(item))
            }
            "STRUCT" => {
                let mut fields = Vec::new();
                assert!(self.take("<"), "STRUCT of what");
                while !self.take(">") {
                    let name = Arc::from(self.word());
                    fields.push((name, self.pattern()));
                    self.take(",");
                }
                Pattern::Struct(fields)
            }
            variable if variable.len() == 1 => {
                Pattern::Variable(variable.chars().next().expect("one character"))
            }
            other => panic!("`{other}` is no type"),
        };
        // What is made of exact types is exact, so that it can be compared at once.
        match Variables::default().resolve(&pattern) {
            Some(exact) => Pattern::Exact(exact),
            None => pattern,
        }
    }
}
