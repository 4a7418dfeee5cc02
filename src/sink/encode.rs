//! Records as the body of a request. Not here: which records go together (`batch.rs`).
//!
//! v2: `{"records":[{"key"?,"value"},…]}`, a null key left out, since Strimzi refuses `null`; no other
//! member, since they are refused. v3: objects one after the other, never an array or commas.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;

use super::protocol::{Api, KeyForm};
use super::settings::Target;

/// How a target wants records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    api: Api,
    /// Whether values, and for v2 keys too, go in base64.
    binary: bool,
    keys: KeyForm,
}

/// Why a record cannot be sent in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EncodeError {
    #[error("no value (a tombstone): a REST proxy does not write it as one")]
    Tombstone,
    #[error(
        "the value is not a JSON object with members; send values as bytes to write it as it is"
    )]
    NotJson,
    #[error("the key is not text (UTF-8)")]
    KeyNotText,
    #[error("the record is larger than a request may be")]
    TooLarge,
}

impl Form {
    pub(super) fn of(target: &Target) -> Self {
        let settings = &target.settings;
        Self { api: settings.api, binary: target.is_binary(), keys: settings.keys }
    }

    /// The media type of the body. Without a charset: Strimzi answers 500 to one.
    pub(super) const fn content_type(self) -> &'static str {
        match (self.api, self.binary) {
            (Api::V2, true) => "application/vnd.kafka.binary.v2+json",
            (Api::V2, false) => "application/vnd.kafka.json.v2+json",
            (Api::V3, _) => "application/json",
        }
    }

    /// The media type of the answer.
    pub(super) const fn accept(self) -> &'static str {
        match self.api {
            Api::V2 => "application/vnd.kafka.v2+json",
            Api::V3 => "application/json",
        }
    }

    /// Whether a record can be sent.
    pub(super) fn admit(self, key: Option<&[u8]>, value: Option<&[u8]>) -> Result<(), EncodeError> {
        let value = value.filter(|value| !value.is_empty()).ok_or(EncodeError::Tombstone)?;
        if !self.binary && !is_object(value) {
            return Err(EncodeError::NotJson);
        }
        // Bare bytes go in base64, where any key fits; a JSON string holds only text.
        if self.keys == KeyForm::Json && key.is_some_and(|key| str::from_utf8(key).is_err()) {
            return Err(EncodeError::KeyNotText);
        }
        Ok(())
    }

    /// A bound of the bytes that a record adds to a body.
    pub(super) const fn size(self, key: usize, value: usize) -> usize {
        // Around it: `{"key":{"type":"BINARY","data":""},"value":{"type":"BINARY","data":""}},`
        let value = if self.binary { value.div_ceil(3) * 4 } else { value };
        // A key in JSON may be escaped (six bytes for one), and then be put in base64.
        80 + value + key * 8
    }

    /// Bytes of a body around its records.
    pub(super) const AROUND: usize = 14;

    /// The beginning of a body.
    pub(super) fn begin(self, body: &mut Vec<u8>) {
        if self.api == Api::V2 {
            body.extend_from_slice(b"{\"records\":[");
        }
    }

    /// Appends a record that [`Self::admit`] let in; `first` says that none is before it.
    pub(super) fn record(self, body: &mut Vec<u8>, key: Option<&[u8]>, value: &[u8], first: bool) {
        match self.api {
            Api::V2 => {
                body.extend_from_slice(if first { b"{" } else { b",{" });
                match (self.keys, key) {
                    (KeyForm::None, _) | (_, None) => {}
                    (KeyForm::String, Some(key)) => {
                        member(body, b"\"key\":", |body| data(body, key));
                    }
                    (KeyForm::Json, Some(key)) => member(body, b"\"key\":", |body| {
                        if self.binary {
                            let mut json = Vec::with_capacity(key.len() + 2);
                            text(&mut json, key);
                            data(body, &json);
                        } else {
                            text(body, key);
                        }
                    }),
                }
                body.extend_from_slice(b"\"value\":");
                if self.binary {
                    data(body, value);
                } else {
                    body.extend_from_slice(value);
                }
                body.push(b'}');
            }
            Api::V3 => {
                body.push(b'{');
                match (self.keys, key) {
                    (KeyForm::None, _) | (_, None) => {}
                    (KeyForm::String, Some(key)) if str::from_utf8(key).is_err() => {
                        member(body, b"\"key\":", |body| typed(body, "BINARY", |b| data(b, key)));
                    }
                    (KeyForm::String, Some(key)) => {
                        member(body, b"\"key\":", |body| typed(body, "STRING", |b| text(b, key)));
                    }
                    (KeyForm::Json, Some(key)) => {
                        member(body, b"\"key\":", |body| typed(body, "JSON", |b| text(b, key)));
                    }
                }
                body.extend_from_slice(b"\"value\":");
                if self.binary {
                    typed(body, "BINARY", |body| data(body, value));
                } else {
                    typed(body, "JSON", |body| body.extend_from_slice(value));
                }
                body.extend_from_slice(b"}\n");
            }
        }
    }

    /// The end of a body.
    pub(super) fn end(self, body: &mut Vec<u8>) {
        if self.api == Api::V2 {
            body.extend_from_slice(b"]}");
        }
    }
}

