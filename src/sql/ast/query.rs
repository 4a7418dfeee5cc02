//! `SELECT` and what belongs to it.

use super::{Expr, Ident, Place};

/// `SELECT … FROM … [WINDOW …] [WHERE …] [GROUP BY …] [PARTITION BY …] [HAVING …] [EMIT …]
/// [LIMIT n]`, in ksqlDB's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What is selected; one or more.
    pub select: Vec<SelectItem>,
    /// From where.
    pub from: FromClause,
    /// `WINDOW`
    pub window: Option<Window>,
    /// `WHERE`
    pub filter: Option<Expr>,
    /// `GROUP BY`; empty without it.
    pub group_by: Vec<Expr>,
    /// `PARTITION BY`; empty without it.
    pub partition_by: Vec<Expr>,
    /// `HAVING`
    pub having: Option<Expr>,
    /// `EMIT`
    pub emit: Option<Emit>,
    /// `LIMIT`
    pub limit: Option<u64>,
    /// Where it stands.
    pub span: Place,
}

/// One item of a select list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectItem {
    /// `*` or `source.*`
    All {
        /// The source or its alias.
        source: Option<Ident>,
        /// Where it stands.
        span: Place,
    },
    /// `base->*`: every field of a struct.
    StructAll {
        /// The struct.
        base: Expr,
        /// Where it stands.
        span: Place,
    },
    /// `value [AS alias]`
    Expr {
        /// The value.
        value: Expr,
        /// The name of the new column.
        alias: Option<Ident>,
    },
}

/// `FROM first [JOIN …]…`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromClause {
    /// The first source.
    pub first: Relation,
    /// The joins, from left to right.
    pub joins: Vec<Join>,
}

/// `source [AS alias]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The stream or table.
    pub source: Ident,
    /// Its name within the query.
    pub alias: Option<Ident>,
    /// Where it stands.
    pub span: Place,
}

impl Relation {
    /// The name that columns of this source are qualified with.
    #[must_use]
    pub fn name(&self) -> &Ident {
        self.alias.as_ref().unwrap_or(&self.source)
    }
}

/// `kind JOIN relation [WITHIN …] ON condition`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// Which rows without a match pass.
    pub kind: JoinKind,
    /// The right side.
    pub relation: Relation,
    /// `WITHIN`, for two streams.
    pub within: Option<Within>,
    /// `ON`
    pub on: Expr,
    /// Where it stands.
    pub span: Place,
}

/// Which rows without a match pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// `[INNER] JOIN`: none.
    Inner,
    /// `LEFT [OUTER] JOIN`: those of the left side.
    Left,
    /// `RIGHT [OUTER] JOIN`: those of the right side.
    Right,
    /// `FULL [OUTER] JOIN`: those of both.
    Full,
}

/// `WITHIN d` or `WITHIN (before, after)`, `[GRACE PERIOD g]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// How much older the right record may be.
    pub before: Duration,
    /// How much newer the right record may be; `None` when one duration was written for both.
    pub after: Option<Duration>,
    /// `GRACE PERIOD`
    pub grace: Option<Duration>,
    /// Where it stands.
    pub span: Place,
}

/// `WINDOW [name] kind (… [, RETENTION r] [, GRACE PERIOD g])`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// A name, which means nothing.
    pub name: Option<Ident>,
    /// The kind and its sizes.
    pub kind: WindowKind,
    /// `RETENTION`
    pub retention: Option<Duration>,
    /// `GRACE PERIOD`
    pub grace: Option<Duration>,
    /// Where it stands.
    pub span: Place,
}

/// The kinds of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowKind {
    /// `TUMBLING (SIZE size)`
    Tumbling {
        /// `SIZE`
        size: Duration,
    },
    /// `HOPPING (SIZE size, ADVANCE BY advance)`
    Hopping {
        /// `SIZE`
        size: Duration,
        /// `ADVANCE BY`
        advance: Duration,
    },
    /// `SESSION (gap)`
    Session {
        /// The longest pause within a session.
        gap: Duration,
    },
}

/// `30 MINUTES`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    /// How many.
    pub count: u64,
    /// Of what.
    pub unit: TimeUnit,
    /// Where it stands.
    pub span: Place,
}

impl Duration {
    /// In milliseconds; `None` when 64 bits do not hold it.
    #[must_use]
    pub fn millis(&self) -> Option<i64> {
        i64::try_from(self.count).ok()?.checked_mul(self.unit.millis())
    }
}

/// A unit of time, in the singular or plural as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// `MILLISECOND`
    Millisecond,
    /// `MILLISECONDS`
    Milliseconds,
    /// `SECOND`
    Second,
    /// `SECONDS`
    Seconds,
    /// `MINUTE`
    Minute,
    /// `MINUTES`
    Minutes,
    /// `HOUR`
    Hour,
    /// `HOURS`
    Hours,
    /// `DAY`
    Day,
    /// `DAYS`
    Days,
}

impl TimeUnit {
    /// One of it, in milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        match self {
            Self::Millisecond | Self::Milliseconds => 1,
            Self::Second | Self::Seconds => 1_000,
            Self::Minute | Self::Minutes => 60_000,
            Self::Hour | Self::Hours => 3_600_000,
            Self::Day | Self::Days => 86_400_000,
        }
    }
}

/// `EMIT …`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// `EMIT CHANGES`: every update.
    Changes,
    /// `EMIT FINAL`: each window once, when it is closed.
    Final,
}
