//! A place in a configuration tree, with its path: reads typed members and reports what is wrong.

use serde_json::{Map, Value};

use super::error::{ConfigErrors, Notice, Reason};

/// Longest text (a name) that a configuration may hold, in bytes.
pub(super) const MOST_TEXT: usize = 200;

/// Everything found while reading.
#[derive(Default)]
pub(super) struct Report {
    pub errors: ConfigErrors,
    pub notices: Vec<Notice>,
}

impl Report {
    pub(super) fn notice(&mut self, path: &str, text: &str) {
        if self.notices.len() < 100 {
            self.notices.push(Notice { path: shorten(path), text: text.to_owned() });
        }
    }
}

/// A value and the path that leads to it.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub path: String,
    pub value: &'a Value,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { path: String::new(), value }
    }

    pub(super) fn path_of(&self, name: &str) -> String {
        let name = shorten(name);
        if self.path.is_empty() { name } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn fail<T>(&self, report: &mut Report, reason: Reason) -> Option<T> {
        let path = if self.path.is_empty() { "the configuration" } else { &self.path };
        report.errors.push(path, reason);
        None
    }

    /// The member called `name`; a null counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<Node<'a>> {
        let value = self.value.as_object()?.get(name)?;
        (!value.is_null()).then(|| Node { path: self.path_of(name), value })
    }

    pub(super) fn require(&self, report: &mut Report, name: &str) -> Option<Node<'a>> {
        let found = self.get(name);
        if found.is_none() && self.value.is_object() {
            report.errors.push(&self.path_of(name), Reason::Missing);
        }
        found
    }

    pub(super) fn object(&self, report: &mut Report) -> Option<&'a Map<String, Value>> {
        match self.value {
            Value::Object(map) => Some(map),
            _ => self.wrong_type(report, "a mapping"),
        }
    }

    /// The members of a mapping of at most `most`.
    pub(super) fn members(&self, report: &mut Report, most: usize) -> Option<Vec<(&'a str, Self)>> {
        let map = self.object(report)?;
        if map.len() > most {
            return self.fail(report, Reason::TooMany { found: map.len(), most });
        }
        let node = |(name, value): (&'a String, &'a Value)| {
            (name.as_str(), Node { path: self.path_of(name), value })
        };
        Some(map.iter().map(node).collect())
    }

    /// The items of a list of at most `most`.
    pub(super) fn items(&self, report: &mut Report, most: usize) -> Option<Vec<Node<'a>>> {
        let Value::Array(items) = self.value else { return self.wrong_type(report, "a list") };
        if items.len() > most {
            return self.fail(report, Reason::TooMany { found: items.len(), most });
        }
        let node = |(i, value)| Node { path: format!("{}[{i}]", self.path), value };
        Some(items.iter().enumerate().map(node).collect())
    }

    pub(super) fn text(&self, report: &mut Report) -> Option<&'a str> {
        let Value::String(text) = self.value else { return self.wrong_type(report, "a text") };
        check_name(text, &self.path, report).then_some(text)
    }

    /// A finite number in `low..=high`.
    pub(super) fn number(
        &self,
        report: &mut Report,
        low: f64,
        high: f64,
        unit: &'static str,
    ) -> Option<f64> {
        let Some(value) = self.value.as_f64() else { return self.wrong_type(report, "a number") };
        if (low..=high).contains(&value) {
            return Some(value);
        }
        self.fail(report, Reason::Range { value, low, high, unit })
    }

    /// A whole number in `low..=high`.
    pub(super) fn whole(&self, report: &mut Report, low: u32, high: u32) -> Option<u32> {
        let value = self.number(report, f64::from(low), f64::from(high), "")?;
        if value.fract() == 0.0 {
            return Some(value as u32);
        }
        self.wrong_type(report, "a whole number")
    }

    pub(super) fn wrong_type<T>(&self, report: &mut Report, expected: &'static str) -> Option<T> {
        let found = match self.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(value) => format!("{value}"),
            Value::Number(value) => format!("the number {value}"),
            Value::String(text) => format!("the text `{}`", shorten(text)),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "a mapping".to_owned(),
        };
        self.fail(report, Reason::Type { expected, found })
    }

    /// Reports members that are none of `known`, as errors.
    pub(super) fn only(&self, report: &mut Report, known: &[&str]) {
        let Some(map) = self.value.as_object() else { return };
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            let reason = Reason::UnknownMember {
                suggestion: closest(name, known.iter().copied()),
                known: known.join(", "),
            };
            report.errors.push(&self.path_of(name), reason);
        }
    }

    /// Reports members that are none of `known`, as notices: for sections that belong to imply-news.
    pub(super) fn ignore_others(&self, report: &mut Report, known: &[&str]) {
        let Some(map) = self.value.as_object() else { return };
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            let hint = closest(name, known.iter().copied())
                .map(|known| format!(" (did you mean `{known}`?)"))
                .unwrap_or_default();
            report.notice(&self.path_of(name), &format!("is ignored{hint}"));
        }
    }
}

/// Whether a name may stand in a configuration.
pub(super) fn check_name(name: &str, path: &str, report: &mut Report) -> bool {
    let reason = match name.len() {
        0 => Reason::Empty,
        found if found > MOST_TEXT => Reason::TooLong { found, most: MOST_TEXT },
        _ => return true,
    };
    report.errors.push(path, reason);
    false
}

/// A text cut to a length that fits a message.
pub(super) fn shorten(text: &str) -> String {
    if text.len() <= 60 {
        return text.to_owned();
    }
    let cut: String = text.chars().take(50).collect();
    format!("{cut}…")
}

/// The known name that is closest to `name`, if one is close enough to be meant.
pub(super) fn closest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    if name.len() > MOST_TEXT {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let scored = known.map(|word| (distance(&lower, &word.to_ascii_lowercase()), word));
    let (edits, word) = scored.min_by_key(|(edits, _)| *edits)?;
    (edits <= 1 + word.chars().count() / 4).then(|| word.to_owned())
}

/// Levenshtein's edit distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_close_or_absent() {
        let known = ["pacing", "partitions", "sessionsPerSecond"];
        for (name, expect) in [
            ("pacng", Some("pacing")),
            ("Partitions", Some("partitions")),
            ("sessionPerSecond", Some("sessionsPerSecond")),
            ("kafka", None),
        ] {
            assert_eq!(closest(name, known.into_iter()).as_deref(), expect, "{name}");
        }
    }
}
