//! One pass over a record: checks all of it and notes where the wanted members are.

use std::sync::Arc;

use super::cursor::{Cursor, Kind, Quotes, Scan, Strings, Token};
use super::error::{ErrorKind, Fault, ReadError};
use super::layout::{Layout, START, Target};
use super::simd::{self, Indexed};
use super::text::decode_text;

/// Where a wanted member is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub token: Token,
    /// The opening quote of its name.
    pub name_at: usize,
    /// Whether the names are equal, not only when upper-cased.
    exact: bool,
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
        let Indexed { ascii, special } = simd::index(bytes, &mut quotes);
        let result = match ascii.map_or_else(|| text_of(bytes), Ok) {
            Err(fault) => Err(whole(fault)),
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
        let mut name_at = None;
        self.object(&mut cursor, &mut name_at)
            .map_err(|fault| fault.in_member_at(cursor.bytes, name_at))
    }

    #[inline(always)]
    fn object<S: Strings>(
        &mut self,
        cursor: &mut Cursor<'_, S>,
        name_at: &mut Option<usize>,
    ) -> Result<(), Fault> {
        if open(cursor)? {
            let mut last = START;
            loop {
                let at = cursor.at;
                *name_at = Some(at);
                last = match self.layout.guess(last, cursor.bytes, at) {
                    Some((number, len)) => {
                        cursor.at += len;
                        cursor.space();
                        let token = cursor.value(1)?;
                        self.fill(number, token, at)?;
                        number
                    }
                    None => self.meet(last, cursor)?,
                };
                cursor.space();
                *name_at = None;
                if !another(cursor)? {
                    break;
                }
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
    fn fill(&mut self, number: u16, token: Token, name_at: usize) -> Result<(), Fault> {
        let member = self.layout.member(number);
        let Some(target) = member.target else { return Ok(()) };
        put(&mut self.slots, self.duplicates, target, token, name_at)?;
        for target in &member.more {
            put(&mut self.slots, self.duplicates, *target, token, name_at)?;
        }
        Ok(())
    }

    /// A member that was not expected here; gives its number, or that of the start when it is too
    /// long to be remembered.
    #[inline(never)]
    fn meet<S: Strings>(&mut self, last: u16, cursor: &mut Cursor<'_, S>) -> Result<u16, Fault> {
        let at = cursor.at;
        let name = cursor.name()?;
        let len = cursor.at - at;
        let token = cursor.value(1)?;
        let (names, bytes) = (&self.names, cursor.bytes);
        if let Some(number) =
            self.layout.learn(last, bytes, at, len, || resolve(names, name, bytes))
        {
            self.fill(number, token, at)?;
            return Ok(number);
        }
        for target in resolve(names, name, bytes) {
            put(&mut self.slots, self.duplicates, target, token, at)?;
        }
        Ok(START)
    }
}

/// Moves into the record's object; `false` when it is empty.
pub(super) fn open<S: Strings>(cursor: &mut Cursor<'_, S>) -> Result<bool, Fault> {
    cursor.space();
    match cursor.peek() {
        Some(b'{') => cursor.at += 1,
        Some(_) => return Err(Fault::new(ErrorKind::NotAnObject, cursor.at)),
        None => return Err(Fault::new(ErrorKind::Empty, cursor.at)),
    }
    cursor.space();
    match cursor.peek() {
        Some(b'}') => {
            cursor.at += 1;
            Ok(false)
        }
        Some(b'"') => Ok(true),
        _ => Err(cursor.expected("a member's name or '}'")),
    }
}

/// Moves behind the comma, to the next member's name, or behind the end of the object: `false`.
#[inline(always)]
pub(super) fn another<S: Strings>(cursor: &mut Cursor<'_, S>) -> Result<bool, Fault> {
    match cursor.peek() {
        Some(b',') => {
            cursor.at += 1;
            cursor.space();
            match cursor.peek() {
                Some(b'"') => Ok(true),
                _ => Err(cursor.expected("a member's name")),
            }
        }
        Some(b'}') => {
            cursor.at += 1;
            Ok(false)
        }
        _ => Err(cursor.expected("',' or '}'")),
    }
}

#[inline(always)]
fn put(
    slots: &mut [Option<Slot>],
    duplicates: Duplicates,
    target: Target,
    token: Token,
    name_at: usize,
) -> Result<(), Fault> {
    let slot = &mut slots[target.slot];
    if let Some(before) = slot {
        if duplicates == Duplicates::Refuse && before.exact == target.exact {
            return Err(Fault::new(ErrorKind::DuplicateMember, name_at));
        }
        if before.exact && !target.exact {
            return Ok(());
        }
    }
    *slot = Some(Slot { token, name_at, exact: target.exact });
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
    let upper = decoded.to_uppercase();
    let numbered = names.iter().enumerate();
    numbered
        .filter(|(_, wanted)| ***wanted == *decoded || ***wanted == *upper)
        .map(|(slot, wanted)| Target { slot, exact: **wanted == *decoded })
        .collect()
}

fn text_of(bytes: &[u8]) -> Result<&str, Fault> {
    str::from_utf8(bytes).map_err(|error| match error.error_len() {
        Some(_) => Fault::new(ErrorKind::NotUtf8, error.valid_up_to()),
        None => Fault::new(ErrorKind::Truncated, bytes.len()),
    })
}
