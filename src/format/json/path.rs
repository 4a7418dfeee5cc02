//! Values inside of JSON texts: paths like `$.a.b[0]`, and what the JSON functions look at.
//!
//! Only the value on the path becomes text, but the whole top-level value must be well-formed and of
//! members of one name the last counts, as a parser that builds all of it would find.

use std::borrow::Cow;

use super::coerce::{compact, text};
use super::cursor::{Cursor, Kind, Scan, Token, items, members};
use super::walk::{Duplicates, Walker, enter, next_name};

/// A path into JSON: `$`, then `.name`, `["name"]` and `[index]` from 0.
#[derive(Clone, Debug)]
pub struct JsonPath {
    steps: Vec<Step>,
    /// Looks for the member of the first step, fast in texts that are objects and nothing else.
    walker: Walker,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    name: String,
    index: Option<usize>,
}

impl JsonPath {
    /// Reads a path; `None` when it is none.
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        let mut rest = path.strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let name;
            (name, rest) = if let Some(quoted) = rest.strip_prefix("[\"") {
                quoted.split_once("\"]")?
            } else if let Some(quoted) = rest.strip_prefix("['") {
                quoted.split_once("']")?
            } else if let Some(index) = rest.strip_prefix('[') {
                index.split_once(']')?
            } else {
                let bare = rest.strip_prefix('.')?;
                bare.split_at(bare.find(['.', '[']).unwrap_or(bare.len()))
            };
            if name.is_empty() {
                return None;
            }
            steps.push(Step { name: name.to_owned(), index: name.parse().ok() });
        }
        let first = steps.first().map(|step| step.name.as_str().into());
        let walker = Walker::new(first.into_iter().collect(), Duplicates::LastWins);
        Some(Self { steps, walker })
    }

    /// The value at the path in a JSON text; of members of one name the last. `None` when it is not
    /// there, or the text is no JSON.
    #[must_use]
    pub fn find<'a>(&mut self, json: &'a str) -> Option<Json<'a>> {
        let (mut json, rest) = match self.steps.split_first() {
            Some((first, rest)) => match self.walker.walk(json.as_bytes()) {
                Ok(record) => {
                    let slot = self.walker.slots[0].filter(|slot| slot.exact)?;
                    (Json { record, token: slot.token }, rest)
                }
                // What the walker refuses may still begin with an object, or be an array.
                Err(_) if json.trim_start().starts_with('{') => {
                    (Json::parse_member(json, &first.name)?, rest)
                }
                Err(_) => (Json::parse(json)?, &self.steps[..]),
            },
            None => (Json::parse(json)?, &self.steps[..]),
        };
        for step in rest {
            json = match json.token.kind {
                Kind::Array => json.item(step.index?)?,
                Kind::Object => json.member(&step.name)?,
                _ => return None,
            };
        }
        Some(json)
    }
}

/// A value in a JSON text that was checked.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    record: &'a str,
    token: Token,
}

impl<'a> Json<'a> {
    /// Checks the value at the start of a text; what is behind it is not looked at. `None` when it
    /// is no JSON.
    #[must_use]
    pub fn parse(record: &'a str) -> Option<Self> {
        i32::try_from(record.len()).ok()?;
        let mut cursor = Cursor { bytes: record.as_bytes(), at: 0, strings: Scan };
        cursor.space();
        let token = cursor.value(0).ok()?;
        Some(Self { record, token })
    }

    /// The member of the object at the start of a text, in the pass that checks the object.
    fn parse_member(record: &'a str, wanted: &str) -> Option<Self> {
        i32::try_from(record.len()).ok()?;
        let mut cursor = Cursor { bytes: record.as_bytes(), at: 0, strings: Scan };
        enter(&mut cursor).ok()?;
        let (mut first, mut found) = (true, None);
        while next_name(&mut cursor, std::mem::take(&mut first)).ok()? {
            let name = cursor.name().ok()?;
            let token = cursor.value(1).ok()?;
            if is_called(record, name, wanted) {
                found = Some(Self { record, token });
            }
        }
        found
    }

    /// Whether it is an object.
    #[must_use]
    pub const fn is_object(&self) -> bool {
        matches!(self.token.kind, Kind::Object)
    }

    /// Whether it is an array.
    #[must_use]
    pub const fn is_array(&self) -> bool {
        matches!(self.token.kind, Kind::Array)
    }

