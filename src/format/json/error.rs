//! Why a record cannot be read: what, where, in which member.

use thiserror::Error;

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ErrorKind {
    /// There are no bytes.
    #[error("empty value")]
    Empty,
    /// The bytes end before the object does.
    #[error("the record is cut short")]
    Truncated,
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Longer than 2 GiB.
    #[error("longer than 2 GiB")]
    TooLong,
    /// A JSON value, or no JSON, where an object must be.
    #[error("not a JSON object")]
    NotAnObject,
    /// Something else should be here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A control character in a string that is not escaped.
    #[error("control character in a string")]
    ControlCharacter,
    /// A backslash with something behind it that is no escape, or half a surrogate pair.
    #[error("bad escape in a string")]
    BadEscape,
    /// Not a number as JSON writes them.
    #[error("bad number")]
    BadNumber,
    /// Nested deeper than [`super::MAX_DEPTH`].
    #[error("nested too deeply")]
    TooDeep,
    /// Something behind the object.
    #[error("bytes behind the object")]
    TrailingBytes,
    /// A value that does not become one of the column's type.
    #[error("cannot become {expected}: {found}")]
    WrongType {
        /// The column's type.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// An integer that the column's type cannot hold.
    #[error("out of range for {0}")]
    OutOfRange(&'static str),
    /// A member that must be there is not, or is `null`.
    #[error("missing member")]
    MissingMember,
    /// A member that decides something is there twice: readers differ in which they take.
    #[error("duplicate member")]
    DuplicateMember,
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind} at byte {position}{}", in_member(.member.as_deref()))]
pub struct ReadError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where, in bytes from the start of the record; its length when something is missing.
    pub position: usize,
    /// The member at the top level of the object in which it is, as far as it can be told, cut
    /// after 64 bytes.
    pub member: Option<Box<str>>,
}

fn in_member(member: Option<&str>) -> String {
    member.map_or_else(String::new, |name| format!(" in member {name:?}"))
}

/// An error on its way up, before the member is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub kind: ErrorKind,
    pub at: usize,
}

impl Fault {
    #[cold]
    pub const fn new(kind: ErrorKind, at: usize) -> Self {
        Self { kind, at }
    }

    /// With the name of the member: the first string in `bytes` from `member_at` on.
    #[cold]
    pub fn in_member_at(self, bytes: &[u8], member_at: Option<usize>) -> ReadError {
        let quote = member_at.map(|at| opening_quote(bytes, at));
        let name = quote.and_then(|at| bytes.get(at + 1..)).map(|rest| {
            let end = rest.iter().take(64).position(|b| *b == b'"').unwrap_or(rest.len().min(64));
            String::from_utf8_lossy(&rest[..end]).into()
        });
        ReadError { kind: self.kind, position: self.at, member: name }
    }
}

/// The position of the first quote from `at` on, or the length.
#[cold]
pub(super) fn opening_quote(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| *b == b'"').unwrap_or(rest.len())
}
