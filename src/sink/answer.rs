//! Reads answers of the four dialects into verdicts. It takes any bytes: a body may be cut short, be
//! of another server, or have more or fewer entries than the request has records.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::protocol::Api;
use super::verdict::{EntryVerdict, Verdict, of_code, of_status};

/// The longest text of a server that is kept, in characters.
const MOST_TEXT: usize = 300;
/// The longest that a `Retry-After` is honoured, in milliseconds.
const MOST_AFTER_MS: f64 = 300_000.0;

/// An entry of an answer. Only these members are read, whichever dialect has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    error_code: Option<i64>,
    partition: Option<i64>,
    partition_id: Option<i64>,
    offset: Option<i64>,
    error: Option<String>,
    message: Option<String>,
}

impl Entry {
    fn text(&self) -> String {
        clean(self.message.as_deref().or(self.error.as_deref()).unwrap_or(""))
    }

    fn verdict(&self) -> EntryVerdict {
        let written = self.partition.or(self.partition_id).is_some() && self.offset.is_some();
        match self.error_code {
            Some(200) if !written => {
                EntryVerdict::Unknown("the proxy reports success without a partition".to_owned())
            }
            Some(code) if code != 0 => of_code(code, &self.text()),
            _ if self.error.is_some() && !written => EntryVerdict::Failed(self.text()),
            _ if written => EntryVerdict::Acknowledged,
            _ => EntryVerdict::Unknown("the proxy's entry says nothing of the record".to_owned()),
        }
    }
}

/// Reads the answer to a request of `count` records. `complete` is false when the body was cut short;
/// `retry_after` is the header of that name.
#[must_use]
pub fn read(
    api: Api,
    status: u16,
    body: &[u8],
    complete: bool,
    count: usize,
    retry_after: Option<&str>,
) -> Verdict {
    let ok = (200..300).contains(&status);
    let mut entries = Vec::new();
    // A v2 error may have entries too: Karapace's 422 names what was written.
    let whole = match api {
        Api::V2 => read_v2(body, &mut entries),
        Api::V3 if ok => read_v3(body, &mut entries),
        Api::V3 => true,
    };
    if entries.is_empty() && (!ok || complete && !is_empty_answer(api, body)) {
        return of_status(status, &said(body), retry_after.and_then(after_ms));
    }
    let found = entries.len();
    let mut note = None;
    if found > count {
        note = Some(format!("the answer has {found} entries for {count} records"));
    } else if found < count {
        let why = if complete && whole { "has" } else { "was cut short after" };
        note = Some(format!("the answer {why} {found} entries for {count} records"));
    }
    let missing = || EntryVerdict::Unknown("the answer does not speak of this record".to_owned());
    let mut entries: Vec<_> = entries.iter().map(Entry::verdict).collect();
    entries.resize_with(count, missing);
    Verdict::Entries { entries, note }
}

/// Whether a body is that of a proxy which has nothing to tell, or the beginning of one.
fn is_empty_answer(api: Api, body: &[u8]) -> bool {
    let body = body.trim_ascii();
    body.is_empty() || api == Api::V2 && serde_json::from_slice::<Offsets>(body).is_ok()
}

#[derive(Deserialize)]
struct Offsets {
    #[serde(rename = "offsets")]
    _offsets: Vec<IgnoredAny>,
}

/// What a server said in an error's body, in one line.
fn said(body: &[u8]) -> String {
    if let Ok(entry) = serde_json::from_slice::<Entry>(body) {
        return entry.text();
    }
    // A page of HTML explains nothing.
    let text = String::from_utf8_lossy(body);
    if text.trim_start().starts_with(['<', '{']) { String::new() } else { clean(&text) }
}

/// Text of a server in one short line, without what could disturb a terminal.
pub(super) fn clean(text: &str) -> String {
    let mut line = String::new();
    for (at, c) in text.trim().chars().enumerate() {
        if at == MOST_TEXT {
            line.push('…');
            break;
        }
        line.push(if c.is_control() { ' ' } else { c });
    }
    line
}

/// The milliseconds that a `Retry-After` in seconds says (RFC 9110). Its other form, a date, needs a
/// clock: whoever has one makes seconds of it before.
fn after_ms(header: &str) -> Option<f64> {
    let seconds: u32 = header.trim().parse().ok()?;
    Some((f64::from(seconds) * 1e3).min(MOST_AFTER_MS))
}

/// Reads concatenated reports up to the first that is none; says whether all was read.
fn read_v3(body: &[u8], entries: &mut Vec<Entry>) -> bool {
    for entry in serde_json::Deserializer::from_slice(body).into_iter::<Entry>() {
        let Ok(entry) = entry else { return false };
        // An object of something else ends the reports: nothing after it can be matched.
        if entry.error_code.is_none() {
            return false;
        }
        entries.push(entry);
    }
    true
}

/// Reads the member `offsets` as far as it goes; says whether all was read.
fn read_v2(body: &[u8], entries: &mut Vec<Entry>) -> bool {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    Answer(entries).deserialize(&mut deserializer).is_ok() && deserializer.end().is_ok()
}

/// The object of an answer, whose entries are kept even when it breaks off.
struct Answer<'e>(&'e mut Vec<Entry>);

