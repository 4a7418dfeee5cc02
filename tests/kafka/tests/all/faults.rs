//! Each fault does what it says, to the requests that it names and to no other.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use streamglass_kafka::cors::Origins;
use streamglass_kafka::dialect::Dialect::{self, Confluent, Karapace, Strimzi};
use streamglass_kafka::proxy::{Options, Proxy};

use crate::support::*;

const THREE: &str = r#"{"records":[{"value":{"n":1}},{"value":{"n":2}},{"value":{"n":3}}]}"#;
const SOON: Duration = Duration::from_millis(300);

fn inject(proxy: &Proxy, fault: Value) {
    proxy.inject(serde_json::from_value(fault).expect("a fault"));
}

fn written(proxy: &Proxy) -> usize {
    proxy.records(TOPIC).expect("memory").len()
}

/// The answer to three records under a fault, or how there was none, and what was written.
fn meet(dialect: Dialect, fault: Value) -> (io::Result<Reply>, usize) {
    let proxy = proxy(dialect);
    inject(&proxy, fault);
    let mut client = Client::to(&proxy).patient(SOON);
    let headers = [("Content-Type", JSON_V2)];
    let reply = client.ask("POST", "/topics/imply-news", &headers, THREE.as_bytes());
    (reply, written(&proxy))
}

#[test]
fn connections_break_where_they_are_told_to() {
    use io::ErrorKind::{ConnectionReset, UnexpectedEof, WouldBlock};
    for dialect in DIALECTS {
        for (kind, error, count) in [
            ("reset-request", ConnectionReset, 0),
            ("reset-answer", ConnectionReset, 3),
            ("cut-answer", UnexpectedEof, 3),
            ("no-answer", WouldBlock, 0),
            ("write-then-no-answer", WouldBlock, 3),
        ] {
            let (reply, written) = meet(dialect, json!({ "kind": kind }));
            let found = reply.map(|reply| reply.status).map_err(|error| error.kind());
            assert_eq!((found, written), (Err(error), count), "{dialect:?} {kind}");
        }
    }
}

