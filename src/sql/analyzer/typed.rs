//! Expressions with their types, and ksqlDB's implicit conversions between them.

use std::cmp::Ordering;
use std::sync::Arc;

use super::types::show;
use crate::plan::Expr;
use crate::value::{DataType, Value};

/// The type of an expression while it is analysed.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// The literal NULL, which has none.
    Null,
    /// A DECIMAL, which only literals such as `1.50` have here, with the literal as it is written: it
    /// is computed with as a DOUBLE, and refused where a result would have it.
    Decimal(Arc<str>),
    /// One that values have.
    Known(DataType),
}

/// An expression of the plan and its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// The expression.
    pub expr: Expr,
    /// Its type.
    pub ty: Ty,
}

/// Why a value is not converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The types have nothing to do with each other.
    Types,
    /// A literal text that does not say a value of the type.
    Literal(String),
}

impl Typed {
    /// An expression of this type.
    pub fn new(expr: Expr, data_type: DataType) -> Self {
        Self { expr, ty: Ty::Known(data_type) }
    }

    /// The literal NULL.
    pub fn null() -> Self {
        Self { expr: Expr::Literal(Value::Null, DataType::Varchar), ty: Ty::Null }
    }

    /// The type, or VARCHAR for the literal NULL and DOUBLE for a DECIMAL.
    pub fn data_type(&self) -> DataType {
        match &self.ty {
            Ty::Null => DataType::Varchar,
            Ty::Decimal(_) => DataType::Double,
            Ty::Known(data_type) => data_type.clone(),
        }
    }

    /// The type as messages show it.
    pub fn shown(&self) -> String {
        match &self.ty {
            Ty::Null => "NULL".to_owned(),
            Ty::Decimal(_) => "DECIMAL".to_owned(),
            Ty::Known(data_type) => show(data_type),
        }
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        self.rank().is_some()
    }

    fn rank(&self) -> Option<u8> {
        match &self.ty {
            Ty::Null => None,
            Ty::Decimal(_) => Some(2),
            Ty::Known(data_type) => match data_type {
                DataType::Int => Some(0),
                DataType::BigInt => Some(1),
                DataType::Double => Some(3),
                _ => None,
            },
        }
    }

    /// This converted without a `CAST` being written.
    ///
    /// # Errors
    /// When ksqlDB would not.
    pub fn coerce(self, target: &DataType) -> Result<Expr, Mismatch> {
        coerce(self.expr, &self.ty, target)
    }
}

/// The wider of two types of numbers.
pub fn wider(a: &Typed, b: &Typed) -> Option<Ty> {
    let (left, right) = (a.rank()?, b.rank()?);
    Some(if left.cmp(&right) == Ordering::Less { b.ty.clone() } else { a.ty.clone() })
}

fn widens(from: &DataType, to: &DataType) -> bool {
    matches!(
        (from, to),
        (DataType::Int, DataType::BigInt | DataType::Double) | (DataType::BigInt, DataType::Double)
    )
}

/// Whether all that is within a type widens to what is within the other.
fn widens_within(from: &DataType, to: &DataType) -> bool {
    use DataType::{Array, Map, Struct};
    match (from, to) {
        _ if from == to || widens(from, to) => true,
        (Array(from), Array(to)) => widens_within(from, to),
        (Map(key, value), Map(to_key, to_value)) => {
            widens_within(key, to_key) && widens_within(value, to_value)
        }
        (Struct(from), Struct(to)) => from.iter().all(|(name, data_type)| {
            to.iter().any(|(other, to)| other == name && widens_within(data_type, to))
        }),
        _ => false,
    }
}

/// The type that values of two types widen to: of structs, one with the fields of both.
fn merged(a: &DataType, b: &DataType) -> DataType {
    use DataType::{Array, Map, Struct};
    match (a, b) {
        _ if widens(a, b) => b.clone(),
        (Array(a), Array(b)) => Array(Box::new(merged(a, b))),
        (Map(key, value), Map(other_key, other_value)) => {
            Map(Box::new(merged(key, other_key)), Box::new(merged(value, other_value)))
        }
        (Struct(a), Struct(b)) => {
            let mut fields: Vec<(Arc<str>, DataType)> = a.to_vec();
            for (name, data_type) in b.iter() {
                match fields.iter_mut().find(|(other, _)| other == name) {
                    Some((_, field)) => *field = merged(field, data_type),
                    None => fields.push((name.clone(), data_type.clone())),
                }
            }
            Struct(Arc::from(fields))
        }
        _ => a.clone(),
    }
}

