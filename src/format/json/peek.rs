//! One member, without looking at what is behind it.

use super::cursor::{Cursor, Kind, Scan, Token};
use super::error::{ErrorKind, Fault, ReadError};
use super::text::decode_text;
use super::walk::{enter, next_name};

/// The text of the string member called `name`, exactly, at the top level of a record: the bytes
/// between its quotes, escapes as they are ([`super::decode_text`] resolves them). `None` when the
/// record has no such member; of several the first.
///
/// What is behind the member is not looked at, and nothing is checked to be UTF-8.
///
/// # Errors
/// When the record is not well-formed up to there, or the member is no string.
pub fn peek_string_member<'a>(bytes: &'a [u8], name: &str) -> Result<Option<&'a [u8]>, ReadError> {
    if i32::try_from(bytes.len()).is_err() {
        return Err(Fault::new(ErrorKind::TooLong, i32::MAX as usize).in_member_at(bytes, None));
    }
    let mut cursor = Cursor { bytes, at: 0, strings: Scan };
    let mut member_at = None;
    look(&mut cursor, name, &mut member_at).map_err(|fault| fault.in_member_at(bytes, member_at))
}

fn look<'a>(
    cursor: &mut Cursor<'a, Scan>,
    wanted: &str,
    member_at: &mut Option<usize>,
) -> Result<Option<&'a [u8]>, Fault> {
    enter(cursor)?;
    let mut first = true;
    loop {
        *member_at = None;
        if !next_name(cursor, std::mem::take(&mut first))? {
            return Ok(None);
        }
        *member_at = Some(cursor.at);
        let name = cursor.name()?;
        let token = cursor.value(1)?;
        let raw = &cursor.bytes[name.start as usize..name.end as usize];
        if raw == wanted.as_bytes() || name.kind == Kind::Escaped && decodes_to(raw, wanted) {
            return string(cursor.bytes, token).map(Some);
        }
    }
}

fn string(bytes: &[u8], token: Token) -> Result<&[u8], Fault> {
    match token.kind {
        Kind::Plain | Kind::Escaped => Ok(&bytes[token.start as usize..token.end as usize]),
        other => {
            let kind = ErrorKind::WrongType { expected: "VARCHAR", found: other.describe() };
            Err(Fault::new(kind, token.start as usize))
        }
    }
}

#[cold]
fn decodes_to(raw: &[u8], wanted: &str) -> bool {
    let mut decoded = String::new();
    str::from_utf8(raw).is_ok_and(|raw| {
        decode_text(raw, &mut decoded);
        decoded == wanted
    })
}
