//! Places in a text: half-open byte ranges, and the lines and columns that people count in.

use serde::{Deserialize, Serialize};

/// The bytes `start..end` of a text of less than 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// `start..end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The part of `text` that lies here; empty when the span is not one of this text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A place as an editor shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters (Unicode scalar values).
    pub column: u32,
}

/// Where each line of a text begins: finds the line of an offset in O(log lines).
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
}

impl<'a> Lines<'a> {
    /// The lines of `text`, ended by `\n`; a `\r` before it belongs to the line's end.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect();
        Self { text, starts }
    }

    /// The line and column of the byte at `offset`; the end of the text for one beyond it.
    #[must_use]
    pub fn locate(&self, offset: u32) -> LineColumn {
        let offset = offset.min(self.text.len() as u32);
        let line = self.starts.partition_point(|&start| start <= offset);
        let before = Span::new(self.starts[line - 1], offset).of(self.text);
        LineColumn { line: line as u32, column: before.chars().count() as u32 + 1 }
    }

    /// The text of `line` (from 1) without its end, and the offset of its first byte.
    #[must_use]
    pub fn line(&self, line: u32) -> (&'a str, u32) {
        let Some(&start) = self.starts.get((line as usize).wrapping_sub(1)) else {
            return ("", self.text.len() as u32);
        };
        let end = self.starts.get(line as usize).map_or(self.text.len(), |&next| next as usize);
        (self.text[start as usize..end].trim_end_matches(['\n', '\r']), start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters() {
        let lines = Lines::new("a\r\näöü x\n\nlast");
        let at = |offset| {
            let LineColumn { line, column } = lines.locate(offset);
            (line, column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(10), (2, 5));
        assert_eq!(at(12), (3, 1));
        assert_eq!(at(13), (4, 1));
        assert_eq!(at(999), (4, 5));
        assert_eq!(lines.line(1), ("a", 0));
        assert_eq!(lines.line(2), ("äöü x", 3));
        assert_eq!(lines.line(3), ("", 12));
        assert_eq!(lines.line(9), ("", 17));
    }

    #[test]
    fn a_foreign_span_is_empty_text() {
        assert_eq!(Span::new(1, 2).of("ä"), "");
        assert_eq!(Span::new(3, 9).of("abcd"), "");
        assert_eq!(Span::new(1, 3).of("abcd"), "bc");
    }
}
