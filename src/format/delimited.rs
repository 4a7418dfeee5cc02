//! The DELIMITED format: one line of comma-separated values, read and written as ksqlDB does it with
//! the default format of Apache Commons CSV.
//!
//! A value that begins with a quote goes to the next lone quote (two stand for one); any other goes
//! to the next delimiter or the line's end. An empty value, quoted or not, is NULL; ARRAY, MAP and
//! STRUCT do not occur. Not here: names, which the format does not have.

use thiserror::Error;

use super::json;
use crate::chunk::{Column, ColumnData};
use crate::value::DataType;

const QUOTE: u8 = b'"';

/// Why bytes are no line of some columns.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DelimitedError {
    /// The bytes are not UTF-8.
    #[error("not UTF-8 from byte {0} on")]
    NotUtf8(usize),
    /// Another number of values than columns.
    #[error("{found} values for {columns} columns")]
    Count {
        /// How many columns there are.
        columns: usize,
        /// How many values.
        found: usize,
    },
    /// Something between a closing quote and the delimiter.
    #[error("value {0}: something follows the closing quote")]
    AfterQuote(usize),
    /// A quote that is not closed.
    #[error("value {0}: the closing quote is missing")]
    NoQuote(usize),
    /// A text that is no value of the column's type.
    #[error("value {index}: {text:?} is no {data_type}")]
    Value {
        /// Which value, from 0.
        index: usize,
        /// The text, cut after 64 characters.
        text: String,
        /// The column's type.
        data_type: DataType,
    },
    /// The format has no such type.
    #[error("the DELIMITED format has no {0}")]
    UnsupportedType(DataType),
}

/// The delimiter that a `VALUE_DELIMITER` names: `SPACE`, `TAB` or one character. `None` when it is
/// longer.
#[must_use]
pub fn delimiter(name: &str) -> Option<char> {
    match name.to_ascii_uppercase().as_str() {
        "SPACE" => return Some(' '),
        "TAB" => return Some('\t'),
        _ => {}
    }
    let mut characters = name.chars();
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

/// Reads lines into columns. Owns the memory that values without quotes inside do not need.
#[derive(Clone, Debug)]
pub struct DelimitedReader {
    delimiter: char,
    unquoted: String,
}

impl DelimitedReader {
    /// With this character between values.
    #[must_use]
    pub const fn new(delimiter: char) -> Self {
        Self { delimiter, unquoted: String::new() }
    }

    /// Adds one value to each column.
    ///
    /// # Errors
    /// When the bytes are no line of as many values or one is not of its column's type; no column
    /// is changed then.
    pub fn read(&mut self, bytes: &[u8], columns: &mut [Column]) -> Result<(), DelimitedError> {
        let text = str::from_utf8(bytes).map_err(|e| DelimitedError::NotUtf8(e.valid_up_to()))?;
        let rows = columns.first().map_or(0, Column::len);
        let result = self.line(text, columns);
        if result.is_err() {
            columns.iter_mut().for_each(|column| column.truncate(rows));
        }
        result
    }

    fn line(&mut self, text: &str, columns: &mut [Column]) -> Result<(), DelimitedError> {
        // Lines without anything are skipped, and only the first line counts.
        let mut rest = Some(text.trim_start_matches(['\r', '\n'])).filter(|text| !text.is_empty());
        let mut found = 0;
        while let Some(text) = rest {
            let (value, after) = match text.strip_prefix('"') {
                Some(quoted) => self.quoted(quoted, found)?,
                None => self.bare(text),
            };
            if let Some(column) = columns.get_mut(found) {
                push(column, value.unwrap_or(&self.unquoted), found)?;
            }
            found += 1;
            rest = after;
        }
        match found == columns.len() {
            true => Ok(()),
            false => Err(DelimitedError::Count { columns: columns.len(), found }),
        }
    }

    fn bare<'a>(&self, text: &'a str) -> (Option<&'a str>, Option<&'a str>) {
        let end = text.find([self.delimiter, '\r', '\n']).unwrap_or(text.len());
        let after = text[end..].strip_prefix(self.delimiter);
        (Some(&text[..end]), after)
    }

    /// The value behind an opening quote, `None` when it is in `unquoted`, and what comes after.
    fn quoted<'a>(
        &mut self,
        text: &'a str,
        index: usize,
    ) -> Result<(Option<&'a str>, Option<&'a str>), DelimitedError> {
        self.unquoted.clear();
        let mut rest = text;
        loop {
            let quote = rest.find('"').ok_or(DelimitedError::NoQuote(index))?;
            self.unquoted.push_str(&rest[..quote]);
            rest = &rest[quote + 1..];
            let Some(more) = rest.strip_prefix('"') else { break };
            self.unquoted.push('"');
            rest = more;
        }
        let value = text.get(..self.unquoted.len()).filter(|value| *value == self.unquoted);
        let is_space = |c: char| c.is_whitespace() && c != self.delimiter && !"\r\n".contains(c);
        let rest = rest.trim_start_matches(is_space);
        if rest.is_empty() || rest.starts_with(['\r', '\n']) {
            return Ok((value, None));
        }
        let after = rest.strip_prefix(self.delimiter).ok_or(DelimitedError::AfterQuote(index))?;
        Ok((value, Some(after)))
    }
}

