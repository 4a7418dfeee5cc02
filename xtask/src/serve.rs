//! A static file server on the loopback address, with the headers that the demo page is meant to have.
//!
//! It serves the demo, the browser tests (which spawn `cargo xtask serve` with other policies) and
//! the measurement of what goes over the wire. It is not for the open network: no TLS, no limits.

use std::convert::Infallible;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

use crate::process::root;
use crate::{Failure, Outcome};

const HELP: &str = "\
Serves a folder on 127.0.0.1 and prints the address.

USAGE: cargo xtask serve [--root DIR] [--port N] [--policy NAME] [--wasm-type MIME] [--cors]
                         [--until-eof]

  --root DIR        the folder, from the top of the repository (default dist)
  --port N          0 takes any free one (default)
  --policy NAME     the Content-Security-Policy: page (default), no-wasm, no-worker or off
  --wasm-type MIME  the content type of .wasm files (default application/wasm)
  --cors            let pages of other origins load the files, as a CDN does
  --until-eof       stop when standard input ends, so that no server outlives its test";

/// A Content-Security-Policy. The last two exist so that a test can see what the page then says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The strictest under which everything works. No inline script or style; `blob:` is for the
    /// worker's bootstrap, which an element from another origin needs. Connections go to the host that
    /// a person names in the Connect room, whichever it is.
    Page,
    /// Without `wasm-unsafe-eval`.
    NoWasm,
    /// Without workers.
    NoWorker,
    /// No policy at all: a page of somebody else that embeds the element.
    Off,
}

impl Policy {
    fn header(self) -> Option<String> {
        let (script, worker) = match self {
            Self::Page => ("'self' 'wasm-unsafe-eval'", "'self' blob:"),
            Self::NoWasm => ("'self'", "'self' blob:"),
            Self::NoWorker => ("'self' 'wasm-unsafe-eval'", "'none'"),
            Self::Off => return None,
        };
        Some(format!(
            "default-src 'none'; script-src {script}; worker-src {worker}; style-src 'self'; \
             img-src 'self' data:; font-src 'self'; connect-src 'self' http: https:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'self'"
        ))
    }

    fn parse(name: &str) -> Outcome<Self> {
        match name {
            "page" => Ok(Self::Page),
            "no-wasm" => Ok(Self::NoWasm),
            "no-worker" => Ok(Self::NoWorker),
            "off" => Ok(Self::Off),
            _ => Err(Failure::Usage(format!("there is no policy `{name}`"))),
        }
    }
}

pub fn main(mut args: lexopt::Parser) -> Outcome {
    let (mut port, mut site) = (0, Site::new(root().join("dist")));
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("root") => site.folder = root().join(args.value()?),
            lexopt::Arg::Long("port") => port = crate::number(&mut args)?,
            lexopt::Arg::Long("policy") => site.policy = Policy::parse(&crate::text(&mut args)?)?,
            lexopt::Arg::Long("wasm-type") => site.wasm_type = crate::text(&mut args)?,
            lexopt::Arg::Long("cors") => site.cors = true,
            lexopt::Arg::Long("until-eof") => stop_at_end_of_input(),
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    if !site.folder.is_dir() {
        return Err(format!("{} is not a folder", site.folder.display()).into());
    }
    let server = Server::bind(port)?;
    println!("{}", server.address());
    Server { site, ..server }.run()
}

fn stop_at_end_of_input() {
    thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
}

/// What is served, and how.
struct Site {
    folder: PathBuf,
    policy: Policy,
    wasm_type: String,
    cors: bool,
}

impl Site {
    fn new(folder: PathBuf) -> Self {
        Self { folder, policy: Policy::Page, wasm_type: "application/wasm".to_owned(), cors: false }
    }
}

/// A bound port, and the folder that it will serve.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    site: Site,
}