fn cast(expr: Expr, target: &DataType) -> Expr {
    match (&expr, target) {
        (Expr::Literal(value, _), DataType::BigInt) if value.integer().is_some() => {
            Expr::Literal(Value::BigInt(value.integer().unwrap_or_default()), DataType::BigInt)
        }
        (Expr::Literal(value, _), DataType::Double) if value.number().is_some() => {
            Expr::Literal(Value::Double(value.number().unwrap_or_default()), DataType::Double)
        }
        _ => Expr::Cast(Box::new(expr), target.clone()),
    }
}

fn coerce(expr: Expr, ty: &Ty, target: &DataType) -> Result<Expr, Mismatch> {
    let from = match ty {
        Ty::Null => return Ok(Expr::Literal(Value::Null, target.clone())),
        Ty::Decimal(text) => match (target, &expr) {
            (DataType::Double, _) => return Ok(expr),
            // A DECIMAL knows how many digits it has: `1.50` is the text '1.50'.
            (DataType::Varchar, Expr::Literal(..)) => {
                return Ok(Expr::Literal(Value::Varchar(text.clone()), DataType::Varchar));
            }
            _ => return Err(Mismatch::Types),
        },
        Ty::Known(from) => from,
    };
    if from == target {
        return Ok(expr);
    }
    if widens(from, target) {
        return Ok(cast(expr, target));
    }
    let is_constructor = matches!(expr, Expr::Array(_) | Expr::Map(_) | Expr::Struct(_));
    if !is_constructor && widens_within(from, target) {
        return Ok(Expr::Cast(Box::new(expr), target.clone()));
    }
    match (expr, from, target) {
        (Expr::Literal(Value::Varchar(text), _), DataType::Varchar, target) => {
            let value = parse(&text, target).ok_or_else(|| Mismatch::Literal(text.to_string()))?;
            Ok(value)
        }
        (expr @ Expr::Literal(..), _, DataType::Varchar) => literal_text(expr),
        (Expr::Array(items), DataType::Array(from), DataType::Array(to)) => {
            let items = items.into_iter().map(|item| coerce_item(item, from, to));
            Ok(Expr::Array(items.collect::<Result<_, _>>()?))
        }
        (Expr::Map(entries), DataType::Map(key, value), DataType::Map(to_key, to_value)) => {
            let entries = entries
                .into_iter()
                .map(|(k, v)| Ok((coerce_item(k, key, to_key)?, coerce_item(v, value, to_value)?)));
            Ok(Expr::Map(entries.collect::<Result<_, Mismatch>>()?))
        }
        (Expr::Struct(fields), DataType::Struct(from), DataType::Struct(to)) => {
            coerce_struct(fields, from, to)
        }
        _ => Err(Mismatch::Types),
    }
}

/// Something in a constructor. A NULL there has taken the type of the others, and takes the new one.
fn coerce_item(expr: Expr, from: &DataType, to: &DataType) -> Result<Expr, Mismatch> {
    match expr {
        Expr::Literal(Value::Null, _) => Ok(Expr::Literal(Value::Null, to.clone())),
        expr => coerce(expr, &known(from), to),
    }
}

fn known(data_type: &DataType) -> Ty {
    Ty::Known(data_type.clone())
}

type StructFields = [(Arc<str>, DataType)];

/// A constructor takes the fields of the other type that it leaves out as NULL.
fn coerce_struct(
    mut fields: Vec<(Arc<str>, Expr)>,
    from: &StructFields,
    to: &StructFields,
) -> Result<Expr, Mismatch> {
    if fields.iter().any(|(name, _)| !to.iter().any(|(other, _)| other == name)) {
        return Err(Mismatch::Types);
    }
    let mut out = Vec::new();
    for (name, target) in to {
        let found = fields.iter().position(|(other, _)| other == name);
        let own = from.iter().find(|(other, _)| other == name);
        let expr = match (found, own) {
            (Some(at), Some((_, own))) => coerce(fields.remove(at).1, &known(own), target)?,
            _ => Expr::Literal(Value::Null, target.clone()),
        };
        out.push((name.clone(), expr));
    }
    Ok(Expr::Struct(out))
}

