//! REST Proxy v2: the body of a request, and the answer to it.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::batch::{Batch, Cause, Outcome, Row};
use crate::dialect::{Dialect, V2};
use crate::http::Answer;

/// How keys and values are embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As JSON; the proxy writes it anew.
    Json,
    /// As base64.
    Binary,
}

/// What a request's content type means, or the answer that refuses it.
///
/// # Errors
/// The answer.
pub fn format(dialect: Dialect, content_type: Option<&str>) -> Result<Format, Answer> {
    let whole = content_type.unwrap_or_default().trim();
    let (kind, parameters) = whole.split_once(';').map_or((whole, false), |(kind, _)| (kind, true));
    let format = match kind.trim() {
        "application/vnd.kafka.json.v2+json" => Format::Json,
        "application/vnd.kafka.binary.v2+json" => Format::Binary,
        // Without an embedded format Karapace takes the values to be base64.
        "application/json" if dialect == Dialect::Karapace => Format::Binary,
        _ => return Err(dialect.status(415)),
    };
    if parameters && dialect == Dialect::Strimzi {
        return Err(dialect.error(500, 500, "Invalid media type"));
    }
    Ok(format)
}

/// Whether a question may have this content type. Confluent's resources consume the media type of v2
/// only, and Jersey looks at the header of a GET too.
pub fn asks(dialect: Dialect, content_type: Option<&str>) -> bool {
    let Some(whole) = content_type.filter(|_| dialect == Dialect::Confluent) else { return true };
    let kind = whole.split(';').next().unwrap_or_default().trim();
    matches!(kind, V2 | "application/*" | "*/*")
}

/// Whether v2 can answer with what the request accepts.
pub fn acceptable(accept: Option<&str>) -> bool {
    let Some(accept) = accept else { return true };
    accept.split(',').any(|one| {
        let kind = one.split(';').next().unwrap_or_default().trim();
        matches!(kind, "*/*" | "application/*" | V2 | "application/vnd.kafka+json")
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request<'a> {
    #[serde(borrow)]
    records: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    key: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    value: Option<&'a RawValue>,
    #[serde(default)]
    partition: Option<i32>,
    #[serde(default)]
    headers: Option<Vec<Header>>,
    #[serde(default)]
    timestamp: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    key: String,
    value: String,
}

/// A member that is there, be it null.
pub(crate) fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(d).map(Some)
}

/// Reads the body of a request.
///
/// # Errors
/// The answer that refuses it as a whole; nothing of it may be written then.
pub fn parse(dialect: Dialect, format: Format, body: &[u8]) -> Result<Batch, Answer> {
    let unprocessable = dialect.unprocessable();
    let refuse = |message: &str| dialect.error(unprocessable, i32::from(unprocessable), message);
    let request: Request<'_> = serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            refuse(&error.to_string())
        } else {
            dialect.error(400, 400, &format!("Invalid JSON: {error}"))
        }
    })?;
    let mut batch = Batch::default();
    batch.bytes.reserve(body.len());
    batch.rows.reserve(request.records.len());
    for entry in request.records {
        if dialect != Dialect::Strimzi && (entry.headers.is_some() || entry.timestamp.is_some()) {
            let name = if entry.headers.is_some() { "headers" } else { "timestamp" };
            return Err(refuse(&format!("Unrecognized field: {name}")));
        }
        let key = entry.key.map(RawValue::get);
        if dialect == Dialect::Strimzi && key == Some("null") {
            return Err(refuse("Validation error: a key must not be null"));
        }
        let headers = entry
            .headers
            .unwrap_or_default()
            .into_iter()
            .map(|header| STANDARD.decode(&header.value).map(|value| (header.key, value)));
        let headers = headers.collect::<Result<_, _>>();
        let mut row = Row {
            partition: entry.partition,
            timestamp: entry.timestamp,
            headers: headers.map_err(|_| refuse("a header is not base64"))?,
            ..Row::default()
        };
        if let Some(key) = key.filter(|key| *key != "null") {
            row.key = Some(embed(dialect, format, key, &mut batch).map_err(|why| refuse(&why))?);
        }
        let value = entry.value.map_or("null", RawValue::get);
        // Only Confluent's proxy makes a tombstone of null.
        if value != "null" || dialect != Dialect::Confluent {
            row.value =
                Some(embed(dialect, format, value, &mut batch).map_err(|why| refuse(&why))?);
        }
        batch.rows.push(row);
    }
    Ok(batch)
}

