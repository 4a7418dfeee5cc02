//! Requests over HTTP for the sink: threads that send what they are given and bring back what became
//! of it. Not here: what an answer means.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use streamglass::sink::{Outcome, Request};
use ureq::http::Response;
use ureq::{Agent, Body, Error};

/// The longest answer that is read; one has some hundred bytes a record.
const MOST_ANSWER: u64 = 16 << 20;

/// A client of one proxy. It holds the credentials, and nothing else does.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    authorization: Option<Arc<str>>,
}

impl Client {
    /// A client that waits `timeout` for an answer and follows no redirect: a password goes to no
    /// other address than the one that was named.
    pub fn new(timeout: Duration, connections: usize, authorization: Option<String>) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections_per_host(connections)
            .user_agent(concat!("streamglass/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into(), authorization: authorization.map(Into::into) }
    }

    /// Asks for `url`.
    pub fn get(&self, url: &str, accept: &str) -> Outcome {
        let mut request = self.agent.get(url).header("accept", accept);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", &**authorization);
        }
        outcome(request.call())
    }

    fn post(&self, request: &Request) -> Outcome {
        let mut post = self
            .agent
            .post(&request.url)
            .header("content-type", request.content_type)
            .header("accept", request.accept);
        if let Some(authorization) = &self.authorization {
            post = post.header("authorization", &**authorization);
        }
        outcome(post.send(&request.body[..]))
    }
}

fn outcome(answer: Result<Response<Body>, Error>) -> Outcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return failure(&error),
    };
    let status = answer.status().as_u16();
    let header = answer.headers().get("retry-after");
    let retry_after = header.and_then(|value| value.to_str().ok()).map(|text| seconds(text, now()));
    let mut body = Vec::new();
    let read = answer.into_body().into_reader().take(MOST_ANSWER).read_to_end(&mut body);
    Outcome::Answer { status, retry_after, body, complete: read.is_ok() }
}

#[expect(clippy::disallowed_methods, reason = "the command line may read a clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// `Retry-After` in seconds, as the sink reads it: its other form is a date (RFC 9110), which says as
/// much as this machine's clock agrees with the server's.
fn seconds(header: &str, now: SystemTime) -> String {
    let Ok(at) = httpdate::parse_http_date(header) else { return header.to_owned() };
    let wait = at.duration_since(now).unwrap_or_default();
    (wait + Duration::from_millis(999)).as_secs().to_string()
}

/// What became of a request without an answer. Only what failed before anything was sent is `NotSent`.
fn failure(error: &Error) -> Outcome {
    match error {
        Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
            Outcome::NotSent("no connection in time".to_owned())
        }
        Error::Timeout(_) => Outcome::TimedOut,
        Error::HostNotFound => Outcome::NotSent("no such host".to_owned()),
        Error::ConnectionFailed | Error::Tls(_) | Error::Rustls(_) | Error::BadUri(_) => {
            Outcome::NotSent(error.to_string())
        }
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Outcome::NotSent("connection refused".to_owned())
        }
        other => Outcome::Broken(other.to_string()),
    }
}

/// Threads that post requests. They end when this is dropped.
pub struct Posts {
    requests: Option<Sender<Request>>,
    answers: Receiver<(u64, Outcome)>,
    threads: Vec<JoinHandle<()>>,
}

impl Posts {
    /// As many threads as requests may be under way.
    pub fn new(client: &Client, threads: usize) -> Self {
        let (requests, taken) = channel::<Request>();
        let (tell, answers) = channel();
        let taken = Arc::new(Mutex::new(taken));
        let work = |_| {
            let (client, taken, tell) = (client.clone(), Arc::clone(&taken), tell.clone());
            thread::spawn(move || {
                loop {
                    let next = taken.lock().map(|taken| taken.recv());
                    let Ok(Ok(request)) = next else { return };
                    let outcome = client.post(&request);
                    if tell.send((request.id, outcome)).is_err() {
                        return;
                    }
                }
            })
        };
        Self { requests: Some(requests), answers, threads: (0..threads).map(work).collect() }
    }

    /// Sends a request as soon as a thread is free.
    pub fn send(&self, request: Request) {
        if let Some(requests) = &self.requests {
            // The threads end only after this sender does.
            let _ = requests.send(request);
        }
    }

    /// The next answer, if one comes in time.
    pub fn answer(&self, within: Duration) -> Option<(u64, Outcome)> {
        if within.is_zero() {
            return self.answers.try_recv().ok();
        }
        self.answers.recv_timeout(within).ok()
    }

    /// Waits for the threads, when all that they were given is answered.
    pub fn finish(mut self) {
        self.requests = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_to_try_again_at_is_told_in_seconds() {
        let now = httpdate::parse_http_date("Thu, 26 Nov 2026 08:00:00 GMT").expect("a date");
        for (header, expect) in [
            ("Thu, 26 Nov 2026 08:00:07 GMT", "7"),
            ("Thu, 26 Nov 2026 07:59:00 GMT", "0"),
            ("12", "12"),
            ("soon", "soon"),
        ] {
            assert_eq!(seconds(header, now), expect, "{header}");
        }
        assert_eq!(seconds("Thu, 26 Nov 2026 08:00:01 GMT", now + Duration::from_millis(1)), "1");
    }
}
