//! What is said to a sink: where to send, what, how fast, as whom, and what may be wrong with that.

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
                Some(format!("Basic {}", crate::sink::base64(pair.as_bytes())))
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

#[cfg(test)]
mod tests {
    use super::*;

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
