//! A buffer that JSON is written into, and the forms that Python's `json.dumps` gives values. Not
//! here: which members a record has (`serializer.rs`).

use super::words::{BLOCK, Word};

/// Bytes that a record is written into. It keeps its memory from record to record.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    at: usize,
}

impl Writer {
    /// Starts a record of at most `room` bytes.
    pub(super) fn start(&mut self, room: usize) {
        self.at = 0;
        if self.bytes.len() < room {
            self.bytes.resize(room.next_power_of_two(), 0);
        }
    }

    /// What was written since the start.
    pub(super) fn written(&self) -> &[u8] {
        &self.bytes[..self.at]
    }

    /// Cuts what was written to its first `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.at = self.at.min(len);
    }

    pub(super) fn len(&self) -> usize {
        self.at
    }

    /// Appends text as it is. Inlined, so that a constant's copy is a few moves.
    #[inline]
    pub(super) fn put(&mut self, text: &[u8]) {
        let end = self.at + text.len();
        self.bytes[self.at..end].copy_from_slice(text);
        self.at = end;
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes[self.at] = byte;
        self.at += 1;
    }

    /// Appends a word by copying its whole block; what follows overwrites the padding.
    pub(super) fn word(&mut self, word: &Word) {
        if let Some(room) = self.bytes[self.at..].first_chunk_mut::<BLOCK>() {
            *room = word.block;
        }
        self.at += usize::from(word.len);
    }

    /// Makes the letter at `at` a capital.
    pub(super) fn capitalize(&mut self, at: usize) {
        self.bytes[at].make_ascii_uppercase();
    }

    pub(super) fn integer(&mut self, value: u64) {
        self.put(itoa::Buffer::new().format(value).as_bytes());
    }

    /// Seconds with the fraction of `micros` that is not 0, and at least one digit after the point.
    pub(super) fn seconds(&mut self, micros: i64) {
        self.decimal(micros, 1_000_000, 6);
    }

    /// Degrees from units of 10⁻⁵.
    pub(super) fn degrees(&mut self, units: i64) {
        self.decimal(units, 100_000, 5);
    }

    /// A number of hundredths.
    pub(super) fn hundredths(&mut self, units: i64) {
        self.decimal(units, 100, 2);
    }

    /// `value / scale`, where `scale` is ten to the power of `digits`, without trailing zeros but with
    /// at least one digit after the point.
    fn decimal(&mut self, value: i64, scale: u64, digits: usize) {
        if value < 0 {
            self.byte(b'-');
        }
        let magnitude = value.unsigned_abs();
        self.integer(magnitude / scale);
        let mut rest = magnitude % scale;
        let mut fraction = *b".000000";
        let mut last = 1;
        for place in (1..=digits).rev() {
            let digit = (rest % 10) as u8;
            rest /= 10;
            fraction[place] = b'0' + digit;
            if digit != 0 && last == 1 {
                last = place;
            }
        }
        self.put(&fraction[..=last]);
    }
}

/// A text as a JSON string, escaped as Python does: ASCII only.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(f: impl FnOnce(&mut Writer)) -> String {
        let mut writer = Writer::default();
        writer.start(100);
        f(&mut writer);
        String::from_utf8(writer.written().to_vec()).expect("text")
    }

    #[test]
    fn numbers_look_as_python_prints_them() {
        for (micros, text) in [
            (1_673_512_817_517_501, "1673512817.517501"),
            (1_673_512_817_500_000, "1673512817.5"),
            (1_673_512_817_000_000, "1673512817.0"),
            (1_673_512_817_000_010, "1673512817.00001"),
        ] {
            assert_eq!(write(|w| w.seconds(micros)), text);
        }
        for (units, text) in [
            (4_547_885, "45.47885"),
            (-3_359_217, "-33.59217"),
            (1_070_000, "10.7"),
            (-5, "-0.00005"),
            (0, "0.0"),
        ] {
            assert_eq!(write(|w| w.degrees(units)), text);
        }
        assert_eq!(write(|w| w.hundredths(990)), "9.9");
    }

    #[test]
    fn strings_are_escaped_as_json() {
        for text in ["plain", "a \"b\" \\ c", "tab\tline\n\u{1}\u{7f}", "Zürich", "🗞 news", ""]
        {
            let json = quoted(text);
            assert!(json.is_ascii(), "{json}");
            assert_eq!(serde_json::from_str::<String>(&json).expect("a string"), text);
        }
        assert_eq!(quoted("é🗞"), "\"\\u00e9\\ud83d\\uddde\"");
    }
}
