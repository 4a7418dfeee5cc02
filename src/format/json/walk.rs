//! One pass over a record: checks all of it and notes where the wanted members are.

use std::sync::Arc;

use super::cursor::{Cursor, Kind, Quotes, Scan, Strings, Token};
use super::error::{ErrorKind, Fault, ReadError, opening_quote};
use super::layout::{Layout, START, Target, UNKNOWN};
use super::simd::{self, Indexed, NotText};
use super::text::{decode_text, upper_cased};

/// Where a wanted member is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub token: Token,
    /// Before the opening quote of its name.
    pub member_at: usize,
    /// Whether the names are equal, not only when upper-cased.
    pub exact: bool,
}

/// What to do when a wanted member is there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duplicates {
    /// The last one counts, as in Jackson.
    LastWins,
    /// The record is wrong.
    Refuse,
}

/// Walks over records, looking for the same members in each.
#[derive(Clone, Debug)]
pub(super) struct Walker {
    names: Vec<Arc<str>>,
    duplicates: Duplicates,
    layout: Layout,
    /// The quotes of the record, by the bit.
    quotes: Vec<u64>,
    /// What was found of the last record, by wanted member.
    pub slots: Vec<Option<Slot>>,
}

impl Walker {
    pub fn new(names: Vec<Arc<str>>, duplicates: Duplicates) -> Self {
        let slots = vec![None; names.len()];
        Self { names, duplicates, layout: Layout::new(), quotes: Vec::new(), slots }
    }

    /// The members that are looked for.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// Checks a record and fills the slots; gives the record as text.
    #[inline]
    pub fn walk<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a str, ReadError> {
        let whole = |fault: Fault| fault.in_member_at(bytes, None);
        if bytes.is_empty() {
            return Err(whole(Fault::new(ErrorKind::Empty, 0)));
        }
        if i32::try_from(bytes.len()).is_err() {
            return Err(whole(Fault::new(ErrorKind::TooLong, i32::MAX as usize)));
        }
        let mut quotes = std::mem::take(&mut self.quotes);
        let Indexed { text, special } = simd::index(bytes, &mut quotes);
        let result = match text {
            Err(error) => Err(whole(not_utf8(error, bytes.len()))),
            Ok(text) => {
                let walked = if special {
                    self.members(Cursor { bytes, at: 0, strings: Scan })
                } else {
                    self.members(Cursor { bytes, at: 0, strings: Quotes(&quotes) })
                };
                walked.map(|()| text)
            }
        };
        self.quotes = quotes;
        result
    }

    /// Walks over the members of the record's object.
    #[inline]
    fn members<S: Strings>(&mut self, mut cursor: Cursor<'_, S>) -> Result<(), ReadError> {
        self.slots.fill(None);
        let mut member_at = None;
        self.object(&mut cursor, &mut member_at)
            .map_err(|fault| fault.in_member_at(cursor.bytes, member_at))
    }

    #[inline(always)]
    fn object<S: Strings>(
        &mut self,
        cursor: &mut Cursor<'_, S>,
        member_at: &mut Option<usize>,
    ) -> Result<(), Fault> {
        enter(cursor)?;
        let mut last = START;
        loop {
            let at = cursor.at;
            if let Some((number, len)) = self.layout.guess(last, cursor.bytes, at) {
                *member_at = Some(at);
                cursor.at += len;
                let token = cursor.spaced_value(1)?;
                self.fill(number, token, cursor.bytes, at)?;
                last = number;
            } else {
                *member_at = None;
                if !next_name(cursor, last == START)? {
                    break;
                }
                *member_at = Some(at);
                last = self.meet(last, at, cursor)?;
            }
        }
        cursor.space();
        match cursor.at == cursor.bytes.len() {
            true => Ok(()),
            false => Err(Fault::new(ErrorKind::TrailingBytes, cursor.at)),
        }
    }

    /// Gives a member's value to the columns that want it.
    #[inline(always)]
    fn fill(&mut self, number: u16, token: Token, bytes: &[u8], at: usize) -> Result<(), Fault> {
        let member = self.layout.member(number);
        let Some(target) = member.target else { return Ok(()) };
        put(&mut self.slots, self.duplicates, target, token, bytes, at)?;
        for target in &member.more {
            put(&mut self.slots, self.duplicates, *target, token, bytes, at)?;
        }
        Ok(())
    }