fn literal_text(expr: Expr) -> Result<Expr, Mismatch> {
    let text = match &expr {
        Expr::Literal(Value::Boolean(value), _) => value.to_string(),
        Expr::Literal(Value::Int(value), _) => value.to_string(),
        Expr::Literal(Value::BigInt(value), _) => value.to_string(),
        Expr::Literal(Value::Double(_), _) => {
            return Ok(Expr::Cast(Box::new(expr), DataType::Varchar));
        }
        _ => return Err(Mismatch::Types),
    };
    Ok(Expr::Literal(Value::varchar(&text), DataType::Varchar))
}

/// The literal that a text says.
fn parse(text: &str, target: &DataType) -> Option<Expr> {
    let trimmed = text.trim();
    let value = match target {
        // ksqlDB takes any beginning of these words.
        DataType::Boolean => {
            let lower = trimmed.to_ascii_lowercase();
            let begins = |words: [&str; 2]| words.iter().any(|word| word.starts_with(&lower));
            match lower.is_empty() {
                false if begins(["true", "yes"]) => Value::Boolean(true),
                false if begins(["false", "no"]) => Value::Boolean(false),
                _ => return None,
            }
        }
        DataType::Int => Value::Int(i32::try_from(whole(text)?).ok()?),
        DataType::BigInt => Value::BigInt(whole(text)?),
        DataType::Double => Value::Double(trimmed.parse().ok()?),
        DataType::Timestamp => {
            let text = Expr::Literal(Value::varchar(text), DataType::Varchar);
            return Some(Expr::Cast(Box::new(text), DataType::Timestamp));
        }
        _ => return None,
    };
    Some(Expr::Literal(value, target.clone()))
}

/// The type that all of some expressions are converted to, as items of an array are: that of the
/// first that is not a literal text, widened by the other numbers. `None` when all are NULL.
pub fn common(items: &[&Typed]) -> Option<DataType> {
    let is_text = |item: &&&Typed| matches!(item.expr, Expr::Literal(Value::Varchar(_), _));
    let typed = || items.iter().filter(|item| item.ty != Ty::Null);
    let first = typed().find(|item| !is_text(item)).or_else(|| typed().next())?;
    let mut target = first.data_type();
    for item in typed() {
        target = match &item.expr {
            // A text says how wide its number is.
            Expr::Literal(Value::Varchar(text), _) if first.is_number() => {
                number_in(text).map_or(target.clone(), |found| merged(&target, &found))
            }
            _ => merged(&target, &item.data_type()),
        };
    }
    Some(target)
}

/// The narrowest type of the number that a text says.
fn number_in(text: &str) -> Option<DataType> {
    let value: f64 = text.trim().parse().ok()?;
    let whole = whole(text).is_some();
    let is_int = whole && value.abs() <= f64::from(i32::MAX);
    Some(match (is_int, whole) {
        (true, _) => DataType::Int,
        (false, true) => DataType::BigInt,
        (false, false) => DataType::Double,
    })
}

/// The whole number that a text says, also one written as `2e1`.
fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let value: f64 = text.parse().ok()?;
        // Beyond 2^53 a double does not tell whole numbers apart.
        (value == libm::trunc(value) && value.abs() < 9_007_199_254_740_992.0)
            .then_some(value as i64)
    })
}

/// Whether `CAST` from one type to another exists.
pub fn can_cast(from: &DataType, to: &DataType) -> bool {
    use DataType::{Array, BigInt, Boolean, Double, Int, Map, Struct, Timestamp, Varchar};
    if from == to {
        return true;
    }
    match (from, to) {
        (_, Varchar) => true,
        (Varchar, Boolean | Int | BigInt | Double | Timestamp)
        | (Int | BigInt | Double, Int | BigInt | Double) => true,
        (Array(from), Array(to)) => can_cast(from, to),
        (Map(key, value), Map(to_key, to_value)) => {
            can_cast(key, to_key) && can_cast(value, to_value)
        }
        (Struct(from), Struct(to)) => from.iter().all(|(name, data_type)| {
            to.iter().find(|(other, _)| other == name).is_none_or(|(_, to)| can_cast(data_type, to))
        }),
        _ => false,
    }
}
