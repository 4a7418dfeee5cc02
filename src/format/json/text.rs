//! Escapes in strings: checking and decoding.

use super::error::{ErrorKind, Fault};

/// Checks the escape whose backslash is at `at`; gives the position behind it.
pub(super) fn check_escape(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let bad = || match bytes.len() {
        // Half an escape at the end may be all that is wrong.
        len if len < at + 6 && bytes[at..].iter().all(|b| *b != b'"') => {
            Fault::new(ErrorKind::Truncated, len)
        }
        _ => Fault::new(ErrorKind::BadEscape, at),
    };
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match hex(bytes, at + 2).ok_or_else(bad)? {
            0xd800..=0xdbff => {
                let low = (bytes.get(at + 6..at + 8) == Some(br"\u")).then(|| hex(bytes, at + 8));
                match low.flatten() {
                    Some(0xdc00..=0xdfff) => Ok(at + 12),
                    _ => Err(Fault::new(ErrorKind::BadEscape, at)),
                }
            }
            0xdc00..=0xdfff => Err(Fault::new(ErrorKind::BadEscape, at)),
            _ => Ok(at + 6),
        },
        _ => Err(bad()),
    }
}

/// A member's name in capital letters, as columns are called.
pub(super) fn upper_cased(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_uppercase() } else { upper_cased_letters(name) }
}

/// Apart, because the page loads Unicode's tables when there is a name that needs them
/// (`xtask/src/wasm/doors.rs`).
#[cold]
#[inline(never)]
fn upper_cased_letters(name: &str) -> String {
    name.to_uppercase()
}

fn hex(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 4)?;
    digits.iter().try_fold(0, |value, b| Some(value << 4 | char::from(*b).to_digit(16)?))
}

/// Adds what a string stands for, given what is between its quotes.
///
/// The escapes must be valid, as they are in what [`super::peek_string_member`] and the reader
/// give; others become U+FFFD.
pub fn decode_text(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (character, length) = escape(&rest.as_bytes()[at..]);
        out.push(character);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// The character of an escape and its length in bytes.
fn escape(bytes: &[u8]) -> (char, usize) {
    let character = match bytes.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes),
        Some(b @ (b'"' | b'\\' | b'/')) => char::from(*b),
        _ => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (character, 2)
}

fn unicode_escape(bytes: &[u8]) -> (char, usize) {
    let (code, length) = match (hex(bytes, 2), hex(bytes, 8)) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
            (0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12)
        }
        (Some(code), _) => (code, 6),
        (None, _) => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), length)
}
