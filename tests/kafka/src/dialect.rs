//! What differs between the three proxies that the fixture stands in for.

use std::str::FromStr;
use std::time::Duration;

use crate::batch::Cause;
use crate::http::Answer;
use crate::partition::Partitioner;

/// The content type of v2's answers.
pub const V2: &str = "application/vnd.kafka.v2+json";
/// The content type of v3, both ways.
pub const JSON: &str = "application/json";

/// A proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Confluent REST Proxy 7.9: v2 and v3 on one port.
    Confluent,
    /// Strimzi Kafka Bridge 0.32.
    Strimzi,
    /// Karapace 6.2.
    Karapace,
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "confluent" | "confluent-v2" | "confluent-v3" => Ok(Self::Confluent),
            "strimzi" => Ok(Self::Strimzi),
            "karapace" => Ok(Self::Karapace),
            other => {
                Err(format!("no dialect `{other}`: confluent-v2, confluent-v3, strimzi, karapace"))
            }
        }
    }
}

impl Dialect {
    /// How its producer partitions.
    pub fn partitioner(self) -> Partitioner {
        match self {
            Self::Confluent | Self::Strimzi => Partitioner::Murmur2,
            Self::Karapace => Partitioner::Crc32,
        }
    }

    /// How long its producer holds a record while the broker is away.
    pub fn delivery_timeout(self) -> Duration {
        Duration::from_secs(match self {
            Self::Confluent => 120,
            Self::Strimzi => 180,
            Self::Karapace => 350,
        })
    }

    /// The largest body.
    pub fn max_body(self) -> usize {
        match self {
            Self::Karapace => 1 << 20,
            // They have none that was met: a bound against mistakes of a test.
            Self::Confluent | Self::Strimzi => 256 << 20,
        }
    }

    /// An error for the whole request. `code` is that of the body.
    pub fn error(self, status: u16, code: i32, message: &str) -> Answer {
        let body = serde_json::json!({ "error_code": code, "message": message });
        let mut answer = Answer::new(status, V2, body.to_string().into_bytes());
        // Karapace's own errors of these kinds come from before its CORS code.
        answer.cors = self != Self::Karapace || !matches!(status, 400 | 406 | 413 | 415);
        answer
    }

    /// An error that HTTP itself names.
    pub fn status(self, status: u16) -> Answer {
        self.error(status, i32::from(status), &format!("HTTP {status} {}", reason(status)))
    }

    /// The topic of the request is not there.
    pub fn no_topic(self, topic: &str) -> Answer {
        match self {
            Self::Confluent => self.error(404, 40401, "Topic not found."),
            Self::Strimzi => self.error(404, 404, &format!("Topic {topic} does not exist.")),
            Self::Karapace => self.error(404, 40401, &format!("Topic {topic} not found")),
        }
    }

    /// Nothing has this path.
    pub fn no_path(self) -> Answer {
        let mut answer = self.status(404);
        answer.cors = self != Self::Karapace;
        answer
    }

    /// The status of a request with an entry or a member that is JSON and still wrong.
    pub fn unprocessable(self) -> u16 {
        if self == Self::Strimzi { 400 } else { 422 }
    }

    /// The `error_code` of an entry of v2.
    pub fn entry_code(self, cause: &Cause) -> i32 {
        if let Cause::Injected(_, Some(code)) = cause {
            return *code;
        }
        match (self, cause.retriable()) {
            (Self::Confluent, true) => 50003,
            (Self::Confluent, false) => 50002,
            (Self::Strimzi, true) => 404,
            (Self::Strimzi, false) => 500,
            (Self::Karapace, true) => 2,
            (Self::Karapace, false) => 1,
        }
    }
}

/// The words of a status, as Java's servers give them.
pub fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Error",
    }
}