fn embed(
    dialect: Dialect,
    format: Format,
    json: &str,
    batch: &mut Batch,
) -> Result<std::ops::Range<usize>, String> {
    // What Python takes to be false is nothing to Karapace.
    let nothing = matches!(json, "{}" | "[]" | "0" | "null" | "false" | "\"\"");
    if dialect == Dialect::Karapace && nothing {
        let end = batch.bytes.len();
        return Ok(end..end);
    }
    match format {
        Format::Json => batch.append(|out| rewrite(json, out)),
        Format::Binary => batch.append(|out| decode(json, out)),
    }
}

/// Writes JSON anew: compact, numbers as this serialiser has them.
pub(crate) fn rewrite(json: &str, out: &mut Vec<u8>) -> Result<(), String> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let mut writer = serde_json::Serializer::new(out);
    serde_transcode::transcode(&mut reader, &mut writer).map_err(|error| error.to_string())
}

/// Decodes a JSON string of base64.
pub(crate) fn decode(json: &str, out: &mut Vec<u8>) -> Result<(), String> {
    let text: String = serde_json::from_str(json)
        .map_err(|_| "binary data must be a string of base64".to_owned())?;
    STANDARD.decode_vec(text, out).map_err(|error| format!("invalid base64: {error}"))
}

/// What a fault changes in an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tweak {
    /// Entries that are missing at the end.
    pub fewer: usize,
    /// Entries of no record at the end.
    pub more: usize,
    /// −1 instead of the offsets.
    pub no_offsets: bool,
}

/// The answer to a request of v2.
pub fn answer(dialect: Dialect, outcomes: &[Outcome], tweak: Tweak) -> Answer {
    let mut body = Vec::with_capacity(64 + 64 * outcomes.len());
    body.extend_from_slice(b"{\"offsets\":[");
    let extra = Outcome::Written { partition: 0, offset: 0 };
    let shown = outcomes.len().saturating_sub(tweak.fewer);
    let entries = outcomes[..shown].iter().chain((0..tweak.more).map(|_| &extra));
    for (index, outcome) in entries.enumerate() {
        if index > 0 {
            body.push(b',');
        }
        entry(dialect, outcome, tweak, &mut body);
    }
    body.push(b']');
    if dialect != Dialect::Strimzi {
        body.extend_from_slice(b",\"key_schema_id\":null,\"value_schema_id\":null");
    }
    body.push(b'}');
    let failed = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Failed(_)));
    let status = if failed && dialect == Dialect::Karapace { 422 } else { 200 };
    Answer::new(status, V2, body)
}

fn entry(dialect: Dialect, outcome: &Outcome, tweak: Tweak, out: &mut Vec<u8>) {
    let written = match outcome {
        Outcome::Written { partition, offset } => {
            let offset = if tweak.no_offsets { -1 } else { *offset };
            let rest = match dialect {
                Dialect::Confluent => ",\"error_code\":null,\"error\":null",
                Dialect::Strimzi | Dialect::Karapace => "",
            };
            write!(out, "{{\"partition\":{partition},\"offset\":{offset}{rest}}}")
        }
        Outcome::Failed(cause) => failed(dialect, cause, out),
    };
    written.expect("memory takes all");
}

fn failed(dialect: Dialect, cause: &Cause, out: &mut Vec<u8>) -> std::io::Result<()> {
    let (code, message) = (dialect.entry_code(cause), serde_json::Value::from(cause.message()));
    match dialect {
        Dialect::Confluent => write!(
            out,
            "{{\"partition\":null,\"offset\":null,\"error_code\":{code},\"error\":{message}}}"
        ),
        Dialect::Strimzi => write!(out, "{{\"error_code\":{code},\"message\":{message}}}"),
        Dialect::Karapace => write!(out, "{{\"error_code\":{code},\"error\":{message}}}"),
    }
}
