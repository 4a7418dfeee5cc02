//! What is said to a sink and by it: settings, events, figures.
//!
//! `www/sink-protocol.ts` is generated from these types by the test at the end of this file (`UPDATE=1`
//! writes it anew). Every number is a safe integer or a double in JavaScript. Credentials come in and
//! never go out: their type cannot be serialised, and shows nothing of itself when it is printed.

use std::fmt;

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// Where to send, what, and how fast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ConnectSettings {
    /// The proxy's address, `http://` or `https://`, without user, query or fragment. A path is kept
    /// (`/kafka` for Confluent Cloud and Confluent Server).
    pub url: String,
    /// The version of the API.
    pub api: Api,
    /// The cluster's id, for v3; asked of the server when it is not given.
    pub cluster: Option<String>,
    /// How the client authenticates.
    pub auth: AuthKind,
    /// Which topic of the run goes to which of Kafka; at least one.
    pub topics: Vec<TopicMapping>,
    /// How values are sent.
    pub values: ValueForm,
    /// How keys are sent.
    pub keys: KeyForm,
    /// How fast.
    pub rate: RateSetting,
    /// What becomes of the timestamps in the records.
    pub timestamps: Timestamps,
    /// Requests in flight at once, 1 to 16.
    pub connections: u32,
    /// Most records in a request, 1 to 500.
    pub batch_records: u32,
    /// Most bytes in a request's body, 1,000 to 900,000.
    pub batch_bytes: u32,
    /// How long a batch waits to become full, in milliseconds, 0 to 60,000.
    pub linger_ms: u32,
    /// How long an answer may take, in milliseconds, 1,000 to 600,000.
    pub timeout_ms: u32,
    /// How often a record is sent again before it is given up, 0 to 1,000.
    pub retries: u32,
    /// Whether a record with an unknown outcome is sent again (delivery at least once). Otherwise it
    /// is listed as unknown at once (at most once).
    pub retry_unknown: bool,
}

impl Default for ConnectSettings {
    fn default() -> Self {
        Self {
            url: "http://localhost:8082".to_owned(),
            api: Api::V2,
            cluster: None,
            auth: AuthKind::None,
            topics: Vec::new(),
            values: ValueForm::Bytes,
            keys: KeyForm::String,
            rate: RateSetting::AsFastAsPossible,
            timestamps: Timestamps::Current,
            connections: 4,
            batch_records: 500,
            batch_bytes: 900_000,
            linger_ms: 50,
            timeout_ms: 150_000,
            retries: 20,
            retry_unknown: true,
        }
    }
}

/// The version of the REST Proxy API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `POST /topics/{topic}`: Confluent REST Proxy, Strimzi Kafka Bridge, Karapace.
    V2,
    /// `POST /v3/clusters/{id}/topics/{topic}/records`: Confluent REST Proxy, Server and Cloud.
    V3,
}

/// How a client authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum AuthKind {
    /// Not at all.
    None,
    /// HTTP Basic: a user and password, or an API key and secret.
    Basic,
    /// A bearer token, in [`Credentials::password`].
    Bearer,
}

/// A user and password, an API key and secret, or a bearer token. Held in memory only.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// The user or API key; empty with a bearer token.
    pub user: String,
    /// The password, secret or token.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}

impl Credentials {
    /// The value of the `Authorization` header (RFC 7617, RFC 6750); `None` without authentication.
    #[must_use]
    pub fn authorization(&self, kind: AuthKind) -> Option<String> {
        match kind {
            AuthKind::None => None,
            AuthKind::Basic => {
                let pair = format!("{}:{}", self.user, self.password);
                Some(format!("Basic {}", super::base64(pair.as_bytes())))
            }
            AuthKind::Bearer => Some(format!("Bearer {}", self.password)),
        }
    }
}

/// A topic of the run and the topic of Kafka that it goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct TopicMapping {
    /// The topic of the run: the raw mixed topic, or the output topic of a query.
    pub from: String,
    /// The topic of Kafka.
    pub to: String,
}

/// How values are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum ValueForm {
    /// Exactly the bytes that the run made, in base64 on the way.
    Bytes,
    /// As JSON, which the proxy writes anew in its own way: same content, other spaces.
    Json,
}