impl<'de> DeserializeSeed<'de> for Answer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Answer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with offsets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if name == "offsets" {
                map.next_value_seed(List(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct List<'e>(&'e mut Vec<Entry>);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element()? {
            self.0.push(entry);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verdicts in short: A acknowledged, F failed, U unknown, R retry, D retry that may duplicate,
    /// H halt; for the whole request in lower case, s split.
    fn short(verdict: &Verdict) -> String {
        match verdict {
            Verdict::Entries { entries, .. } => entries
                .iter()
                .map(|entry| match entry {
                    EntryVerdict::Acknowledged => 'A',
                    EntryVerdict::Failed(_) => 'F',
                    EntryVerdict::Unknown(_) => 'U',
                    EntryVerdict::Retry { maybe_written: false, .. } => 'R',
                    EntryVerdict::Retry { maybe_written: true, .. } => 'D',
                    EntryVerdict::Halt(_) => 'H',
                })
                .collect(),
            Verdict::Retry { maybe_written: false, .. } => "r".to_owned(),
            Verdict::Retry { maybe_written: true, .. } => "d".to_owned(),
            Verdict::Split(_) => "s".to_owned(),
            Verdict::Halt { .. } => "h".to_owned(),
        }
    }

    fn check(api: Api, status: u16, body: &str, count: usize, expect: &str) {
        let verdict = read(api, status, body.as_bytes(), true, count, None);
        assert_eq!(short(&verdict), expect, "{status} {body}: {verdict:?}");
    }

    #[test]
    fn v2_answers() {
        let ok = r#"{"partition":0,"offset":5}"#;
        let confluent = |code: u32| {
            format!(r#"{{"partition":null,"offset":null,"error_code":{code},"error":"no"}}"#)
        };
        let list = |entries: &[&str]| format!(r#"{{"offsets":[{}],"x":1}}"#, entries.join(","));
        check(Api::V2, 200, &list(&[ok, ok]), 2, "AA");
        check(Api::V2, 200, &list(&[ok, &confluent(50_002), &confluent(50_003)]), 3, "AFD");
        check(
            Api::V2,
            200,
            &list(&[
                r#"{"error_code":404,"message":"a"}"#,
                ok,
                r#"{"error_code":500,"message":"b"}"#,
            ]),
            3,
            "RAD",
        );
        check(Api::V2, 422, &list(&[ok, r#"{"error_code":1,"error":"x"}"#, ok]), 3, "AFA");
        check(Api::V2, 422, &list(&[r#"{"error_code":2,"error":"x"}"#, ok]), 2, "DA");
        check(
            Api::V2,
            200,
            &list(&[r#"{"partition":1,"offset":-1,"error_code":null,"error":null}"#]),
            1,
            "A",
        );
        check(Api::V2, 200, &list(&[ok]), 3, "AUU");
        check(Api::V2, 200, &list(&[ok, ok, ok]), 2, "AA");
        check(Api::V2, 200, &list(&[]), 2, "UU");
        check(Api::V2, 200, "", 1, "U");
        check(Api::V2, 200, r#"{"offsets":[{"partition":0,"offset":1},{"partit"#, 2, "AU");
        check(Api::V2, 200, "<html>hello</html>", 2, "h");
    }

    #[test]
    fn v3_answers() {
        let ok = r#"{"error_code":200,"cluster_id":"c","partition_id":0,"offset":7}"#;
        let no = |code: u32| format!(r#"{{"error_code":{code},"message":"no"}}"#);
        check(Api::V3, 200, &format!("{ok}\r\n{ok}\r\n"), 2, "AA");
        for (code, expect) in [
            (400, "F"),
            (413, "F"),
            (422, "F"),
            (429, "R"),
            (50_002, "F"),
            (50_003, "D"),
            (40_401, "H"),
            (40_402, "F"),
            (500, "D"),
            (401, "H"),
        ] {
            check(Api::V3, 200, &format!("{}\r\n{ok}", no(code)), 2, &format!("{expect}A"));
        }
        check(Api::V3, 200, &format!("{ok}{}", no(400)), 4, "AFUU");
        check(Api::V3, 200, &format!("{ok}{ok}{}", no(400)), 2, "AA");
        check(Api::V3, 200, &format!("{ok}\r\n{{\"error_co"), 2, "AU");
        check(Api::V3, 200, "", 2, "UU");
        check(Api::V3, 200, "{\"hello\":1}", 2, "h");
    }

    #[test]
    fn whole_requests() {
        for api in [Api::V2, Api::V3] {
            for (status, expect) in [
                (400, "s"),
                (401, "h"),
                (403, "h"),
                (404, "h"),
                (405, "h"),
                (406, "h"),
                (408, "d"),
                (413, "s"),
                (415, "h"),
                (422, "s"),
                (429, "r"),
                (500, "d"),
                (502, "d"),
                (503, "r"),
                (504, "d"),
                (302, "h"),
                (418, "h"),
            ] {
                check(api, status, r#"{"error_code":1,"message":"why"}"#, 2, expect);
                check(api, status, "", 2, expect);
            }
        }
        let verdict = read(Api::V2, 429, b"", true, 1, Some("7"));
        assert!(matches!(verdict, Verdict::Retry { after_ms: Some(7000.0), .. }), "{verdict:?}");
        let verdict = read(Api::V2, 401, b"{\"message\":\"a\\u001bb\\n\"}", true, 1, None);
        assert!(matches!(&verdict, Verdict::Halt { reason, .. } if reason.contains("(a b)")));
    }

    #[test]
    fn any_cut_leaves_the_entries_before_it() {
        let body = r#"{"offsets":[{"partition":0,"offset":1},{"partition":1,"offset":2}]}"#;
        let second = body.rfind("{\"p").expect("two entries");
        for cut in 0..body.len() {
            let verdict = read(Api::V2, 200, &body.as_bytes()[..cut], false, 2, None);
            let Verdict::Entries { entries, .. } = verdict else { panic!("{cut}") };
            let written = entries.iter().filter(|e| **e == EntryVerdict::Acknowledged).count();
            let least = usize::from(cut + 1 >= second) + usize::from(cut >= body.len() - 2);
            assert_eq!(written, least, "cut at {cut}");
        }
    }
}
