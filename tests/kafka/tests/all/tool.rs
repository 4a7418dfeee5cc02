//! What browsers' tests and people use: the control port, and `verify`.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;

use serde_json::json;
use streamglass_kafka::control;
use streamglass_kafka::dialect::Dialect::Confluent;
use streamglass_kafka::proxy::Options;

use crate::real::{broker, proxy_for, topic};
use crate::support::*;

#[test]
fn the_control_port_sets_faults_and_tells_what_was_seen() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let bind = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listener = runtime.block_on(bind).expect("a free port");
    let address: SocketAddr = listener.local_addr().expect("an address");
    let proxies = Arc::new(vec![("confluent-v2", proxy(Confluent))]);
    runtime.spawn(control::serve(listener, Arc::clone(&proxies)));
    let mut control = Client::at(address);
    let mut client = Client::to(&proxies[0].1);

    assert_eq!(control.get("/").json(), json!({"confluent-v2": proxies[0].1.url()}));
    let fault = r#"{"kind":"status","code":503}"#;
    assert_eq!(control.post("/confluent-v2/faults", "application/json", fault).status, 204);
    let one = r#"{"records":[{"key":"u1","value":{"n":1}}]}"#;
    assert_eq!(client.produce(one).status, 503);
    let removed = control.ask("DELETE", "/confluent-v2/faults", &[], b"").expect("an answer");
    assert_eq!(removed.status, 204);
    assert_eq!(client.produce(one).status, 200);
    assert_eq!(control.get("/confluent-v2/counters").json()["written"], 1);
    let record = control.get("/confluent-v2/records/imply-news").json();
    assert_eq!((&record["key"], &record["value"]), (&json!("\"u1\""), &json!("{\"n\":1}")));
    let wrong = control.post("/confluent-v2/faults", "application/json", r#"{"kind":"flood"}"#);
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("unknown variant `flood`"), "{}", wrong.text());
    assert_eq!(control.get("/nobody/counters").status, 404);
}

#[test]
fn verify_says_by_its_exit_status_whether_all_is_there() {
    let topic = topic();
    let proxy = proxy_for(&topic, Options::new(Confluent));
    let path = RECORDS_V3.replace(TOPIC, &topic);
    let records: String = (0..50)
        .map(|n| {
            let key = format!(r#""key":{{"type":"STRING","data":"u{}"}}"#, n % 7);
            format!(r#"{{{key},"value":{{"type":"JSON","data":{{"n":{n}}}}}}}"#)
        })
        .collect();
    assert_eq!(Client::to(&proxy).post(&path, "application/json", &records).status, 200);
    let lines: Vec<_> = (0..51).map(|n| format!("u{}|{{\"n\":{n}}}\n", n % 7)).collect();
    let file = std::env::temp_dir().join(format!("streamglass-truth-{}", std::process::id()));
    for (truth, expect) in [
        (lines[..50].concat(), 0),
        (lines.concat(), 1),
        (lines[..49].concat(), 1),
        (lines[..50].iter().rev().cloned().collect(), 1),
    ] {
        std::fs::write(&file, &truth).expect("a file");
        let mut verify = Command::new(env!("CARGO_BIN_EXE_streamglass-kafka"));
        verify.args(["verify", "--kafka", &broker(), "--topic", &topic, "--truth"]).arg(&file);
        let output = verify.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(expect), "{} lines: {said}", truth.lines().count());
    }
    std::fs::remove_file(&file).expect("ours to remove");
}
