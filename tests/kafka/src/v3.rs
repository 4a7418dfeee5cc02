//! REST Proxy v3: concatenated records in, concatenated reports out.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::batch::{Batch, Cause, Outcome, Row};
use crate::dialect::JSON;
use crate::http::Answer;
use crate::iso;
use crate::v2::{Tweak, decode, present, rewrite};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    #[serde(default)]
    partition_id: Option<i32>,
    #[serde(default)]
    headers: Option<Vec<Header>>,
    #[serde(borrow, default)]
    key: Option<Embedded<'a>>,
    #[serde(borrow, default)]
    value: Option<Embedded<'a>>,
    #[serde(default)]
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    #[serde(default)]
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Embedded<'a> {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(borrow, default, deserialize_with = "present")]
    data: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum Kind {
    Binary,
    Json,
    String,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Binary => "BINARY",
            Self::Json => "JSON",
            Self::String => "STRING",
        }
    }
}

/// Of a record's key and value, where it has them.
type Kinds = (Option<Kind>, Option<Kind>);

/// A request as far as it could be read; what could not is refused in its place.
pub struct Records {
    /// All records before the first error of syntax, and that error as the last.
    pub batch: Batch,
    kinds: Vec<Kinds>,
}

/// Reads the body of a request: JSON objects one after the other. A comma between them is an error
/// of syntax, and so is an array, which has no records.
pub fn parse(body: &[u8]) -> Records {
    let mut records = Records { batch: Batch::default(), kinds: Vec::new() };
    records.batch.bytes.reserve(body.len());
    for json in serde_json::Deserializer::from_slice(body).into_iter::<&RawValue>() {
        let (row, kinds) = match json {
            Ok(json) if json.get().starts_with('{') => record(json.get(), &mut records.batch),
            Ok(_) => {
                records.refuse("a record is a JSON object".into());
                break;
            }
            Err(error) => {
                records.refuse(format!("Error parsing JSON: {error}"));
                break;
            }
        };
        records.batch.rows.push(row);
        records.kinds.push(kinds);
    }
    records
}

impl Records {
    fn refuse(&mut self, message: String) {
        let refused = Some(Cause::Invalid(400, message));
        self.batch.rows.push(Row { refused, ..Row::default() });
        self.kinds.push((None, None));
    }

    /// What the reports say of each record besides its outcome.
    pub fn sizes(&self) -> Vec<Sizes> {
        let size = |kind: &Option<Kind>, range: &Option<std::ops::Range<usize>>| {
            kind.zip(range.as_ref()).map(|(kind, range)| (kind.name(), range.len()))
        };
        let rows = self.batch.rows.iter().zip(&self.kinds);
        rows.map(|(row, (key, value))| Sizes {
            key: size(key, &row.key),
            value: size(value, &row.value),
            timestamp: row.timestamp,
        })
        .collect()
    }
}

