//! The control port of the fixtures that run as a program: faults, counters and records.
//!
//! `GET /` lists the proxies. `POST /{dialect}/faults` sets the fault in its body, `DELETE` removes
//! all. `GET /{dialect}/counters` and `GET /{dialect}/records/{topic}` (NDJSON) tell what was seen.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Collected, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

use crate::proxy::Proxy;
use crate::readback::Stored;

/// Proxies by the names of their dialects.
pub type Proxies = Vec<(&'static str, Proxy)>;

/// Serves the control port for as long as it is polled.
pub async fn serve(listener: TcpListener, proxies: Arc<Proxies>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let proxies = Arc::clone(&proxies);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(Arc::clone(&proxies), request));
            // A client that goes away is no error here.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn respond(
    proxies: Arc<Proxies>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    // Reading a topic back waits for the broker.
    let answer = tokio::task::spawn_blocking(move || {
        let path: Vec<_> = head.uri.path().trim_matches('/').split('/').collect();
        answer(&proxies, &head.method, &path, &body)
    });
    let (status, text) = answer.await.unwrap_or_else(|error| (500, error.to_string()));
    let response = Response::builder().status(status).body(Full::from(text));
    Ok(response.expect("a status is valid"))
}

fn answer(proxies: &Proxies, method: &Method, path: &[&str], body: &[u8]) -> (u16, String) {
    if path == [""] {
        let urls = proxies.iter().map(|(name, proxy)| ((*name).to_owned(), json!(proxy.url())));
        return (200, serde_json::Value::Object(urls.collect()).to_string());
    }
    let Some((_, proxy)) = proxies.iter().find(|(name, _)| *name == path[0]) else {
        return (404, "no such proxy: GET / lists them".into());
    };
    match (method, &path[1..]) {
        (&Method::POST, ["faults"]) => match serde_json::from_slice(body) {
            Ok(fault) => {
                proxy.inject(fault);
                (204, String::new())
            }
            Err(error) => (400, format!("not a fault: {error}")),
        },
        (&Method::DELETE, ["faults"]) => {
            proxy.clear_faults();
            (204, String::new())
        }
        (&Method::GET, ["counters"]) => (200, json!(proxy.counters()).to_string()),
        (&Method::GET, ["records", topic]) => match proxy.records(topic) {
            Ok(records) => (200, lines(&records)),
            Err(message) => (404, message),
        },
        _ => (404, "faults, counters or records/TOPIC?".into()),
    }
}

fn lines(records: &[Stored]) -> String {
    let text = |bytes: &Option<Vec<u8>>| {
        bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    records.iter().fold(String::new(), |mut lines, record| {
        let (partition, offset) = (record.partition, record.offset);
        let (key, value) = (text(&record.key), text(&record.value));
        let timestamp = record.timestamp;
        let line = json!({
            "partition": partition, "offset": offset, "timestamp": timestamp,
            "key": key, "value": value,
        });
        writeln!(lines, "{line}").expect("memory takes all");
        lines
    })
}