    /// Whether it is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.token.kind, Kind::Null)
    }

    /// Whether it is a number.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self.token.kind, Kind::Integer | Kind::Decimal)
    }

    /// The text of a string; `None` of anything else.
    #[must_use]
    pub fn string(&self) -> Option<Cow<'a, str>> {
        matches!(self.token.kind, Kind::Plain | Kind::Escaped)
            .then(|| text(self.record, self.token))
    }

    /// The value as it is written, without the quotes of a string.
    #[must_use]
    pub fn raw(&self) -> &'a str {
        self.token.text(self.record)
    }

    /// The items of an array.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        let mut found = Vec::new();
        let record = self.record;
        let all: Result<(), ()> = items(record, self.token, |token| {
            found.push(Self { record, token });
            Ok(())
        });
        debug_assert!(all.is_ok());
        found
    }

    /// The members of an object; of equal names the last value counts, at the first one's place.
    #[must_use]
    pub fn members(&self) -> Vec<(Cow<'a, str>, Self)> {
        let mut found: Vec<(Cow<'a, str>, Self)> = Vec::new();
        let record = self.record;
        let all: Result<(), ()> = members(record, self.token, |name, token| {
            let (name, value) = (text(record, name), Self { record, token });
            match found.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = value,
                None => found.push((name, value)),
            }
            Ok(())
        });
        debug_assert!(all.is_ok());
        found
    }

    fn item(&self, index: usize) -> Option<Self> {
        let record = self.record;
        let mut at = 0;
        let found = items(record, self.token, |token| {
            at += 1;
            if at > index { Err(Self { record, token }) } else { Ok(()) }
        });
        found.err()
    }

    fn member(&self, wanted: &str) -> Option<Self> {
        let record = self.record;
        let mut found = None;
        let all: Result<(), ()> = members(record, self.token, |name, token| {
            if is_called(record, name, wanted) {
                found = Some(Self { record, token });
            }
            Ok(())
        });
        debug_assert!(all.is_ok());
        found
    }

    /// Adds the value as text: what a string holds, compact JSON of objects and arrays, other values
    /// as they are written.
    pub fn write_text(&self, out: &mut String) {
        match self.string() {
            Some(string) => out.push_str(&string),
            None if self.is_object() || self.is_array() => self.write(out),
            None => out.push_str(self.raw()),
        }
    }

    /// Adds the value as JSON without white space and with no more escapes than needed.
    pub fn write(&self, out: &mut String) {
        compact(self.record, self.token, out);
    }
}

fn is_called(record: &str, name: Token, wanted: &str) -> bool {
    match name.kind {
        Kind::Escaped => text(record, name) == wanted,
        _ => name.text(record) == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, JsonPath};

    #[test]
    fn paths_find_values() {
        let json = r#" {"a": {"b.c": [10, {"d": "x"}], "a": 1}, "\u0065": true, "a b": null} "#;
        for (path, expected) in [
            ("$.a[\"b.c\"][1].d", Some("x")),
            ("$.a['b.c'][0]", Some("10")),
            ("$['a'].a", Some("1")),
            ("$.e", Some("true")),
            ("$.a b", Some("null")),
            ("$.a.b", None),
            ("$.a.a.a", None),
            ("$.a['b.c'][2]", None),
            ("$.a['b.c'].x", None),
            // Names are told apart by their case.
            ("$.A", None),
            ("$.E", None),
        ] {
            let found = JsonPath::new(path).expect(path).find(json);
            assert_eq!(found.map(|json| json.raw()), expected, "{path}");
        }
        for bad in ["", "a", "$a", "$.", "$[", "$[]", "$..a"] {
            assert!(JsonPath::new(bad).is_none(), "{bad}");
        }
        let mut path = JsonPath::new("$.A").expect("a path");
        for (json, expected) in [
            (r#"{"a": 1, "A": 2, "a": 3}"#, Some("2")),
            (r#"{"A": 1, "a": 2, "A": 3}"#, Some("3")),
            (r#"{"A": 1} behind"#, Some("1")),
            (r#"{"A": 1"#, None),
        ] {
            assert_eq!(path.find(json).map(|json| json.raw()), expected, "{json}");
        }
        let mut whole = JsonPath::new("$").expect("a path");
        assert_eq!(whole.find("[1] behind").map(|json| json.raw()), Some("[1]"));
        for broken in ["", "{", "{\"a\":1,}", "{\"a\":1", "[1,]", "nul"] {
            assert!(JsonPath::new("$.a").expect("a path").find(broken).is_none(), "{broken}");
            assert!(Json::parse(broken).is_none(), "{broken}");
        }
    }
}