fn member(body: &mut Vec<u8>, name: &[u8], write: impl FnOnce(&mut Vec<u8>)) {
    body.extend_from_slice(name);
    write(body);
    body.push(b',');
}

fn typed(body: &mut Vec<u8>, kind: &str, write: impl FnOnce(&mut Vec<u8>)) {
    body.extend_from_slice(b"{\"type\":\"");
    body.extend_from_slice(kind.as_bytes());
    body.extend_from_slice(b"\",\"data\":");
    write(body);
    body.push(b'}');
}

/// Bytes as a JSON string of base64.
fn data(body: &mut Vec<u8>, bytes: &[u8]) {
    body.push(b'"');
    let start = body.len();
    body.resize(start + bytes.len().div_ceil(3) * 4, 0);
    // The room is exact, so this cannot fail.
    let written = STANDARD.encode_slice(bytes, &mut body[start..]).unwrap_or(0);
    body.truncate(start + written);
    body.push(b'"');
}

/// Text as a JSON string. What is not UTF-8 was kept out by [`Form::admit`].
fn text(body: &mut Vec<u8>, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(body, text.as_ref());
}

/// Whether a value is a JSON object with at least one member: Karapace stores `{}` as nothing.
fn is_object(value: &[u8]) -> bool {
    type Members<'a> = std::collections::BTreeMap<std::borrow::Cow<'a, str>, serde::de::IgnoredAny>;
    let inside = value.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| !inside.starts_with(b"}"))
        && serde_json::from_slice::<Members<'_>>(value).is_ok()
}

/// Base64 (RFC 4648) with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(form: Form, records: &[(Option<&[u8]>, &[u8])]) -> String {
        let mut body = Vec::new();
        form.begin(&mut body);
        for (at, (key, value)) in records.iter().enumerate() {
            form.admit(*key, Some(value)).expect("it can be sent");
            let before = body.len();
            form.record(&mut body, *key, value, at == 0);
            let bound = form.size(key.map_or(0, <[u8]>::len), value.len());
            assert!(body.len() - before <= bound, "{} over {bound}", body.len() - before);
        }
        form.end(&mut body);
        String::from_utf8(body).expect("text")
    }

    const RECORDS: &[(Option<&[u8]>, &[u8])] =
        &[(Some(b"u1"), b"{\"a\": 1}"), (None, b"{\"b\":2}")];

    #[test]
    fn v2() {
        let form = |binary, keys| Form { api: Api::V2, binary, keys };
        assert_eq!(
            body(form(false, KeyForm::Json), RECORDS),
            r#"{"records":[{"key":"u1","value":{"a": 1}},{"value":{"b":2}}]}"#
        );
        assert_eq!(
            body(form(true, KeyForm::String), RECORDS),
            r#"{"records":[{"key":"dTE=","value":"eyJhIjogMX0="},{"value":"eyJiIjoyfQ=="}]}"#
        );
        assert_eq!(
            body(form(true, KeyForm::Json), &RECORDS[..1]),
            r#"{"records":[{"key":"InUxIg==","value":"eyJhIjogMX0="}]}"#
        );
    }

    #[test]
    fn v3() {
        let form = |binary, keys| Form { api: Api::V3, binary, keys };
        assert_eq!(
            body(form(false, KeyForm::String), RECORDS),
            "{\"key\":{\"type\":\"STRING\",\"data\":\"u1\"},\"value\":{\"type\":\"JSON\",\"data\":{\"a\": 1}}}\n\
             {\"value\":{\"type\":\"JSON\",\"data\":{\"b\":2}}}\n"
        );
        assert_eq!(
            body(form(true, KeyForm::None), &RECORDS[..1]),
            "{\"value\":{\"type\":\"BINARY\",\"data\":\"eyJhIjogMX0=\"}}\n"
        );
        let odd: &[(Option<&[u8]>, &[u8])] = &[(Some(b"\xff"), b"x"), (Some(b"a\"\n\x01"), b"y")];
        assert_eq!(
            body(form(true, KeyForm::String), odd),
            "{\"key\":{\"type\":\"BINARY\",\"data\":\"/w==\"},\"value\":{\"type\":\"BINARY\",\"data\":\"eA==\"}}\n\
             {\"key\":{\"type\":\"STRING\",\"data\":\"a\\\"\\n\\u0001\"},\"value\":{\"type\":\"BINARY\",\"data\":\"eQ==\"}}\n"
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused_before() {
        let json = Form { api: Api::V2, binary: false, keys: KeyForm::Json };
        for value in [&b"{}"[..], b"{ }", b"1", b"{\"a\":", b"{\"a\":1}x", b"[1]"] {
            assert_eq!(json.admit(None, Some(value)), Err(EncodeError::NotJson), "{value:?}");
        }
        assert_eq!(json.admit(None, None), Err(EncodeError::Tombstone));
        assert_eq!(json.admit(Some(b"\xff"), Some(b"{\"a\":1}")), Err(EncodeError::KeyNotText));
        let bytes = Form { binary: true, keys: KeyForm::String, ..json };
        assert_eq!(bytes.admit(Some(b"\xff"), Some(b"{\"a\":")), Ok(()));
    }
}
