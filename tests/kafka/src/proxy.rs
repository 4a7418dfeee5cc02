//! The HTTP server of one fixture: connections, faults that break them, and everything around the
//! requests that produce.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Collected, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::{Notify, watch};

use crate::broker::Broker;
use crate::cors::{self, Origins, text};
use crate::dialect::Dialect;
use crate::fault::{Fault, Faults, Kind, On};
use crate::http::{Answer, Body, End, Link};
use crate::kafka::Kafka;
use crate::memory::Memory;
use crate::produce::Post;
use crate::readback::{self, Stored};
use crate::routes::{self, Route};
use crate::seen::{Counters, Seen};

/// How a proxy is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which proxy it stands in for.
    pub dialect: Dialect,
    /// On loopback; 0 is a free one.
    pub port: u16,
    /// The broker's address; without it, memory.
    pub kafka: Option<String>,
    /// Made at the start, with their numbers of partitions.
    pub topics: Vec<(String, i32)>,
    /// Whether the broker makes a topic that someone writes to (never through Karapace).
    pub auto_create: bool,
    /// The partitions of such a topic.
    pub partitions: i32,
    /// Which pages may read the answers.
    pub origins: Origins,
    /// A name and a password that every request but a preflight must have.
    pub user: Option<(String, String)>,
    /// What all paths begin with: `/kafka` at Confluent Server.
    pub prefix: String,
    /// How long one record looks for a topic that is not there.
    pub metadata_wait: Duration,
    /// How long one record waits for the broker; the dialect's own without it.
    pub delivery_timeout: Option<Duration>,
}

impl Options {
    /// With a broker in memory, on a free port, without users, topics or origins.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            port: 0,
            kafka: None,
            topics: Vec::new(),
            auto_create: false,
            partitions: 6,
            origins: Origins::None,
            user: None,
            prefix: String::new(),
            metadata_wait: Duration::from_secs(60),
            delivery_timeout: None,
        }
    }
}

/// A proxy that runs until it is dropped.
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

/// What all connections of a proxy share.
pub struct Shared {
    /// As it was set up.
    pub options: Options,
    /// What is behind it.
    pub broker: Broker,
    /// What it saw.
    pub seen: Arc<Seen>,
    faults: Faults,
    /// Raised to reset all connections.
    reset: watch::Sender<u64>,
    /// Milliseconds without a listener.
    refuse_ms: AtomicU64,
    refuse: Notify,
}

impl Proxy {
    /// Starts one.
    ///
    /// # Errors
    /// When the port is taken, or the broker cannot be reached.
    pub fn start(options: Options) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let partitioner = options.dialect.partitioner();
        let broker = match &options.kafka {
            None => Broker::Memory(Memory::new(partitioner)),
            Some(servers) => {
                let timeout = options.delivery_timeout;
                let timeout = timeout.unwrap_or_else(|| options.dialect.delivery_timeout());
                Broker::Kafka(Kafka::new(servers, partitioner, timeout)?)
            }
        };
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)))
            .map_err(|error| format!("port {}: {error}", options.port))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let shared = Arc::new(Shared {
            broker,
            seen: Arc::default(),
            faults: Faults::default(),
            reset: watch::Sender::new(0),
            refuse_ms: AtomicU64::new(0),
            refuse: Notify::new(),
            options,
        });
        for (topic, partitions) in &shared.options.topics {
            runtime.block_on(shared.broker.create(topic, *partitions))?;
        }
        runtime.spawn(serve(Arc::clone(&shared), listener));
        Ok(Self { shared, address, runtime: Some(runtime) })
    }

    /// Where it is, with the prefix of its paths.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.shared.options.prefix)
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets a fault; one that refuses connections and waits for nothing begins at once.
    pub fn inject(&self, fault: Fault) {
        match fault.kind {
            Kind::Refuse { ms } if fault.after == 0 => self.shared.refuse(ms),
            _ => self.shared.faults.add(fault),
        }
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Makes a topic unless it is there.
    ///
    /// # Errors
    /// The broker's message.
    pub fn create(&self, topic: &str, partitions: i32) -> Result<(), String> {
        let runtime = self.runtime.as_ref().ok_or("it has ended")?;
        runtime.block_on(self.shared.broker.create(topic, partitions))
    }

    /// What it saw so far.
    pub fn counters(&self) -> Counters {
        self.shared.seen.counters()
    }

    /// What the broker has of a topic.
    ///
    /// # Errors
    /// As of [`readback::read`].
    pub fn records(&self, topic: &str) -> Result<Vec<Stored>, String> {
        match (&self.shared.broker, &self.shared.options.kafka) {
            (Broker::Memory(memory), _) => Ok(memory.records(topic)),
            (Broker::Kafka(_), Some(servers)) => readback::read(servers, topic),
            (Broker::Kafka(_), None) => Err("a producer without a broker".into()),
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    fn refuse(&self, ms: u64) {
        self.refuse_ms.store(ms, Ordering::Relaxed);
        self.refuse.notify_one();
    }
}

async fn serve(shared: Arc<Shared>, mut listener: TcpListener) {
    let address = listener.local_addr().expect("it is bound");
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                // It hears of resets from here on: its task may begin after one.
                Ok((stream, _)) => {
                    let resets = shared.reset.subscribe();
                    drop(tokio::spawn(connection(Arc::clone(&shared), stream, resets)));
                }
                // Too many open files, most likely: later there may be fewer.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            () = shared.refuse.notified() => {
                drop(listener);
                shared.reset.send_modify(|resets| *resets += 1);
                let ms = shared.refuse_ms.load(Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(ms)).await;
                listener = loop {
                    match TcpListener::bind(address).await {
                        Ok(listener) => break listener,
                        Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                    }
                };
            }
        }
    }
}

