//! Compares what a topic has with what the generator says it sent.
//!
//! The truth is the output of `streamglass generate --with-key`: `key|json` a line, in the order of
//! sending. Values are compared as JSON, since a proxy writes them anew.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use crate::partition::Partitioner;
use crate::readback::Stored;

/// How the sink writes keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// The generator's own bytes.
    Bare,
    /// As a JSON string, with quotes.
    Json,
    /// None.
    Absent,
}

/// One record that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// The generator's; empty is none.
    pub key: Vec<u8>,
    /// The record.
    pub value: Value,
}

/// What the comparison found. Records are named by their line in the truth, from 1.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines of the truth.
    pub sent: usize,
    /// Records of the topic.
    pub found: usize,
    /// Lines of which the topic has none.
    pub missing: Vec<usize>,
    /// Lines of which it has more than one, once for each further one.
    pub repeated: Vec<usize>,
    /// Records that nobody sent: partition and offset.
    pub foreign: Vec<(i32, i64)>,
    /// Lines whose key is another one.
    pub wrong_key: Vec<usize>,
    /// Lines that come after a later one of the same key; a further copy does not count.
    pub reordered: Vec<usize>,
    /// Keys that lie in more than one partition.
    pub split_keys: usize,
    /// Records that are not where the partitioner puts their key.
    pub misplaced: usize,
}

impl Report {
    /// Whether all is there, in order, and nothing else; copies are the caller's to judge.
    pub fn is_whole(&self) -> bool {
        let lists = [&self.missing, &self.wrong_key, &self.reordered];
        lists.iter().all(|list| list.is_empty())
            && self.foreign.is_empty()
            && self.split_keys + self.misplaced == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{:>9} sent", self.sent)?;
        writeln!(out, "{:>9} found", self.found)?;
        for (name, lines) in [
            ("missing", &self.missing),
            ("more than once", &self.repeated),
            ("with another key", &self.wrong_key),
            ("out of order", &self.reordered),
        ] {
            let first: Vec<_> = lines.iter().take(5).map(ToString::to_string).collect();
            let first =
                if first.is_empty() { String::new() } else { format!(": {}", first.join(", ")) };
            writeln!(out, "{:>9} {name}{first}", lines.len())?;
        }
        writeln!(out, "{:>9} that nobody sent {:?}", self.foreign.len(), self.foreign.first())?;
        writeln!(out, "{:>9} keys in several partitions", self.split_keys)?;
        write!(out, "{:>9} where the partitioner does not put them", self.misplaced)
    }
}

/// Reads the truth.
///
/// # Errors
/// When a line is not `key|json`.
pub fn truth(text: &str) -> Result<Vec<Truth>, String> {
    let read = |line: &str| {
        let (key, json) = line.split_once('|').ok_or("no bar")?;
        let value = serde_json::from_str(json).map_err(|error| error.to_string())?;
        Ok(Truth { key: key.as_bytes().to_vec(), value })
    };
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| read(line).map_err(|why: String| format!("line {}: {why}", index + 1)))
        .collect()
}

/// Compares. Records of one partition must be in the order of their offsets; the topic has so many
/// `partitions`.
pub fn compare(
    truth: &[Truth],
    stored: &[Stored],
    keys: Keys,
    (by, partitions): (Partitioner, i32),
) -> Report {
    let mut report = Report { sent: truth.len(), found: stored.len(), ..Report::default() };
    // Equal records of a generator with duplicates are taken in their order.
    let mut lines: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, sent) in truth.iter().enumerate().rev() {
        lines.entry(canonical(&sent.value)).or_default().push(index);
    }
    let mut last_line: HashMap<String, usize> = HashMap::new();
    let mut latest: HashMap<&[u8], (usize, i32)> = HashMap::new();
    let mut found = vec![false; truth.len()];
    for record in stored {
        let value = record.value.as_deref().and_then(|value| serde_json::from_slice(value).ok());
        let Some(text) = value.as_ref().map(canonical) else {
            report.foreign.push((record.partition, record.offset));
            continue;
        };
        let line = match lines.get_mut(&text).map(Vec::pop) {
            None => {
                report.foreign.push((record.partition, record.offset));
                continue;
            }
            Some(None) => {
                report.repeated.push(last_line[&text] + 1);
                continue;
            }
            Some(Some(line)) => line,
        };
        last_line.insert(text, line);
        found[line] = true;
        let key = &truth[line].key;
        if record.key != stored_key(key, keys) {
            report.wrong_key.push(line + 1);
        }
        if let Some(stored) = record.key.as_deref()
            && by.partition(Some(stored), partitions) != record.partition
        {
            report.misplaced += 1;
        }
        if key.is_empty() || keys == Keys::Absent {
            continue;
        }
        let before = latest.entry(key).or_insert((line, record.partition));
        if before.1 != record.partition {
            report.split_keys += 1;
        }
        if line < before.0 {
            report.reordered.push(line + 1);
        }
        *before = (line.max(before.0), record.partition);
    }
    let missing = found.iter().enumerate().filter(|(_, found)| !**found);
    report.missing = missing.map(|(line, _)| line + 1).collect();
    report
}