/// How keys are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum KeyForm {
    /// The bare text. With v2 that needs base64 for the values too.
    String,
    /// A JSON string: Kafka then holds the text in quotes.
    Json,
    /// No keys: records of one key are not kept in order.
    None,
}

/// How fast records are sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RateSetting {
    /// As many as the proxy takes.
    AsFastAsPossible,
    /// This many a second, always.
    Constant {
        /// Records a second, over 0.
        per_second: f64,
    },
    /// This many a second on average over a day, following the site's time envelope by the time of
    /// day (UTC).
    Envelope {
        /// Records a second on average, over 0.
        per_second: f64,
    },
    /// Virtual time at this many times the speed of the clock.
    Replay {
        /// Virtual seconds in a second, over 0.
        speed: f64,
    },
}

/// What becomes of the event timestamps in the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Timestamps {
    /// As if the records arrived now: a late record stays as late as it was.
    Current,
    /// All moved by the same time.
    Shifted {
        /// Milliseconds, negative for the past.
        #[cfg_attr(test, ts(type = "number"))]
        by_ms: i64,
    },
    /// As the run made them.
    Simulated,
}

/// What a sink tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SinkEvent {
    /// How sending goes; some times a second while it does.
    Progress {
        /// The state.
        state: SinkState,
        /// The figures.
        counters: SinkCounters,
    },
    /// The throughput so far, for the table behind its chart; about once a second.
    Throughput {
        /// Milliseconds since the start, and the records acknowledged a second in the time before.
        #[cfg_attr(test, ts(type = "Array<[number, number]>"))]
        points: Vec<(f64, f64)>,
    },
    /// New lines of the activity log.
    Log {
        /// The lines.
        lines: Vec<LogLine>,
    },
    /// A part of a list.
    Listed {
        /// Which list.
        fate: ListedFate,
        /// How many records the whole list has.
        total: u32,
        /// How many come before these.
        from: u32,
        /// The records.
        records: Vec<ListedRecord>,
    },
}

/// Something wrong with a field of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// Which row of the topics, from 0.
    pub row: Option<u32>,
    /// What is wrong and what to do.
    pub message: String,
}

/// A field of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is the field of ConnectSettings or Credentials of that name")]
pub enum Field {
    Url,
    Cluster,
    User,
    Password,
    Topics,
    Rate,
    Connections,
    BatchRecords,
    BatchBytes,
    LingerMs,
    TimeoutMs,
    Retries,
}

/// Whether a sink sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SinkState {
    /// Nothing was started.
    Idle,
    /// It sends.
    Running,
    /// It was paused.
    Paused,
    /// It stopped by itself: nothing more can be sent until the cause is mended and it is resumed.
    Halted {
        /// What is wrong and what to do.
        reason: String,
    },
    /// It sends the rest, and takes no more.
    Draining,
    /// All that was taken has its outcome.
    Done,
}

/// Figures of a sink since it was started. Always `accepted = buffered + withdrawn + sent` and
/// `sent = acknowledged + failed + unknown + in flight + waiting`; the last two are 0 at the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct SinkCounters {
    /// Records taken from the run.
    #[cfg_attr(test, ts(type = "number"))]
    pub accepted: u64,
    /// Records taken and not sent yet.
    #[cfg_attr(test, ts(type = "number"))]
    pub buffered: u64,
    /// Records taken and given back by a stop without drain, never sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub withdrawn: u64,
    /// Records sent at least once, or refused before that because the proxy could not take them.
    #[cfg_attr(test, ts(type = "number"))]
    pub sent: u64,
    /// Records that the proxy says are written.
    #[cfg_attr(test, ts(type = "number"))]
    pub acknowledged: u64,
    /// Records that are certainly not written, and given up.
    #[cfg_attr(test, ts(type = "number"))]
    pub failed: u64,
    /// Records that may or may not be written, and given up.
    #[cfg_attr(test, ts(type = "number"))]
    pub unknown: u64,
    /// Records in requests that are not answered yet.
    #[cfg_attr(test, ts(type = "number"))]
    pub in_flight: u64,
    /// Records that wait to be sent again.
    #[cfg_attr(test, ts(type = "number"))]
    pub waiting: u64,
    /// How often a record was sent again.
    #[cfg_attr(test, ts(type = "number"))]
    pub retried: u64,
    /// Records that were sent again although they may have been written already.
    #[cfg_attr(test, ts(type = "number"))]
    pub possible_duplicates: u64,
    /// Records that failed, or were written, after a later one of the same key was written.
    #[cfg_attr(test, ts(type = "number"))]
    pub reordered: u64,
    /// Requests sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub requests: u64,
    /// Bytes of bodies sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes: u64,
    /// Records acknowledged a second, over the last seconds.
    pub rate: f64,
    /// How long requests took to be answered, in milliseconds, over the last ones.
    pub latency_ms: f64,
    /// Records by which the sink is behind the rate that was asked for.
    #[cfg_attr(test, ts(type = "number"))]
    pub lag: u64,
    /// By how long it is behind, in milliseconds.
    pub lag_ms: f64,
    /// Failures and refusals by what the proxy said.
    pub reasons: Vec<ReasonCount>,
}