    /// A member that was not expected here; the cursor is on its name, `at` is where the one before
    /// it ended. Gives its number.
    #[inline(never)]
    fn meet<S: Strings>(
        &mut self,
        last: u16,
        at: usize,
        cursor: &mut Cursor<'_, S>,
    ) -> Result<u16, Fault> {
        let name = cursor.name()?;
        let value_at = cursor.at;
        let token = cursor.spaced_value(1)?;
        let (names, bytes) = (&self.names, cursor.bytes);
        let targets = || resolve(names, name, bytes);
        if let Some(number) = self.layout.learn(last, &bytes[at..value_at], targets) {
            self.fill(number, token, bytes, at)?;
            return Ok(number);
        }
        for target in resolve(names, name, bytes) {
            put(&mut self.slots, self.duplicates, target, token, bytes, at)?;
        }
        Ok(UNKNOWN)
    }
}

/// Moves into the record's object.
#[inline(always)]
pub(super) fn enter<S: Strings>(cursor: &mut Cursor<'_, S>) -> Result<(), Fault> {
    cursor.space();
    match cursor.peek() {
        Some(b'{') => cursor.at += 1,
        Some(_) => return Err(Fault::new(ErrorKind::NotAnObject, cursor.at)),
        None => return Err(Fault::new(ErrorKind::Empty, cursor.at)),
    }
    Ok(())
}

/// Moves to the name of the next member, over the comma unless it is the first; or behind the end
/// of the object: `false`.
#[inline(always)]
pub(super) fn next_name<S: Strings>(
    cursor: &mut Cursor<'_, S>,
    first: bool,
) -> Result<bool, Fault> {
    cursor.space();
    match cursor.peek() {
        Some(b'}') => {
            cursor.at += 1;
            return Ok(false);
        }
        Some(b'"') if first => return Ok(true),
        _ if first => return Err(cursor.expected("a member's name or '}'")),
        Some(b',') => cursor.at += 1,
        _ => return Err(cursor.expected("',' or '}'")),
    }
    cursor.space();
    match cursor.peek() {
        Some(b'"') => Ok(true),
        _ => Err(cursor.expected("a member's name")),
    }
}

#[inline(always)]
fn put(
    slots: &mut [Option<Slot>],
    duplicates: Duplicates,
    target: Target,
    token: Token,
    bytes: &[u8],
    member_at: usize,
) -> Result<(), Fault> {
    let slot = &mut slots[target.slot];
    if let Some(before) = slot {
        if duplicates == Duplicates::Refuse && before.exact == target.exact {
            let name_at = opening_quote(bytes, member_at);
            return Err(Fault::new(ErrorKind::DuplicateMember, name_at));
        }
        if before.exact && !target.exact {
            return Ok(());
        }
    }
    *slot = Some(Slot { token, member_at, exact: target.exact });
    Ok(())
}

/// The columns that want the member called `name`: ksqlDB looks for a member with the column's
/// name, then for one whose upper-cased name is the column's.
fn resolve(names: &[Arc<str>], name: Token, bytes: &[u8]) -> Vec<Target> {
    let raw = String::from_utf8_lossy(&bytes[name.start as usize..name.end as usize]);
    let mut decoded = String::new();
    if name.kind == Kind::Escaped {
        decode_text(&raw, &mut decoded);
    } else {
        decoded.push_str(&raw);
    }
    let upper = upper_cased(&decoded);
    let numbered = names.iter().enumerate();
    numbered
        .filter(|(_, wanted)| ***wanted == *decoded || ***wanted == *upper)
        .map(|(slot, wanted)| Target { slot, exact: **wanted == *decoded })
        .collect()
}

#[cold]
const fn not_utf8(error: NotText, len: usize) -> Fault {
    if error.cut {
        Fault::new(ErrorKind::Truncated, len)
    } else {
        Fault::new(ErrorKind::NotUtf8, error.valid_up_to)
    }
}
