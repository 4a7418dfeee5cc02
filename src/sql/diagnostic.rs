//! What is wrong with a script, and where: data for a terminal ([`render`]) or an editor.

pub mod render;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::span::Span;

/// The number of a kind of diagnostic, printed as `SG-0101`. 01xx are those of the syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SG-{:04}", self.0)
    }
}

/// Whether a script with this diagnostic can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub message: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Whether the script cannot run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
