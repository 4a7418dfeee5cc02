//! The abstract syntax tree: what a script says, with nothing resolved.
//!
//! Every node knows where it stands, but two nodes that say the same are equal wherever they stand
//! (see [`Place`]). Parentheses are not kept: the tree has their meaning, and the printer writes
//! those that are needed.

mod expression;
mod property;
mod query;
mod statement;
mod types;

use std::fmt;
use std::sync::Arc;

pub use expression::{
    ArithmeticOp, Branch, ComparisonOp, Expr, ExprKind, Number, NumberKind, Sign,
};
pub use property::{Literal, LiteralKind, Property, PropertyName, TopicName};
pub use query::{
    Duration, Emit, FromClause, Join, JoinKind, Query, Relation, SelectItem, TimeUnit, Window,
    WindowKind, Within,
};
pub use statement::{
    AssertSource, Column, ColumnConstraint, CreateSource, CreateSourceAs, Names, Print,
    QueryTarget, Sampling, Show, SourceKind, Statement, StatementKind,
};
pub use types::{Primitive, TypeKind, TypeName, TypeParameter};

use super::span::Span;
use super::token::Quote;

/// Where a node stands in the text. All places are equal, so that `==` on nodes compares what they
/// say; compare the spans within to compare places.
#[derive(Clone, Copy, Default)]
pub struct Place(pub Span);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.0.start, self.0.end)
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self(span)
    }
}

impl From<Place> for Span {
    fn from(place: Place) -> Self {
        place.0
    }
}

/// The name of a source, column, field, function or type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// What it means: upper-cased when it was written bare, else as it was written.
    pub name: Arc<str>,
    /// As it was written, without quotes.
    pub original: Arc<str>,
    /// How it was written.
    pub quote: Quote,
    /// Where.
    pub span: Place,
}

impl Ident {
    /// The name `original`, written with `quote`.
    #[must_use]
    pub fn new(original: &str, quote: Quote, span: impl Into<Place>) -> Self {
        let original: Arc<str> = Arc::from(original);
        let has_lower = original.bytes().any(|byte| byte.is_ascii_lowercase());
        let name = if quote == Quote::Bare && has_lower {
            Arc::from(original.to_ascii_uppercase())
        } else {
            Arc::clone(&original)
        };
        Self { name, original, quote, span: span.into() }
    }
}