impl Server {
    /// Takes `port` of 127.0.0.1; 0 takes any free one.
    pub fn bind(port: u16) -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .map_err(|error| format!("cannot listen on port {port}: {error}"))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, site: Site::new(root().join("dist")) })
    }

    pub fn files(mut self, folder: PathBuf) -> Self {
        self.site.folder = folder;
        self
    }

    pub fn policy(mut self, policy: Policy) -> Self {
        self.site.policy = policy;
        self
    }

    /// For example `http://127.0.0.1:8080/`.
    pub fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers requests until the process ends. Connections take turns on this thread, so that one
    /// which a browser opens ahead of need, and leaves silent, holds up no other.
    pub fn run(self) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let site = Arc::new(self.site);
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            loop {
                // What fails here is one visitor's connection, gone before it was taken.
                let Ok((stream, _)) = listener.accept().await else { continue };
                let site = Arc::clone(&site);
                tokio::spawn(async move {
                    let answer = service_fn(|request| {
                        let response = answer(&site, &request);
                        async { Ok::<_, Infallible>(response) }
                    });
                    // A reader that went away is its own business.
                    let _ =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        })
    }

    /// Answers requests from a thread of its own, for as long as the process lives.
    pub fn in_background(self) -> String {
        let address = self.address();
        thread::spawn(move || self.run());
        address
    }
}

fn answer(site: &Site, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    match *request.method() {
        Method::GET | Method::HEAD => file(site, request),
        _ => refuse(StatusCode::METHOD_NOT_ALLOWED),
    }
}

fn refuse(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(format!("{status}\n")));
    *response.status_mut() = status;
    response
}

fn file(site: &Site, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let missing = || refuse(StatusCode::NOT_FOUND);
    let Some(path) = resolve(&site.folder, request.uri().path()) else { return missing() };
    let compressed = if accepts_brotli(request) { newer_brotli(&path) } else { None };
    let Ok(bytes) = fs::read(compressed.as_deref().unwrap_or(&path)) else { return missing() };
    let mut response = Response::new(Full::from(bytes));
    let mut add = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    add("content-type", content_type(&path, &site.wasm_type));
    add("x-content-type-options", "nosniff");
    add("cache-control", "no-cache");
    add("referrer-policy", "no-referrer");
    add("vary", "accept-encoding");
    if compressed.is_some() {
        add("content-encoding", "br");
    }
    if let Some(policy) = site.policy.header() {
        add("content-security-policy", &policy);
    }
    if site.cors {
        add("access-control-allow-origin", "*");
        add("cross-origin-resource-policy", "cross-origin");
    }
    response
}

/// The file that a URL's path names, or nothing when it would leave the folder.
fn resolve(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = path.trim_start_matches('/');
    // The build's names need no percent-encoding; anything that has it names no file of ours.
    let relative = Path::new(path);
    if path.contains(['%', '\\'])
        || relative.components().any(|part| !matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let file = folder.join(relative);
    Some(if file.is_dir() { file.join("index.html") } else { file })
}

fn accepts_brotli(request: &Request<Incoming>) -> bool {
    let codings = request.headers().get(header::ACCEPT_ENCODING);
    codings
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim() == "br"))
}

/// The compressed twin of `path` (`cargo xtask dist` writes them), unless the file was built since.
fn newer_brotli(path: &Path) -> Option<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    let twin = PathBuf::from(name);
    let modified = |file: &Path| fs::metadata(file).and_then(|meta| meta.modified());
    (modified(&twin).ok()? >= modified(path).ok()?).then_some(twin)
}

fn content_type<'a>(path: &Path, wasm_type: &'a str) -> &'a str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => wasm_type,
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_never_leaves_the_folder() {
        let folder = Path::new("site");
        assert_eq!(resolve(folder, "/a/b.js"), Some(PathBuf::from("site/a/b.js")));
        for outside in ["/../secret", "/a/../../secret", "/%2e%2e/secret", "/..\\secret"] {
            assert_eq!(resolve(folder, outside), None, "{outside}");
        }
        assert_eq!(resolve(folder, "//etc/passwd"), Some(PathBuf::from("site/etc/passwd")));
    }

    #[test]
    fn each_policy_forbids_what_its_name_says() {
        let header = |policy: Policy| policy.header().unwrap_or_default();
        assert!(header(Policy::Page).contains("'wasm-unsafe-eval'"));
        assert!(!header(Policy::Page).contains("unsafe-inline"));
        assert!(!header(Policy::NoWasm).contains("wasm"));
        assert!(header(Policy::NoWorker).contains("worker-src 'none'"));
        assert_eq!(Policy::Off.header(), None);
    }
}
