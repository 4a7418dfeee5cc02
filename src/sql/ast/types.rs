//! The names of types.

use super::{Ident, Place};
use crate::sql::token::Quote;

/// A type as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// What it is.
    pub kind: TypeKind,
    /// Where it stands.
    pub span: Place,
}

/// The forms of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// `VARCHAR`, `VARCHAR(255)`, or the name of a type that `CREATE TYPE` made.
    Named {
        /// The name.
        name: Ident,
        /// What stands in parentheses; ksqlDB ignores it.
        parameters: Vec<TypeParameter>,
    },
    /// `DECIMAL(precision, scale)`
    Decimal {
        /// Digits in all.
        precision: u32,
        /// Digits behind the point.
        scale: u32,
    },
    /// `ARRAY<item>`, also written `item ARRAY`.
    Array(Box<TypeName>),
    /// `MAP<key, value>`
    Map(Box<TypeName>, Box<TypeName>),
    /// `STRUCT<name type, …>`
    Struct(Vec<(Ident, TypeName)>),
}

/// What may stand in the parentheses of a named type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeParameter {
    /// A number, as in `VARCHAR(255)`.
    Length(u64),
    /// The word `STRING`.
    String,
}

/// The types that have a name of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// `BOOLEAN`
    Boolean,
    /// `INT`, `INTEGER`
    Int,
    /// `BIGINT`
    BigInt,
    /// `DOUBLE`
    Double,
    /// `VARCHAR`, `STRING`
    Varchar,
    /// `BYTES`
    Bytes,
    /// `DATE`
    Date,
    /// `TIME`
    Time,
    /// `TIMESTAMP`
    Timestamp,
}

impl Primitive {
    /// The type called `name`, which is in upper case.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "BOOLEAN" => Some(Self::Boolean),
            "INT" | "INTEGER" => Some(Self::Int),
            "BIGINT" => Some(Self::BigInt),
            "DOUBLE" => Some(Self::Double),
            "VARCHAR" | "STRING" => Some(Self::Varchar),
            "BYTES" => Some(Self::Bytes),
            "DATE" => Some(Self::Date),
            "TIME" => Some(Self::Time),
            "TIMESTAMP" => Some(Self::Timestamp),
            _ => None,
        }
    }
}

impl TypeName {
    /// The primitive type that this names; `None` for the others and for custom types.
    #[must_use]
    pub fn primitive(&self) -> Option<Primitive> {
        match &self.kind {
            TypeKind::Named { name, .. } if name.quote != Quote::Variable => {
                Primitive::find(&name.name.to_ascii_uppercase())
            }
            _ => None,
        }
    }
}