#[test]
fn an_answer_of_v3_is_cut_in_the_midst_of_a_report() {
    let proxy = proxy(Confluent);
    inject(&proxy, json!({"kind": "cut-answer"}));
    let body = r#"{"value":{"type":"STRING","data":"x"}}"#.repeat(100);
    let mut client = Client::to(&proxy).patient(SOON);
    let headers = [("Content-Type", "application/json")];
    let reply = client.ask("POST", RECORDS_V3, &headers, body.as_bytes());
    assert_eq!(reply.expect_err("cut").kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(written(&proxy), 100);
}

#[test]
fn a_proxy_that_refuses_comes_back() {
    let proxy = proxy(Confluent);
    let mut client = Client::to(&proxy).patient(SOON);
    assert_eq!(client.get("/topics").status, 200);
    inject(&proxy, json!({"kind": "refuse", "ms": 300}));
    let start = Instant::now();
    while TcpStream::connect(proxy.address()).is_ok() {
        assert!(start.elapsed() < SOON, "it still accepts");
    }
    assert!(client.ask("GET", "/topics", &[], b"").is_err(), "the old connection is gone too");
    while TcpStream::connect(proxy.address()).is_err() {
        assert!(start.elapsed() < 10 * SOON, "it never came back");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(Client::to(&proxy).produce(THREE).status, 200);
}

#[test]
fn a_proxy_can_refuse_in_the_midst_of_a_run() {
    let proxy = proxy(Strimzi);
    inject(&proxy, json!({"kind": "refuse", "ms": 200, "after": 1, "count": 1}));
    let mut client = Client::to(&proxy).patient(SOON);
    assert_eq!(client.produce(THREE).status, 200);
    let headers = [("Content-Type", JSON_V2)];
    let refused = client.ask("POST", "/topics/imply-news", &headers, THREE.as_bytes());
    assert_eq!(refused.expect_err("reset").kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(written(&proxy), 3);
    while TcpStream::connect(proxy.address()).is_err() {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(Client::to(&proxy).produce(THREE).status, 200);
}

#[test]
fn errors_are_worded_as_the_dialect_does_and_nothing_is_written() {
    for dialect in DIALECTS {
        for code in [401, 403, 404, 413, 415, 422, 429, 500, 503] {
            let (reply, written) = meet(dialect, json!({"kind": "status", "code": code}));
            let reply = reply.expect("an answer");
            assert_eq!((u64::from(reply.status), written), (code, 0));
            assert_eq!(reply.json()["error_code"], code);
        }
    }
    let fault = json!({"kind": "status", "code": 429, "retry_after": 2, "empty": true});
    let reply = meet(Confluent, fault).0.expect("an answer");
    assert_eq!((reply.header("retry-after"), reply.text()), (Some("2"), ""));
    let reply = meet(Confluent, json!({"kind": "html"})).0.expect("an answer");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/html")));
}

#[test]
fn a_part_fails_as_each_dialect_tells_it() {
    for (dialect, status, codes) in
        [(Confluent, 200, [50002, 50003]), (Strimzi, 200, [500, 404]), (Karapace, 422, [1, 2])]
    {
        for (retriable, code) in [false, true].into_iter().zip(codes) {
            let fault = json!({"kind": "partial", "every": 2, "retriable": retriable});
            let (reply, written) = meet(dialect, fault);
            let reply = reply.expect("an answer");
            assert_eq!((reply.status, written), (status, 2), "{dialect:?}");
            let offsets = reply.json()["offsets"].clone();
            assert_eq!(offsets[1]["error_code"], code);
            assert!(offsets[0]["offset"].is_i64() && offsets[2]["offset"].is_i64(), "{offsets}");
        }
    }
}

#[test]
fn a_part_of_v3_fails_in_its_place() {
    let proxy = proxy(Confluent);
    inject(&proxy, json!({"kind": "partial", "every": 3, "code": 429}));
    let body = r#"{"value":{"type":"STRING","data":"x"}}"#.repeat(4);
    let reports = Client::to(&proxy).post(RECORDS_V3, "application/json", &body).reports();
    let codes: Vec<_> = reports.iter().map(|report| report["error_code"].clone()).collect();
    assert_eq!(codes, [200, 200, 429, 200]);
    assert_eq!(written(&proxy), 3);
}

#[test]
fn answers_have_too_few_or_too_many_entries() {
    let entries = |dialect, fault: Value| {
        let (reply, written) = meet(dialect, fault);
        assert_eq!(written, 3);
        reply.expect("an answer").json()["offsets"].as_array().expect("a list").clone()
    };
    for dialect in DIALECTS {
        assert_eq!(entries(dialect, json!({"kind": "fewer", "by": 2})).len(), 1);
        assert_eq!(entries(dialect, json!({"kind": "more", "by": 2})).len(), 5);
    }
    let offsets = entries(Karapace, json!({"kind": "no-offsets"}));
    assert!(offsets.iter().all(|entry| entry["offset"] == -1), "{offsets:?}");
}

#[test]
fn a_slow_answer_comes_and_a_wrong_type_is_only_that() {
    let start = Instant::now();
    let (reply, written) = meet(Confluent, json!({"kind": "slow", "ms": 150}));
    assert_eq!((reply.expect("an answer").status, written), (200, 3));
    assert!(start.elapsed() >= Duration::from_millis(150));
    let fault = json!({"kind": "content-type", "value": "text/plain"});
    let (reply, written) = meet(Confluent, fault);
    assert_eq!(
        (reply.expect("an answer").header("content-type"), written),
        (Some("text/plain"), 3)
    );
}

#[test]
fn cors_can_be_refused() {
    for dialect in DIALECTS {
        let proxy = start(Options { origins: Origins::Any, ..Options::new(dialect) });
        inject(&proxy, json!({"kind": "no-cors", "on": "any", "count": 2}));
        let mut client = Client::to(&proxy);
        let origin = [("Origin", "http://page.test"), ("Content-Type", JSON_V2)];
        for (method, body) in [("OPTIONS", ""), ("POST", THREE)] {
            let reply = client.ask(method, "/topics/imply-news", &origin, body.as_bytes());
            let reply = reply.expect("an answer");
            assert_eq!(reply.header("access-control-allow-origin"), None, "{dialect:?} {method}");
        }
        let reply = client.ask("POST", "/topics/imply-news", &origin, THREE.as_bytes());
        assert!(reply.expect("an answer").headers.contains_key("access-control-allow-origin"));
    }
}

#[test]
fn a_fault_leaves_the_other_requests_alone() {
    let proxy = proxy(Confluent);
    inject(&proxy, json!({"kind": "status", "code": 503, "after": 1, "count": 1}));
    let mut client = Client::to(&proxy);
    let statuses: Vec<_> = (0..3).map(|_| client.produce(THREE).status).collect();
    assert_eq!(statuses, [200, 503, 200]);
    inject(&proxy, json!({"kind": "status", "code": 403, "on": "other"}));
    assert_eq!((client.produce(THREE).status, client.get("/topics").status), (200, 403));
    proxy.clear_faults();
    assert_eq!(client.get("/topics").status, 200);
    assert_eq!(proxy.counters().records, 9);
}
