//! What goes between a sink and its shell: offered records, requests, and what became of them.

/// What became of an offered record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It was taken: from here on it is in the account.
    Accepted,
    /// There is no room: offer it again later.
    Full,
    /// The sink takes no more.
    Closed,
}

/// What to do next.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Send this, and bring the outcome to [`Sender::answer`](super::Sender::answer).
    Send(Request),
    /// Nothing before this time in milliseconds, unless an answer or a record comes first. `None`:
    /// nothing without either.
    Wait(Option<f64>),
    /// Every record has its outcome, and no more are taken.
    Done,
}

/// A request to send by POST. The `Authorization` header is the sender's business.
#[derive(Debug, PartialEq)]
pub struct Request {
    /// Names it in [`Sender::answer`](super::Sender::answer).
    pub id: u64,
    /// The address.
    pub url: String,
    /// The header of that name.
    pub content_type: &'static str,
    /// The header of that name.
    pub accept: &'static str,
    /// The body.
    pub body: Vec<u8>,
    /// How long to wait for the whole answer, in milliseconds.
    pub timeout_ms: u32,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer came.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The header `Retry-After`.
        retry_after: Option<String>,
        /// The body, as far as it came.
        body: Vec<u8>,
        /// Whether all of it came.
        complete: bool,
    },
    /// Nothing was sent: no such host, no connection, no TLS.
    NotSent(String),
    /// It broke off after it may have been sent.
    Broken(String),
    /// No answer came in time.
    TimedOut,
}
