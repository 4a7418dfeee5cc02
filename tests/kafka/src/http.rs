//! Answers and their bodies, whole or broken on purpose.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::Response;
use hyper::body::{Frame, SizeHint};
use tokio::sync::Notify;
use tokio::time::{Sleep, sleep};

/// Bytes of a chunk of a streamed answer: reports lie across chunks.
const CHUNK: usize = 4_000;
/// How long what was sent has to reach the client before the connection breaks.
const FLUSH: Duration = Duration::from_millis(50);

/// An answer before it is sent.
#[derive(Debug)]
pub struct Answer {
    /// Of HTTP.
    pub status: u16,
    /// `None`: no such header.
    pub content_type: Option<String>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// All of it.
    pub body: Vec<u8>,
    /// Whether it is sent in chunks, as v3's reports are.
    pub streamed: bool,
    /// Whether CORS headers may be added.
    pub cors: bool,
}

impl Answer {
    /// With CORS headers, in one piece.
    pub fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let content_type = Some(content_type.to_owned());
        Self { status, content_type, headers: Vec::new(), body, streamed: false, cors: true }
    }

    /// Only a status.
    pub fn empty(status: u16) -> Self {
        let mut answer = Self::new(status, "", Vec::new());
        answer.content_type = None;
        answer
    }

    /// What hyper sends.
    pub fn into_response(self, end: End) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        if let Some(content_type) = &self.content_type {
            response = response.header("content-type", content_type);
        }
        for (name, value) in &self.headers {
            response = response.header(*name, value);
        }
        let declared = (!self.streamed).then_some(self.body.len() as u64);
        let mut body = Bytes::from(self.body);
        if !matches!(end, End::Whole) {
            body.truncate(body.len() / 2);
        }
        let mut frames = VecDeque::new();
        while self.streamed && body.len() > CHUNK {
            frames.push_back(body.split_to(CHUNK));
        }
        if !body.is_empty() {
            frames.push_back(body);
        }
        let body = Body { frames, declared, end, pause: None };
        response.body(body).expect("status and headers are valid")
    }
}

/// How a body ends.
#[derive(Debug)]
pub enum End {
    /// As HTTP has it.
    Whole,
    /// The connection is closed after half of it.
    Cut,
    /// The connection is reset after half of it.
    Reset(Arc<Link>),
}

/// The body of an answer.
#[derive(Debug)]
pub struct Body {
    frames: VecDeque<Bytes>,
    declared: Option<u64>,
    end: End,
    pause: Option<Pin<Box<Sleep>>>,
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.frames.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if matches!(self.end, End::Whole) {
            return Poll::Ready(None);
        }
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(FLUSH)));
        if pause.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        match &self.end {
            End::Reset(link) => {
                link.reset();
                Poll::Pending
            }
            End::Whole | End::Cut => Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.frames.is_empty() && matches!(self.end, End::Whole)
    }

    fn size_hint(&self) -> SizeHint {
        self.declared.map(SizeHint::with_exact).unwrap_or_default()
    }
}

/// A request's way to break its own connection.
#[derive(Debug, Default)]
pub struct Link {
    broken: Notify,
}

impl Link {
    /// Has the connection reset (TCP's RST).
    pub fn reset(&self) {
        self.broken.notify_one();
    }

    /// Waits until that is asked for.
    pub async fn broken(&self) {
        self.broken.notified().await;
    }
}