fn stored_key(key: &[u8], keys: Keys) -> Option<Vec<u8>> {
    if key.is_empty() {
        return None;
    }
    match keys {
        Keys::Bare => Some(key.to_vec()),
        Keys::Json => Some(Value::from(String::from_utf8_lossy(key)).to_string().into_bytes()),
        Keys::Absent => None,
    }
}

/// Text that two values share exactly when they are the same JSON: members in order of name, and
/// numbers as floats, since `1e2` may become `100.0`.
fn canonical(value: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by_key(|(name, _)| *name);
                members.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect()
            }
            Value::Array(items) => items.iter().map(sorted).collect(),
            Value::Number(number) if !number.is_i64() && !number.is_u64() => {
                let float = number.as_f64().unwrap_or(f64::NAN);
                if float.fract() == 0.0 && float.abs() < 9e15 {
                    Value::from(float as i64)
                } else {
                    Value::from(float)
                }
            }
            other => other.clone(),
        }
    }
    sorted(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTH: &str = "a|{\"n\":1}\nb|{\"n\":2}\na|{\"n\":3.0}\n|{\"n\":4}\n";

    fn stored(partition: i32, offset: i64, key: Option<&str>, value: &str) -> Stored {
        Stored {
            partition,
            offset,
            timestamp: None,
            key: key.map(|key| key.as_bytes().to_vec()),
            value: Some(value.as_bytes().to_vec()),
            headers: Vec::new(),
        }
    }

    fn check(records: &[Stored], expect: &str) {
        let truth = truth(TRUTH).expect("a truth");
        let report = compare(&truth, records, Keys::Bare, (Partitioner::Murmur2, 1));
        let found = format!(
            "missing {:?} repeated {:?} foreign {:?} key {:?} order {:?} split {}",
            report.missing,
            report.repeated,
            report.foreign,
            report.wrong_key,
            report.reordered,
            report.split_keys
        );
        assert_eq!(found, expect);
    }

    #[test]
    fn every_kind_of_loss_is_seen() {
        let whole = [
            stored(0, 0, Some("a"), "{\"n\":1.0}"),
            stored(0, 1, Some("b"), "{ \"n\":2}"),
            stored(0, 2, Some("a"), "{\"n\":3}"),
            stored(0, 3, None, "{\"n\":4}"),
        ];
        check(&whole, "missing [] repeated [] foreign [] key [] order [] split 0");
        check(&whole[1..], "missing [1] repeated [] foreign [] key [] order [] split 0");
        let mut swapped = whole.clone();
        swapped.swap(0, 2);
        check(&swapped, "missing [] repeated [] foreign [] key [] order [1] split 0");
        let mut twice = whole.to_vec();
        twice.push(whole[1].clone());
        check(&twice, "missing [] repeated [2] foreign [] key [] order [] split 0");
        let mut strange = whole.to_vec();
        strange[1] = stored(0, 1, Some("c"), "{\"n\":2}");
        strange[2] = stored(1, 0, Some("a"), "{\"n\":3}");
        strange[3] = stored(1, 1, None, "{\"n\":5}");
        check(&strange, "missing [4] repeated [] foreign [(1, 1)] key [2] order [] split 1");
    }

    #[test]
    fn a_truth_without_keys_is_refused() {
        assert_eq!(truth("{\"n\":1}").unwrap_err(), "line 1: no bar");
    }
}
