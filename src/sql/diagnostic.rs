//! What is wrong with a script, and where: data for a terminal ([`render`]) or an editor.

pub mod render;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::span::{Lines, Span};

/// The number of a kind of diagnostic, printed as `SG-0101`: 01xx syntax, 02xx names,
/// 03xx types, 04xx rules of statements, 09xx what is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Code(pub u16);

impl Code {
    /// A token that cannot stand where it stands.
    pub const UNEXPECTED: Self = Self(101);
    /// A string, quoted identifier or comment without its end.
    pub const UNTERMINATED: Self = Self(102);
    /// A character that begins no token.
    pub const UNKNOWN_CHARACTER: Self = Self(103);
    /// A number that its type cannot hold.
    pub const NUMBER: Self = Self(104);
    /// A reserved word used as a name.
    pub const RESERVED: Self = Self(105);
    /// A statement without its `;`.
    pub const MISSING_SEMICOLON: Self = Self(106);
    /// The text or a statement is larger, or nested deeper, than the limits allow.
    pub const LIMIT: Self = Self(107);
    /// A clause in the wrong place.
    pub const CLAUSE_ORDER: Self = Self(108);
    /// SQL that ksqlDB does not have.
    pub const NOT_KSQL: Self = Self(109);
    /// `${name}` without a value.
    pub const VARIABLE: Self = Self(110);
    /// A literal of the right type with a wrong value.
    pub const LITERAL: Self = Self(111);
    /// No stream or table of this name.
    pub const UNKNOWN_SOURCE: Self = Self(201);
    /// No column of this name.
    pub const UNKNOWN_COLUMN: Self = Self(202);
    /// Columns of several sources have this name.
    pub const AMBIGUOUS_COLUMN: Self = Self(203);
    /// No function of this name.
    pub const UNKNOWN_FUNCTION: Self = Self(204);
    /// No type of this name.
    pub const UNKNOWN_TYPE: Self = Self(205);
    /// No field of this name in a STRUCT.
    pub const UNKNOWN_FIELD: Self = Self(206);
    /// No query of this name.
    pub const UNKNOWN_QUERY: Self = Self(207);
    /// The name is taken.
    pub const NAME_TAKEN: Self = Self(208);
    /// A name that columns cannot have.
    pub const RESERVED_COLUMN: Self = Self(209);
    /// Two columns of one name.
    pub const DUPLICATE_COLUMN: Self = Self(210);
    /// No property of this name here.
    pub const UNKNOWN_PROPERTY: Self = Self(211);
    /// Values that cannot be compared.
    pub const COMPARISON: Self = Self(301);
    /// Operands that arithmetic cannot take.
    pub const ARITHMETIC: Self = Self(302);
    /// A value of one type where another is needed.
    pub const TYPE_MISMATCH: Self = Self(303);
    /// A function that does not take these arguments.
    pub const ARGUMENTS: Self = Self(304);
    /// A conversion that does not exist.
    pub const CAST: Self = Self(305);
    /// A NULL whose type nothing tells.
    pub const UNTYPED_NULL: Self = Self(306);
    /// A property with a value that it cannot have.
    pub const PROPERTY_VALUE: Self = Self(401);
    /// A required property is missing, or two exclude each other.
    pub const PROPERTIES: Self = Self(402);
    /// A format that cannot hold the columns.
    pub const FORMAT: Self = Self(403);
    /// Key columns that are missing, too many or of the wrong kind.
    pub const KEY: Self = Self(404);
    /// A rule of GROUP BY and aggregate functions.
    pub const AGGREGATION: Self = Self(405);
    /// A rule of WINDOW and EMIT.
    pub const WINDOW: Self = Self(406);
    /// A rule of joins.
    pub const JOIN: Self = Self(407);
    /// What is inserted does not fit.
    pub const INSERT: Self = Self(408);
    /// A statement that makes a stream of a table or the other way round.
    pub const SOURCE_KIND: Self = Self(409);
    /// A rule of table functions.
    pub const TABLE_FUNCTION: Self = Self(410);
    /// A statement that cannot be carried out now.
    pub const STATEMENT: Self = Self(411);
    /// What `ASSERT` says is not so.
    pub const ASSERTION: Self = Self(412);
    /// Valid ksqlDB that is not supported yet.
    pub const UNSUPPORTED: Self = Self(901);
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SG-{:04}", self.0)
    }
}

/// Whether a script with this diagnostic can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// It can run, but may not do what was meant.
    Warning,
    /// It cannot run.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A second place that explains the first one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub message: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line, without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>, span: impl Into<Span>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span: span.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// What is valid ksqlDB and not supported yet: `feature` names it.
    #[must_use]
    pub fn unsupported(feature: impl fmt::Display, span: impl Into<Span>) -> Self {
        Self::error(Code::UNSUPPORTED, format!("{feature} is not supported yet"), span)
    }

    /// Whether this tells of what is not supported, not of what is wrong.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        self.code.0 / 100 == 9
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>, span: impl Into<Span>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, span) }
    }

    /// This, pointing out another place too.
    #[must_use]
    pub fn with_label(mut self, span: impl Into<Span>, message: impl Into<String>) -> Self {
        self.labels.push(Label { span: span.into(), message: message.into() });
        self
    }

    /// This, with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// This in one line, with its place in the script.
    #[must_use]
    pub fn placed(&self, script: &str) -> String {
        let at = Lines::new(script).locate(self.span.start);
        format!("line {}, column {}: {} {}", at.line, at.column, self.code, self.message)
    }

    /// Whether the script cannot run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