/// How often a proxy gave a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ReasonCount {
    /// The reason, without anything particular to a record.
    pub reason: String,
    /// How many records.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
}

/// Lists that a sink keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum ListedFate {
    /// Records that are certainly not written.
    Failed,
    /// Records that may be written.
    Unknown,
    /// Records that were overtaken by a later one of their key.
    Reordered,
}

/// A record of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ListedRecord {
    /// Its place among the records taken, from 0.
    #[cfg_attr(test, ts(type = "number"))]
    pub sequence: u64,
    /// The topic of Kafka.
    pub topic: String,
    /// The key as text.
    pub key: Option<String>,
    /// The beginning of the value as text, at most 1,024 characters.
    pub value: String,
    /// How often it was sent.
    pub attempts: u32,
    /// What the proxy said, or what happened.
    pub reason: String,
}

/// A line of the activity log. It holds no secret: no header, no body, no credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When, in milliseconds since the sink was started.
    pub at_ms: f64,
    /// How grave it is.
    pub level: LogLevel,
    /// What happened.
    pub text: String,
}

/// How grave a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum LogLevel {
    /// What was done.
    Info,
    /// What the sink can go on after.
    Warning,
    /// What lost or stopped something.
    Error,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The TypeScript of every type of the protocol.
    fn typescript() -> String {
        let config = ts_rs::Config::new();
        let mut text = String::from(
            "// Generated from src/sink/protocol.rs by its test: `UPDATE=1 cargo test protocol`.\n",
        );
        macro_rules! declare {
            ($($type:ty),* $(,)?) => {$(
                if let Some(docs) = <$type as TS>::docs() {
                    text.push_str("\n");
                    text.push_str(&docs);
                }
                text.push_str("export ");
                text.push_str(&<$type as TS>::decl(&config));
                text.push_str("\n");
            )*};
        }
        declare![
            SinkEvent,
            ConnectSettings,
            Api,
            AuthKind,
            Credentials,
            TopicMapping,
            ValueForm,
            KeyForm,
            RateSetting,
            Timestamps,
            FieldError,
            Field,
            SinkState,
            SinkCounters,
            ReasonCount,
            ListedFate,
            ListedRecord,
            LogLine,
            LogLevel,
        ];
        text
    }

    #[test]
    fn sink_protocol_ts_is_generated_from_these_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/sink-protocol.ts");
        let expected = typescript();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &expected).expect("www/sink-protocol.ts can be written");
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == expected,
            "www/sink-protocol.ts is out of date: run UPDATE=1 cargo test protocol"
        );
    }

    #[test]
    fn credentials_show_nothing_of_themselves() {
        let secret = Credentials { user: "key-77".to_owned(), password: "s3cr3t".to_owned() };
        let shown = format!("{:?}", Some(&secret));
        assert!(!shown.contains("s3cr3t") && !shown.contains("key-77"), "{shown}");
        let basic = secret.authorization(AuthKind::Basic);
        assert_eq!(basic.as_deref(), Some("Basic a2V5LTc3OnMzY3IzdA=="));
        assert_eq!(secret.authorization(AuthKind::Bearer).as_deref(), Some("Bearer s3cr3t"));
    }
}