async fn connection(shared: Arc<Shared>, stream: TcpStream, mut resets: watch::Receiver<u64>) {
    // The answers are small: waiting for more of them helps nobody.
    let _ = stream.set_nodelay(true);
    let link = Arc::new(Link::default());
    let service = {
        let link = Arc::clone(&link);
        service_fn(move |request| {
            let (shared, link) = (Arc::clone(&shared), Arc::clone(&link));
            async move { Ok::<_, Infallible>(respond(shared, link, request).await) }
        })
    };
    let mut serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let reset = tokio::select! {
        // A client that goes away is no error here.
        _ = &mut serving => false,
        () = link.broken() => true,
        _ = resets.changed() => true,
    };
    if reset {
        let stream = serving.into_parts().io.into_inner();
        // Closing without lingering is what sends RST.
        if let Ok(stream) = stream.into_std() {
            let _ = set_no_linger(&stream);
        }
    }
}

fn set_no_linger(stream: &std::net::TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

async fn respond(
    shared: Arc<Shared>,
    link: Arc<Link>,
    request: Request<Incoming>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let dialect = shared.options.dialect;
    let route = Route::of(dialect, &shared.options.prefix, head.uri.path());
    let produces =
        head.method == Method::POST && matches!(route, Route::Topic(_) | Route::Records(_));
    let fault = shared.faults.next(if produces { On::Produce } else { On::Other });
    let body = match &fault {
        Some(Kind::ResetRequest) => {
            let mut body = body;
            let _ = body.frame().await;
            broken(&link).await
        }
        Some(Kind::Refuse { ms }) => {
            shared.refuse(*ms);
            std::future::pending().await
        }
        _ => Limited::new(body, dialect.max_body()).collect().await.map(Collected::to_bytes),
    };
    if fault == Some(Kind::NoAnswer) {
        return std::future::pending().await;
    }
    let mut answer = match (&fault, body) {
        (Some(Kind::Status { code, retry_after, empty }), _) => {
            failure(dialect, *code, *retry_after, *empty)
        }
        (Some(Kind::Html), _) => {
            Answer::new(200, "text/html", b"<!doctype html><title>Sign in</title>".to_vec())
        }
        (_, Err(error)) if error.is::<http_body_util::LengthLimitError>() => dialect.status(413),
        // The client went away in the midst of its body: nobody hears this.
        (_, Err(_)) => dialect.status(400),
        (_, Ok(body)) => {
            route_to(&shared, &route, &head.method, &head.headers, body, fault.as_ref()).await
        }
    };
    if fault != Some(Kind::NoCors) {
        cors::add(dialect, &shared.options.origins, &head.headers, &mut answer);
    }
    let end = match fault {
        Some(Kind::WriteThenNoAnswer) => return std::future::pending().await,
        Some(Kind::Slow { ms }) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            End::Whole
        }
        Some(Kind::ContentType { value }) => {
            answer.content_type = Some(value);
            End::Whole
        }
        Some(Kind::CutAnswer) => End::Cut,
        Some(Kind::ResetAnswer) => End::Reset(link),
        _ => End::Whole,
    };
    answer.into_response(end)
}

async fn broken<T>(link: &Link) -> T {
    link.reset();
    std::future::pending().await
}

fn failure(dialect: Dialect, code: u16, retry_after: Option<u32>, empty: bool) -> Answer {
    let mut answer = if empty { Answer::empty(code) } else { dialect.status(code) };
    if let Some(seconds) = retry_after {
        answer.headers.push(("retry-after", seconds.to_string()));
    }
    answer
}

async fn route_to(
    shared: &Arc<Shared>,
    route: &Route,
    method: &Method,
    headers: &HeaderMap,
    body: Bytes,
    fault: Option<&Kind>,
) -> Answer {
    let dialect = shared.options.dialect;
    if method == Method::OPTIONS {
        let none = Origins::None;
        let refused = fault == Some(&Kind::NoCors) && dialect != Dialect::Karapace;
        let origins = if refused { &none } else { &shared.options.origins };
        return cors::preflight(dialect, origins, headers);
    }
    if headers.contains_key("authorization") {
        shared.seen.authorized();
    }
    if !authorized(shared, headers) {
        let mut answer = dialect.status(401);
        answer.headers.push(("www-authenticate", "Basic realm=\"kafka\"".to_owned()));
        return answer;
    }
    match *method {
        Method::POST => Post { shared, headers, body: &body, fault }.answer(route).await,
        Method::GET => {
            let v2 = matches!(route, Route::Topics | Route::Topic(_));
            if v2 && !crate::v2::asks(dialect, text(headers, "content-type")) {
                return dialect.status(415);
            }
            if v2 && !crate::v2::acceptable(text(headers, "accept")) {
                return dialect.status(406);
            }
            routes::get(dialect, route, &shared.broker.topics().await)
        }
        _ => dialect.status(405),
    }
}

fn authorized(shared: &Shared, headers: &HeaderMap) -> bool {
    let Some((user, password)) = &shared.options.user else { return true };
    let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    text(headers, "authorization") == Some(expected.as_str())
}
