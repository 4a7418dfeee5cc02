//! The grammar: a position in a record that moves over values and checks them on its way.

use super::error::{ErrorKind, Fault};
use super::number;
use super::simd;
use super::text;

/// How deep arrays and objects can be nested; the record's own object is the first level.
pub const MAX_DEPTH: u32 = 64;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    True,
    False,
    /// A number without fraction and exponent.
    Integer,
    /// Any other number.
    Decimal,
    /// A string without a backslash.
    Plain,
    /// A string with escapes.
    Escaped,
    Array,
    Object,
}

impl Kind {
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::True | Self::False => "a boolean",
            Self::Integer | Self::Decimal => "a number",
            Self::Plain | Self::Escaped => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// A value and where it is: of a string what is between the quotes, else all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

impl Token {
    const fn new(kind: Kind, start: usize, end: usize) -> Self {
        Self { kind, start: start as u32, end: end as u32 }
    }

    pub fn text<'a>(&self, record: &'a str) -> &'a str {
        &record[self.start as usize..self.end as usize]
    }
}

/// Finds where strings end.
pub(super) trait Strings {
    /// The position of the closing quote of the string whose text starts at `from`, and whether
    /// there are escapes in it. Checks what is between.
    fn end(&self, bytes: &[u8], from: usize) -> Result<(usize, bool), Fault>;
}

/// Looks for the closing quote byte by byte, 16 at once. For any record.
#[derive(Clone, Copy)]
pub(super) struct Scan;

impl Strings for Scan {
    #[inline]
    fn end(&self, bytes: &[u8], from: usize) -> Result<(usize, bool), Fault> {
        let (mut at, mut escaped) = (from, false);
        loop {
            at = simd::find_stop(bytes, at);
            match bytes.get(at) {
                Some(b'"') => return Ok((at, escaped)),
                Some(b'\\') => {
                    escaped = true;
                    at = text::check_escape(bytes, at)?;
                }
                Some(_) => return Err(Fault::new(ErrorKind::ControlCharacter, at)),
                None => return Err(Fault::new(ErrorKind::Truncated, bytes.len())),
            }
        }
    }
}

/// Knows all quotes of a record that has neither backslashes nor control characters. Behind the last
/// byte's word there is one more.
#[derive(Clone, Copy)]
pub(super) struct Quotes<'q>(pub &'q [u64]);

impl Strings for Quotes<'_> {
    #[inline(always)]
    fn end(&self, bytes: &[u8], from: usize) -> Result<(usize, bool), Fault> {
        let (word, bit) = (from / 64, from % 64);
        // The 64 bits from here on, of two words: whether a string goes over the end of a word is
        // nothing that a processor can foresee, but most are shorter than this.
        if let Some([low, high]) = self.0.get(word..).and_then(<[u64]>::first_chunk) {
            let bits = low >> bit | high << 1 << (63 - bit);
            if bits != 0 {
                return Ok((from + bits.trailing_zeros() as usize, false));
            }
        }
        let later = self.0.get(word + 1..).unwrap_or_default();
        match (word + 1..).zip(later).find(|(_, bits)| **bits != 0) {
            Some((word, bits)) => Ok((word * 64 + bits.trailing_zeros() as usize, false)),
            None => Err(Fault::new(ErrorKind::Truncated, bytes.len())),
        }
    }
}

/// A position in a record.
pub(super) struct Cursor<'a, S> {
    pub bytes: &'a [u8],
    pub at: usize,
    pub strings: S,
}