/// Adds the value that a text is to a column.
fn push(column: &mut Column, text: &str, index: usize) -> Result<(), DelimitedError> {
    if text.is_empty() {
        column.push_null();
        return Ok(());
    }
    let data_type = &column.data_type;
    let wrong = || DelimitedError::Value {
        index,
        text: text.chars().take(64).collect(),
        data_type: data_type.clone(),
    };
    match &mut column.data {
        ColumnData::Boolean(v) => v.push(text.eq_ignore_ascii_case("true")),
        ColumnData::Int(v) => v.push(text.parse().map_err(|_| wrong())?),
        ColumnData::BigInt(v) | ColumnData::Timestamp(v) => {
            v.push(text.parse().map_err(|_| wrong())?);
        }
        ColumnData::Double(v) => v.push(java_double(text).ok_or_else(wrong)?),
        ColumnData::Varchar(v) => v.push(text),
        ColumnData::Nested(_) => return Err(DelimitedError::UnsupportedType(data_type.clone())),
    }
    column.valid.push(true);
    Ok(())
}

/// What Java's `Double.parseDouble` makes of a text, without its hexadecimal form.
fn java_double(text: &str) -> Option<f64> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" => {
            return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
        }
        _ => {}
    }
    // Rust also takes `inf` and `nan`; Java also takes a letter for the type at the end.
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let is_number = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
    if digits.bytes().all(is_number) { digits.parse().ok() } else { None }
}

/// Adds `row` of `columns` to `out` as a line without its end; NULL is an empty value.
///
/// # Errors
/// For ARRAY, MAP and STRUCT.
///
/// # Panics
/// When there is no such row.
pub fn write(
    out: &mut Vec<u8>,
    delimiter: char,
    columns: &[Column],
    row: usize,
) -> Result<(), DelimitedError> {
    for (i, column) in columns.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(delimiter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        match &column.data {
            _ if !column.valid[row] => {}
            ColumnData::Varchar(values) => write_text(out, delimiter, values.get(row), i == 0),
            ColumnData::Nested(_) => {
                return Err(DelimitedError::UnsupportedType(column.data_type.clone()));
            }
            // Numbers and booleans are as in JSON, and quoted as texts are.
            _ => {
                let start = out.len();
                json::write_value(out, column, row);
                let written = &out[start..];
                let text = std::str::from_utf8(written).unwrap_or_default();
                if needs_quotes(delimiter, text, i == 0) {
                    let text = text.to_owned();
                    out.truncate(start);
                    write_text(out, delimiter, text.trim_matches('"'), i == 0);
                }
            }
        }
    }
    Ok(())
}

/// Adds a text, in quotes where Commons CSV's minimal mode puts them.
fn write_text(out: &mut Vec<u8>, delimiter: char, text: &str, is_first: bool) {
    if !needs_quotes(delimiter, text, is_first) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(QUOTE);
    for b in text.bytes() {
        if b == QUOTE {
            out.push(QUOTE);
        }
        out.push(b);
    }
    out.push(QUOTE);
}

