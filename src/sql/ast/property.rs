//! What stands outside of expressions: properties, their literals, the names of topics.

use super::{Ident, Number, Place};

/// `name = value` within `WITH (…)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: PropertyName,
    /// Its value.
    pub value: Literal,
    /// Where it stands.
    pub span: Place,
}

/// The name of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PropertyName {
    /// `KAFKA_TOPIC`
    Ident(Ident),
    /// `'connector.class'`
    String(Box<str>, Place),
}

impl PropertyName {
    /// The name, upper-cased when it is a bare word.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Ident(ident) => &ident.name,
            Self::String(name, _) => name,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Place {
        match self {
            Self::Ident(ident) => ident.span,
            Self::String(_, span) => *span,
        }
    }
}

/// A literal outside of expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// What it is.
    pub kind: LiteralKind,
    /// Where it stands.
    pub span: Place,
}

/// The forms of a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// A number, with its minus.
    Number(Number),
    /// `'text'`
    String(Box<str>),
    /// `${name}`
    Variable(Ident),
}

/// The name of something outside of ksqlDB, whose case counts: it means what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopicName {
    /// A bare or quoted name.
    Ident(Ident),
    /// `'name'`
    String(Box<str>, Place),
}

impl TopicName {
    /// The name as it was written, without quotes.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Ident(ident) => &ident.original,
            Self::String(name, _) => name,
        }
    }
}
