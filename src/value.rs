//! Values and their types, as ksqlDB names them.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hash;
use crate::order;

/// A ksqlDB data type. DECIMAL, BYTES, DATE and TIME are not here yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DataType {
    /// `BOOLEAN`
    Boolean,
    /// `INT`: 32 bits.
    Int,
    /// `BIGINT`: 64 bits.
    BigInt,
    /// `DOUBLE`
    Double,
    /// `VARCHAR`: UTF-8.
    Varchar,
    /// `TIMESTAMP`: milliseconds since the epoch.
    Timestamp,
    /// `ARRAY<T>`
    Array(Box<DataType>),
    /// `MAP<K, V>`
    Map(Box<DataType>, Box<DataType>),
    /// `STRUCT<name T, …>`
    Struct(Arc<[(Arc<str>, DataType)]>),
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("BOOLEAN"),
            Self::Int => f.write_str("INT"),
            Self::BigInt => f.write_str("BIGINT"),
            Self::Double => f.write_str("DOUBLE"),
            Self::Varchar => f.write_str("VARCHAR"),
            Self::Timestamp => f.write_str("TIMESTAMP"),
            Self::Array(item) => write!(f, "ARRAY<{item}>"),
            Self::Map(key, value) => write!(f, "MAP<{key}, {value}>"),
            Self::Struct(fields) => {
                f.write_str("STRUCT<")?;
                for (i, (name, data_type)) in fields.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{name} {data_type}")?;
                }
                f.write_str(">")
            }
        }
    }
}

/// One value of any type. Rows in flight are columns ([`crate::chunk::Chunk`]); a `Value` is for
/// literals, nested data and the edges.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// SQL's NULL, of any type.
    #[default]
    Null,
    /// `BOOLEAN`
    Boolean(bool),
    /// `INT`
    Int(i32),
    /// `BIGINT`
    BigInt(i64),
    /// `DOUBLE`
    Double(f64),
    /// `VARCHAR`
    Varchar(Arc<str>),
    /// `TIMESTAMP`, milliseconds since the epoch.
    Timestamp(i64),
    /// `ARRAY`
    Array(Arc<[Value]>),
    /// `MAP`, in the order in which the entries came.
    Map(Arc<[(Value, Value)]>),
    /// `STRUCT`: one value for each field of its type, in the type's order.
    Struct(Arc<[Value]>),
}

impl Value {
    /// A `VARCHAR`.
    #[must_use]
    pub fn varchar(text: &str) -> Self {
        Self::Varchar(Arc::from(text))
    }

    /// Bytes that it holds outside itself: texts and items, to any depth. What values share is
    /// counted with each.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Varchar(text) => text.len(),
            Self::Array(items) | Self::Struct(items) => {
                items.iter().map(|item| size_of::<Self>() + item.heap_bytes()).sum()
            }
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| 2 * size_of::<Self>() + key.heap_bytes() + value.heap_bytes())
                .sum(),
            _ => 0,
        }
    }

    /// Whether this is the `VARCHAR` of this text.
    #[must_use]
    pub fn is_text(&self, text: &str) -> bool {
        matches!(self, Self::Varchar(own) if hash::equal(own.as_bytes(), text.as_bytes()))
    }

    /// Whether this is NULL.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A total order: NULL first, numbers of any type by value, other types each by their own
    /// order; doubles by `total_cmp`. Used by MIN, MAX, TOPK and tests, never for SQL's `=`.
    #[must_use]
    pub fn total_cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Varchar(a), Self::Varchar(b)) => a.cmp(b),
            (Self::Timestamp(a), Self::Timestamp(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) | (Self::Struct(a), Self::Struct(b)) => {
                compare_each(a.iter(), b.iter(), Self::total_cmp)
            }
            (Self::Map(a), Self::Map(b)) => compare_each(a.iter(), b.iter(), |a, b| {
                a.0.total_cmp(&b.0).then_with(|| a.1.total_cmp(&b.1))
            }),
            _ => match (self.integer(), other.integer()) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => match (self.number(), other.number()) {
                    (Some(a), Some(b)) => a.total_cmp(&b),
                    _ => self.rank().cmp(&other.rank()),
                },
            },
        }
    }

    /// The value with the entries of all maps in it in the order of their keys: maps are equal
    /// whatever the order that their entries came in.
    #[must_use]
    pub fn in_key_order(&self) -> Self {
        match self {
            Self::Array(items) => Self::Array(items.iter().map(Self::in_key_order).collect()),
            Self::Struct(fields) => Self::Struct(fields.iter().map(Self::in_key_order).collect()),
            Self::Map(entries) => {
                let mut sorted: Vec<_> = entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.in_key_order()))
                    .collect();
                order::sort_by(&mut sorted, |a, b| a.0.total_cmp(&b.0));
                Self::Map(sorted.into())
            }
            other => other.clone(),
        }
    }

    /// The integer in an `INT` or `BIGINT`.
    #[must_use]
    pub const fn integer(&self) -> Option<i64> {
        match self {
            Self::Int(v) => Some(*v as i64),
            Self::BigInt(v) => Some(*v),
            _ => None,
        }
    }

    /// The number in an `INT`, `BIGINT` or `DOUBLE`, as a double.
    #[must_use]
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Int(v) => Some(*v as f64),
            Self::BigInt(v) => Some(*v as f64),
            Self::Double(v) => Some(*v),
            _ => None,
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Boolean(_) => 1,
            Self::Int(_) | Self::BigInt(_) | Self::Double(_) => 2,
            Self::Timestamp(_) => 3,
            Self::Varchar(_) => 4,
            Self::Array(_) => 5,
            Self::Map(_) => 6,
            Self::Struct(_) => 7,
        }
    }
}

fn compare_each<T>(
    mut a: impl ExactSizeIterator<Item = T>,
    mut b: impl ExactSizeIterator<Item = T>,
    compare: impl Fn(T, T) -> Ordering,
) -> Ordering {
    loop {
        match (a.next(), b.next()) {
            (Some(x), Some(y)) => match compare(x, y) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
            (x, y) => return x.is_some().cmp(&y.is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_print_as_ksqldb_writes_them() {
        let fields: Arc<[(Arc<str>, DataType)]> =
            Arc::new([(Arc::from("A"), DataType::Int), (Arc::from("B"), DataType::Varchar)]);
        let nested = DataType::Map(
            Box::new(DataType::Varchar),
            Box::new(DataType::Array(Box::new(DataType::Struct(fields)))),
        );
        assert_eq!(nested.to_string(), "MAP<VARCHAR, ARRAY<STRUCT<A INT, B VARCHAR>>>");
    }

    #[test]
    fn order_is_total() {
        let sorted = [
            Value::Null,
            Value::Boolean(false),
            Value::Int(-3),
            Value::Double(0.5),
            Value::BigInt(1),
            Value::varchar("a"),
            Value::varchar("b"),
            Value::Array(Arc::new([Value::Int(1)])),
            Value::Array(Arc::new([Value::Int(1), Value::Null])),
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(a.total_cmp(b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }
}