/// Types and sizes of a record's key and value, and its time.
pub struct Sizes {
    key: Option<(&'static str, usize)>,
    value: Option<(&'static str, usize)>,
    timestamp: Option<i64>,
}

fn record(json: &str, batch: &mut Batch) -> (Row, Kinds) {
    match read(json, batch) {
        Ok(read) => read,
        Err(cause) => (Row { refused: Some(cause), ..Row::default() }, (None, None)),
    }
}

fn read(json: &str, batch: &mut Batch) -> Result<(Row, Kinds), Cause> {
    let entry: Entry<'_> =
        serde_json::from_str(json).map_err(|error| Cause::Invalid(400, error.to_string()))?;
    let mut row = Row { partition: entry.partition_id, ..Row::default() };
    if let Some(text) = &entry.timestamp {
        let bad = || Cause::Invalid(400, format!("`{text}` is not a time as ISO 8601 has it"));
        row.timestamp = Some(iso::parse(text).ok_or_else(bad)?);
    }
    for header in entry.headers.unwrap_or_default() {
        let value = STANDARD.decode(header.value.unwrap_or_default());
        let bad = |_| Cause::Invalid(400, "a header is not base64".to_owned());
        row.headers.push((header.name, value.map_err(bad)?));
    }
    let kinds = (entry.key.as_ref().map(|key| key.kind), entry.value.as_ref().map(|v| v.kind));
    if let Some(key) = entry.key {
        row.key = embed(&key, batch)?;
    }
    if let Some(value) = entry.value {
        row.value = embed(&value, batch)?;
    }
    Ok((row, kinds))
}

fn embed(
    embedded: &Embedded<'_>,
    batch: &mut Batch,
) -> Result<Option<std::ops::Range<usize>>, Cause> {
    let Some(json) = embedded.data.map(RawValue::get).filter(|json| *json != "null") else {
        return Ok(None);
    };
    let bad = |why: String| Cause::Invalid(422, why);
    let range = match embedded.kind {
        Kind::Binary => batch.append(|out| decode(json, out)),
        Kind::Json => batch.append(|out| rewrite(json, out)),
        Kind::String => batch.append(|out| {
            let text: String = serde_json::from_str(json).map_err(|error| error.to_string())?;
            out.extend_from_slice(text.as_bytes());
            Ok(())
        }),
    };
    range.map(Some).map_err(bad)
}

/// The answer to a request of v3: always 200.
pub fn answer(
    cluster: &str,
    topic: &str,
    sizes: &[Sizes],
    outcomes: &[Outcome],
    tweak: Tweak,
) -> Answer {
    let mut body = Vec::with_capacity(256 * outcomes.len());
    let shown = outcomes.len().saturating_sub(tweak.fewer);
    for (outcome, sizes) in outcomes[..shown].iter().zip(sizes) {
        report(cluster, topic, sizes, outcome, tweak, &mut body);
    }
    let extra = Outcome::Written { partition: 0, offset: 0 };
    for _ in 0..tweak.more {
        let nothing = Sizes { key: None, value: None, timestamp: Some(0) };
        report(cluster, topic, &nothing, &extra, tweak, &mut body);
    }
    let mut answer = Answer::new(200, JSON, body);
    answer.streamed = true;
    answer
}

fn report(
    cluster: &str,
    topic: &str,
    sizes: &Sizes,
    outcome: &Outcome,
    tweak: Tweak,
    out: &mut Vec<u8>,
) {
    let written = match outcome {
        Outcome::Written { partition, offset } => {
            let offset = if tweak.no_offsets { -1 } else { *offset };
            let time = sizes.timestamp.unwrap_or_else(iso::now);
            write!(
                out,
                "{{\"error_code\":200,\"cluster_id\":\"{cluster}\",\"topic_name\":\"{topic}\",\
                 \"partition_id\":{partition},\"offset\":{offset},\"timestamp\":\"{}\"",
                iso::format(time)
            )
            .and_then(|()| part("key", sizes.key, out))
            .and_then(|()| part("value", sizes.value, out))
            .and_then(|()| out.write_all(b"}\r\n"))
        }
        Outcome::Failed(cause) => {
            let message = serde_json::Value::from(cause.message());
            write!(out, "{{\"error_code\":{},\"message\":{message}}}\r\n", code(cause))
        }
    };
    written.expect("memory takes all");
}

fn part(name: &str, part: Option<(&str, usize)>, out: &mut Vec<u8>) -> std::io::Result<()> {
    let Some((kind, size)) = part else { return Ok(()) };
    write!(out, ",\"{name}\":{{\"type\":\"{kind}\",\"size\":{size}}}")
}

fn code(cause: &Cause) -> i32 {
    match cause {
        Cause::Injected(_, Some(code)) => *code,
        Cause::Invalid(code, _) => i32::from(*code),
        Cause::TooLarge => 413,
        Cause::NoTopic => 40401,
        Cause::NoPartition => 40402,
        _ if cause.retriable() => 50003,
        _ => 50002,
    }
}
