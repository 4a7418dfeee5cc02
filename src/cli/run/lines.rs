//! Files of lines as records of topics, in order of event time as far as the files are.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use streamglass::chunk::{Column, ColumnData};
use streamglass::format::json::JsonReader;
use streamglass::time::{Micros, Timestamp};
use streamglass::value::DataType;

use crate::cli::failure::Failure;

/// The longest line, bytes: above what a topic takes, so that a topic says what it refuses.
const LONGEST: usize = 8 << 20;
/// Seconds since 1970 are less than this: later than the year 5000 is no event time.
const MOST_SECONDS: f64 = 1e11;

/// A line as a record.
#[derive(Debug)]
pub struct Line<'a> {
    /// The topic.
    pub topic: &'a str,
    /// Which line of its file, from 0.
    pub index: usize,
    /// The key, if there is one.
    pub key: Option<&'a [u8]>,
    /// The value; a tombstone has none.
    pub value: Option<&'a [u8]>,
    /// The event time.
    pub timestamp: Timestamp,
}

/// One file.
struct Input {
    topic: String,
    file: String,
    reader: Box<dyn BufRead>,
    line: Vec<u8>,
    /// Lines read so far, with the one that is next.
    lines: usize,
    timestamp: Timestamp,
    /// The largest time so far.
    stream_time: Option<Timestamp>,
    is_over: bool,
}

/// The lines of some files.
pub struct Lines {
    inputs: Vec<Input>,
    clock: EventTime,
    /// The input whose line was handed out.
    taken: Option<usize>,
}

impl Lines {
    /// Opens the files.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn open(topics: &[(String, PathBuf)], event_time: &[String]) -> Result<Self, Failure> {
        let mut inputs = Vec::new();
        for (topic, path) in topics {
            let file = path.display().to_string();
            let reader: Box<dyn BufRead> = if file == "-" {
                Box::new(BufReader::new(io::stdin()))
            } else {
                let opened = File::open(path).map_err(Failure::io(file.clone()))?;
                Box::new(BufReader::with_capacity(1 << 16, opened))
            };
            inputs.push(Input {
                topic: topic.clone(),
                file,
                reader,
                line: Vec::new(),
                lines: 0,
                timestamp: Timestamp(0),
                stream_time: None,
                is_over: false,
            });
        }
        let mut clock = EventTime::new(event_time);
        for input in &mut inputs {
            input.read(&mut clock)?;
        }
        Ok(Self { inputs, clock, taken: None })
    }

    /// The next line: of the file that is furthest behind in event time, of equal ones of the first.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn next(&mut self) -> Result<Option<Line<'_>>, Failure> {
        if let Some(taken) = self.taken.take() {
            self.inputs[taken].read(&mut self.clock)?;
        }
        let there = self.inputs.iter().enumerate().filter(|(_, input)| !input.is_over);
        let Some((next, _)) = there.min_by_key(|(_, input)| input.stream_time) else {
            return Ok(None);
        };
        self.taken = Some(next);
        let input = &self.inputs[next];
        let (key, value) = split(&input.line);
        let (topic, index, timestamp) = (input.topic.as_str(), input.lines - 1, input.timestamp);
        Ok(Some(Line { topic, index, key, value, timestamp }))
    }
}

impl Input {
    /// Reads the next line that is not empty.
    fn read(&mut self, clock: &mut EventTime) -> Result<(), Failure> {
        loop {
            self.line.clear();
            let mut bounded = self.reader.by_ref().take(LONGEST as u64 + 1);
            let read = bounded.read_until(b'\n', &mut self.line);
            if read.map_err(Failure::io(self.file.clone()))? == 0 {
                self.is_over = true;
                return Ok(());
            }
            self.lines += 1;
            if self.line.len() > LONGEST {
                let (file, line) = (&self.file, self.lines);
                let message = format!("{file}: line {line} has more than {LONGEST} bytes");
                return Err(Failure::Invalid(vec![message]));
            }
            let end = self.line.trim_ascii_end().len();
            self.line.truncate(end);
            if !self.line.is_empty() {
                break;
            }
        }
        let (_, value) = split(&self.line);
        let own = value.and_then(|value| clock.of(value));
        self.timestamp = own.or(self.stream_time).unwrap_or_else(arrival);
        self.stream_time = self.stream_time.max(Some(self.timestamp));
        Ok(())
    }
}

/// Key and value of a line.
fn split(line: &[u8]) -> (Option<&[u8]>, Option<&[u8]>) {
    let is_json = |bytes: &[u8]| matches!(bytes.first(), Some(b'{' | b'['));
    let bar = if is_json(line) { None } else { line.iter().position(|byte| *byte == b'|') };
    match bar.map(|bar| (&line[..bar], &line[bar + 1..])) {
        Some((key, rest)) if rest.is_empty() || is_json(rest) => {
            (Some(key).filter(|key| !key.is_empty()), Some(rest).filter(|rest| !rest.is_empty()))
        }
        _ => (None, Some(line)),
    }
}

#[expect(clippy::disallowed_methods, reason = "the command line may read a clock")]
fn arrival() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Reads event times out of JSON.
struct EventTime {
    reader: JsonReader,
    columns: Vec<Column>,
}

impl EventTime {
    fn new(members: &[String]) -> Self {
        let columns = members.iter().map(|_| Column::new(&DataType::Double)).collect();
        Self { reader: JsonReader::new(members.iter().map(String::as_str)), columns }
    }

    /// The time in the first member that holds one.
    fn of(&mut self, value: &[u8]) -> Option<Timestamp> {
        self.columns.iter_mut().for_each(Column::clear);
        self.reader.read(value, &mut self.columns).ok()?;
        self.columns.iter().find_map(|column| {
            let ColumnData::Double(seconds) = &column.data else { return None };
            let seconds = seconds.first().filter(|_| column.valid[0])?;
            let is_time = (0.0..MOST_SECONDS).contains(seconds);
            is_time.then(|| Micros((seconds * 1e6).round() as i64).timestamp())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values() {
        fn text(bytes: Option<&[u8]>) -> Option<&str> {
            bytes.map(|bytes| std::str::from_utf8(bytes).expect("it was a text"))
        }
        for (line, key, value) in [
            (r#"{"a": "x|{"}"#, None, Some(r#"{"a": "x|{"}"#)),
            (r#"k|{"a": 1}"#, Some("k"), Some(r#"{"a": 1}"#)),
            (r#"|{"a": 1}"#, None, Some(r#"{"a": 1}"#)),
            ("k|[1]", Some("k"), Some("[1]")),
            ("k|", Some("k"), None),
            ("a|b|c", None, Some("a|b|c")),
            ("17", None, Some("17")),
        ] {
            let (found_key, found_value) = split(line.as_bytes());
            assert_eq!((text(found_key), text(found_value)), (key, value), "{line}");
        }
    }

    #[test]
    fn event_times() {
        let mut clock = EventTime::new(&["timestamp".to_owned(), "shipped_at".to_owned()]);
        for (value, expect) in [
            (r#"{"timestamp": 1700000000.123456}"#, Some(1_700_000_000_123)),
            (r#"{"timestamp": 1700000000}"#, Some(1_700_000_000_000)),
            (r#"{"shipped_at": 2.5, "timestamp": null}"#, Some(2_500)),
            (r#"{"timestamp": -1}"#, None),
            (r#"{"timestamp": 1e300}"#, None),
            (r#"{"timestamp": {}}"#, None),
            ("no JSON", None),
        ] {
            assert_eq!(clock.of(value.as_bytes()).map(|time| time.0), expect, "{value}");
        }
    }
}