/// Whether a value is put in quotes: where it must be, where it begins with a character up to `#`
/// or ends with one up to the space, and where the first value of a line is empty or begins with a
/// character that is neither an ASCII letter nor a digit, a minus too.
fn needs_quotes(delimiter: char, text: &str, is_first: bool) -> bool {
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return is_first;
    };
    if is_first && !first.is_ascii_alphanumeric() {
        return true;
    }
    first <= '#' || last <= ' ' || text.contains(['\n', '\r', '"', delimiter])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn columns() -> Vec<Column> {
        [DataType::Varchar, DataType::BigInt, DataType::Double].iter().map(Column::new).collect()
    }

    fn read(line: &str) -> Result<Vec<Value>, DelimitedError> {
        let mut columns = columns();
        DelimitedReader::new(',').read(line.as_bytes(), &mut columns)?;
        Ok(columns.iter().map(|column| column.value(0)).collect())
    }

    #[test]
    fn values_are_read_by_position() {
        let row = |text: &str, number, double| {
            vec![Value::varchar(text), Value::BigInt(number), Value::Double(double)]
        };
        for (line, expected) in [
            ("a,1,2.5", row("a", 1, 2.5)),
            ("\"a,b\",-1,1e3", row("a,b", -1, 1_000.0)),
            ("\"say \"\"x\"\"\",\"7\" ,.5", row("say \"x\"", 7, 0.5)),
            ("it\"s, 1,1".replace(", ", ",").as_str(), row("it\"s", 1, 1.0)),
            (" a ,1,1", row(" a ", 1, 1.0)),
            ("a,1,1\r\nb,2,2", row("a", 1, 1.0)),
            ("\"a\nb\",1,1", row("a\nb", 1, 1.0)),
        ] {
            assert_eq!(read(line), Ok(expected), "{line}");
        }
        assert_eq!(read(",,"), Ok(vec![Value::Null; 3]));
        assert_eq!(read("\"\",,"), Ok(vec![Value::Null; 3]));
    }

    #[test]
    fn a_line_that_does_not_fit_changes_nothing() {
        let value = |index, text: &str, data_type| DelimitedError::Value {
            index,
            text: text.to_owned(),
            data_type,
        };
        for (line, error) in [
            ("", DelimitedError::Count { columns: 3, found: 0 }),
            ("a,1", DelimitedError::Count { columns: 3, found: 2 }),
            ("a,1,1,", DelimitedError::Count { columns: 3, found: 4 }),
            ("a, 1,1", value(1, " 1", DataType::BigInt)),
            ("a,1,inf", value(2, "inf", DataType::Double)),
            ("\"a,1,1", DelimitedError::NoQuote(0)),
            ("\"a\"b,1,1", DelimitedError::AfterQuote(0)),
        ] {
            let mut columns = columns();
            let result = DelimitedReader::new(',').read(line.as_bytes(), &mut columns);
            assert_eq!(result, Err(error), "{line}");
            assert!(columns.iter().all(Column::is_empty), "{line}");
        }
    }

    #[test]
    fn lines_are_quoted_as_little_as_commons_csv_does() {
        for (text, expected) in [
            (Some("plain"), "plain,plain"),
            (Some("a,b"), "\"a,b\",\"a,b\""),
            (Some("a\"b"), "\"a\"\"b\",\"a\"\"b\""),
            (Some(" a"), "\" a\",\" a\""),
            (Some("a "), "\"a \",\"a \""),
            (Some("a b"), "a b,a b"),
            (Some("#a"), "\"#a\",\"#a\""),
            (Some("é"), "\"é\",é"),
            (Some(""), "\"\","),
            (None, ","),
        ] {
            let mut column = Column::new(&DataType::Varchar);
            column.push(&text.map_or(Value::Null, Value::varchar));
            let mut out = Vec::new();
            write(&mut out, ',', &[column.clone(), column], 0).expect("text");
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let texts = ["a", "a,b", "\"", "\"\"", "x\ny", " ", ",", "#", "ü\t", "-"];
        for text in texts {
            let mut written = columns();
            written[0].push(&Value::varchar(text));
            written[1].push(&Value::BigInt(-3));
            written[2].push(&Value::Double(1.5e300));
            let mut line = Vec::new();
            write(&mut line, ',', &written, 0).expect("no nested value");
            let line = String::from_utf8(line).expect("text");
            let values = written.iter().map(|column| column.value(0)).collect();
            assert_eq!(read(&line), Ok(values), "{line:?}");
        }
    }

    #[test]
    fn delimiters_have_names() {
        assert_eq!(delimiter("tab"), Some('\t'));
        assert_eq!(delimiter("SPACE"), Some(' '));
        assert_eq!((delimiter("|"), delimiter("||"), delimiter("")), (Some('|'), None, None));
    }
}
