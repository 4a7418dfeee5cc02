//! What an answer means for the records of its request. Not here: how answers are read (`answer.rs`)
//! and what is done next (`sender.rs`).

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryVerdict {
    /// It is written.
    Acknowledged,
    /// It is certainly not written, and sending it again would not help.
    Failed(String),
    /// It may be written or not, and sending it again is the only way to have it written.
    Unknown(String),
    /// It is not written, and may be if it is sent again.
    Retry {
        /// Why.
        reason: String,
        /// Whether it may be written nevertheless.
        maybe_written: bool,
    },
    /// It is not written, and nothing else would be: the run has to stop.
    Halt(String),
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// One verdict a record, in order.
    Entries {
        /// As many as the request has records.
        entries: Vec<EntryVerdict>,
        /// What was odd about the answer.
        note: Option<String>,
    },
    /// None was accepted for now.
    Retry {
        /// Why.
        reason: String,
        /// Whether they may be written nevertheless.
        maybe_written: bool,
        /// When to try again at the earliest, in milliseconds, if the server says so.
        after_ms: Option<f64>,
    },
    /// None was accepted because of one of them, or because of their number: smaller requests show
    /// which it is.
    Split(String),
    /// Nothing can be sent until someone mends the cause.
    Halt {
        /// What is wrong and what to do.
        reason: String,
        /// Whether the records may be written nevertheless.
        maybe_written: bool,
    },
}

/// A record's verdict by the `error_code` of its entry, v2 or v3, and what the server said.
pub(super) fn of_code(code: i64, message: &str) -> EntryVerdict {
    let reason = if message.is_empty() { code.to_string() } else { format!("{code}: {message}") };
    match code {
        200 => EntryVerdict::Acknowledged,
        // Kafka's retriable exceptions (Confluent 50003, Karapace and old Confluent 2), among them
        // time-outs after which a broker may still write; Strimzi's 500 and v3's server errors.
        2 | 50_003 | 500..=599 => EntryVerdict::Retry { reason, maybe_written: true },
        // Strimzi's 404 can also mean that the broker is down.
        404 | 429 => EntryVerdict::Retry { reason, maybe_written: false },
        401 | 403 | 40_101 | 40_301 | 40_401 | 40_403 => EntryVerdict::Halt(reason),
        _ => EntryVerdict::Failed(reason),
    }
}

/// The verdict on a whole request by its HTTP status, where the body has no entries.
pub(super) fn of_status(status: u16, message: &str, after_ms: Option<f64>) -> Verdict {
    let reason = |advice: &str| {
        let said = if message.is_empty() { String::new() } else { format!(" ({message})") };
        let colon = if advice.is_empty() { "" } else { ": " };
        format!("HTTP {status}{said}{colon}{advice}")
    };
    let halt = |advice: &str| Verdict::Halt { reason: reason(advice), maybe_written: false };
    let retry = |maybe_written| Verdict::Retry { reason: reason(""), maybe_written, after_ms };
    match status {
        400 | 413 | 422 => Verdict::Split(reason("")),
        401 => halt("the proxy does not take the credentials"),
        403 => halt("these credentials may not write there"),
        404 => halt("the topic or the API is not there; check topic, version and address"),
        405 => halt("the address is not that of a REST proxy"),
        406 | 415 => halt("the server does not speak this version of the API"),
        300..=399 => halt("the server sends elsewhere: give the address that it redirects to"),
        429 | 503 => retry(false),
        // A gateway that gave up waiting, or a server that failed in between.
        408 | 500..=599 => retry(true),
        200..=299 => Verdict::Halt {
            reason: reason("this is not the answer of a Kafka REST proxy; check the address"),
            maybe_written: true,
        },
        _ => halt("the proxy refuses the request"),
    }
}