impl<S: Strings> Cursor<'_, S> {
    /// The byte here.
    #[inline(always)]
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Whether these bytes are here.
    #[inline(always)]
    fn is_at<const N: usize>(&self, expected: &[u8; N]) -> bool {
        self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) == Some(expected)
    }

    /// Moves over white space.
    #[inline(always)]
    pub fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// The error of not finding what must be here.
    #[cold]
    pub fn expected(&self, what: &'static str) -> Fault {
        let kind = match self.peek() {
            Some(_) => ErrorKind::Expected(what),
            None => ErrorKind::Truncated,
        };
        Fault::new(kind, self.at)
    }

    /// Moves over a string; the cursor is on its opening quote.
    #[inline(always)]
    pub fn string(&mut self) -> Result<Token, Fault> {
        let start = self.at + 1;
        let (end, escaped) = self.strings.end(self.bytes, start)?;
        self.at = end + 1;
        Ok(Token::new(if escaped { Kind::Escaped } else { Kind::Plain }, start, end))
    }

    /// Moves over a member's name, the colon and white space; gives the name.
    #[inline]
    pub fn name(&mut self) -> Result<Token, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a member's name"));
        }
        let name = self.string()?;
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.expected("':'"));
        }
        self.at += 1;
        self.space();
        Ok(name)
    }

    /// Moves over a value that is inside of `depth` arrays and objects.
    #[inline(always)]
    pub fn value(&mut self, depth: u32) -> Result<Token, Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'[' | b'{') => self.nested(depth),
            _ => self.literal(),
        }
    }

    /// Moves over white space, of which there mostly is none, and a value.
    #[inline(always)]
    pub fn spaced_value(&mut self, depth: u32) -> Result<Token, Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.other_value(depth),
        }
    }

    #[inline(never)]
    fn other_value(&mut self, depth: u32) -> Result<Token, Fault> {
        self.space();
        self.value(depth)
    }

    #[inline(always)]
    fn number(&mut self) -> Result<Token, Fault> {
        let start = self.at;
        let (end, integer) = number::scan(self.bytes, start)?;
        self.at = end;
        Ok(Token::new(if integer { Kind::Integer } else { Kind::Decimal }, start, end))
    }

    fn literal(&mut self) -> Result<Token, Fault> {
        let rest = &self.bytes[self.at..];
        let literals = [(&b"true"[..], Kind::True), (b"false", Kind::False), (b"null", Kind::Null)];
        for (word, kind) in literals {
            if rest.starts_with(word) {
                let start = self.at;
                self.at += word.len();
                return Ok(Token::new(kind, start, self.at));
            }
            if !rest.is_empty() && word.starts_with(rest) {
                return Err(Fault::new(ErrorKind::Truncated, self.bytes.len()));
            }
        }
        Err(self.expected("a value"))
    }

    /// Moves over an array or object. A loop with a stack of bits, not recursion: the depth is the
    /// sender's choice.
    fn nested(&mut self, outside: u32) -> Result<Token, Fault> {
        let start = self.at;
        let kind = if self.peek() == Some(b'{') { Kind::Object } else { Kind::Array };
        // Bit 0 tells whether the innermost is an object.
        let (mut objects, mut depth) = (0_u64, 0_u32);
        loop {
            // A value begins here.
            match self.peek() {
                Some(open @ (b'[' | b'{')) => {
                    if outside + depth >= MAX_DEPTH {
                        return Err(Fault::new(ErrorKind::TooDeep, self.at));
                    }
                    depth += 1;
                    objects = objects << 1 | u64::from(open == b'{');
                    self.at += 1;
                    self.space();
                    let close = if open == b'{' { b'}' } else { b']' };
                    if self.peek() != Some(close) {
                        if open == b'{' {
                            self.name()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => {
                    self.string()?;
                    // Most arrays are of short strings: go from one to the next at once.
                    while objects & 1 == 0 && self.is_at(b", \"") {
                        self.at += 2;
                        self.string()?;
                    }
                }
                Some(b'-' | b'0'..=b'9') => _ = self.number()?,
                _ => _ = self.literal()?,
            }
            // A value ended here, or an empty array or object is about to.
            loop {
                self.space();
                let object = objects & 1 == 1;
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.space();
                        if object {
                            self.name()?;
                        }
                        break;
                    }
                    Some(close) if close == if object { b'}' } else { b']' } => {
                        self.at += 1;
                        depth -= 1;
                        objects >>= 1;
                        if depth == 0 {
                            return Ok(Token::new(kind, start, self.at));
                        }
                    }
                    _ if object => return Err(self.expected("',' or '}'")),
                    _ => return Err(self.expected("',' or ']'")),
                }
            }
        }
    }
}

/// Calls `each` with the items of an array that was checked.
pub(super) fn items<E>(
    record: &str,
    array: Token,
    mut each: impl FnMut(Token) -> Result<(), E>,
) -> Result<(), E> {
    inside(record, array, |cursor| each(cursor.value(0).expect("checked")))
}

/// Calls `each` with names and values of the members of an object that was checked.
pub(super) fn members<E>(
    record: &str,
    object: Token,
    mut each: impl FnMut(Token, Token) -> Result<(), E>,
) -> Result<(), E> {
    inside(record, object, |cursor| {
        let name = cursor.name().expect("checked");
        each(name, cursor.value(0).expect("checked"))
    })
}

fn inside<'a, E>(
    record: &'a str,
    container: Token,
    mut next: impl FnMut(&mut Cursor<'a, Scan>) -> Result<(), E>,
) -> Result<(), E> {
    let end = container.end as usize - 1;
    let mut cursor = Cursor {
        bytes: &record.as_bytes()[..end],
        at: container.start as usize + 1,
        strings: Scan,
    };
    cursor.space();
    while cursor.at < end {
        next(&mut cursor)?;
        cursor.space();
        // The comma; after the last item the closing bracket, which is out of sight.
        cursor.at += 1;
        cursor.space();
    }
    Ok(())
}
