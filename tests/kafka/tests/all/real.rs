//! Through the fixture to a real broker and back, without the sink: that what the other tests rest
//! on holds.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use streamglass_kafka::dialect::Dialect::{Confluent, Karapace};
use streamglass_kafka::partition::Partitioner;
use streamglass_kafka::proxy::{Options, Proxy};
use streamglass_kafka::readback;
use streamglass_kafka::verify::{self, Keys, Truth};

use crate::support::*;

/// The address of the broker.
pub fn broker() -> String {
    std::env::var("STREAMGLASS_KAFKA").expect("run these tests by `cargo xtask kafka test`")
}

/// Does to the tests' broker what `cargo xtask kafka` can.
pub fn xtask(command: &str) {
    let program = std::env::var_os("STREAMGLASS_XTASK").expect("run by `cargo xtask kafka test`");
    let arguments = ["kafka", command, "--name", "test", "--broker-only"];
    let output = Command::new(program).args(arguments).output().expect("xtask runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A topic that no other test and no earlier run has.
pub fn topic() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("test-{}-{number}", std::process::id())
}

/// A proxy before the real broker, with a topic of its own.
pub fn proxy_for(topic: &str, mut options: Options) -> Proxy {
    options.kafka = Some(broker());
    options.topics.push((topic.to_owned(), 6));
    Proxy::start(options).expect("the fixture starts")
}

fn truth(count: usize) -> Vec<Truth> {
    (0..count)
        .map(|n| Truth {
            key: format!("u{}", n % 97).into_bytes(),
            value: serde_json::json!({ "n": n, "pad": "x".repeat(600) }),
        })
        .collect()
}

fn body_v2(truth: &[Truth]) -> String {
    let records: Vec<_> = truth
        .iter()
        .map(|sent| {
            serde_json::json!({ "key": String::from_utf8_lossy(&sent.key), "value": sent.value })
        })
        .collect();
    serde_json::json!({ "records": records }).to_string()
}

fn body_v3(truth: &[Truth]) -> String {
    let record = |sent: &Truth| {
        let key =
            serde_json::json!({ "type": "STRING", "data": String::from_utf8_lossy(&sent.key) });
        let value = serde_json::json!({ "type": "JSON", "data": sent.value });
        serde_json::json!({ "key": key, "value": value }).to_string()
    };
    truth.iter().map(record).collect()
}

#[test]
fn what_each_dialect_writes_is_read_back_whole_and_where_it_belongs() {
    let truth = truth(2_000);
    for dialect in DIALECTS {
        let topic = topic();
        let proxy = proxy_for(&topic, Options::new(dialect));
        let mut client = Client::to(&proxy);
        for batch in truth.chunks(500) {
            let reply = client.post(&format!("/topics/{topic}"), JSON_V2, &body_v2(batch));
            assert_eq!(reply.status, 200, "{dialect:?}: {}", reply.text());
        }
        let stored = readback::read(&broker(), &topic).expect("the topic");
        let by = (dialect.partitioner(), 6);
        let report = verify::compare(&truth, &stored, Keys::Json, by);
        assert!(report.is_whole() && report.repeated.is_empty(), "{dialect:?}:\n{report}");
    }
}

#[test]
fn v3_writes_bare_keys_and_times() {
    let truth = truth(1_000);
    let topic = topic();
    let proxy = proxy_for(&topic, Options::new(Confluent));
    let path = RECORDS_V3.replace(TOPIC, &topic);
    let reply = Client::to(&proxy).post(&path, "application/json", &body_v3(&truth));
    assert_eq!(reply.reports().len(), 1_000);
    let stored = readback::read(&broker(), &topic).expect("the topic");
    let report = verify::compare(&truth, &stored, Keys::Bare, (Partitioner::Murmur2, 6));
    assert!(report.is_whole() && report.repeated.is_empty(), "{report}");
    let first = &reply.reports()[0];
    let stored = stored.iter().find(|record| {
        i64::from(record.partition) == first["partition_id"] && record.offset == first["offset"]
    });
    assert_eq!(stored.expect("it is there").key.as_deref(), Some(b"u0".as_slice()));
}

#[test]
fn the_brokers_own_limits_are_told() {
    let topic = topic();
    let proxy = proxy_for(&topic, Options::new(Karapace));
    let big =
        format!(r#"{{"records":[{{"value":"{}"}},{{"value":{{"n":1}}}}]}}"#, "x".repeat(1_000_100));
    let reply = Client::to(&proxy).post(&format!("/topics/{topic}"), JSON_V2, &big);
    assert_eq!(reply.status, 422, "{}", reply.text());
    assert_eq!(reply.json()["offsets"][0]["error_code"], 1);
    assert_eq!(reply.json()["offsets"][1]["offset"], 0, "the other one was written");
    let nowhere = r#"{"records":[{"partition":17,"value":{"n":1}}]}"#;
    let reply = Client::to(&proxy).post(&format!("/topics/{topic}"), JSON_V2, nowhere);
    assert_eq!(reply.json()["offsets"][0]["error_code"], 1, "{}", reply.text());
}

#[test]
fn a_broker_that_is_away_holds_requests_or_times_them_out() {
    let topic = topic();
    let patient = proxy_for(&topic, Options::new(Confluent));
    let timeout = Some(Duration::from_secs(1));
    let hasty = proxy_for(&topic, Options { delivery_timeout: timeout, ..Options::new(Confluent) });
    let path = format!("/topics/{topic}");
    let send = |proxy: &Proxy, n: usize| {
        let body = format!(r#"{{"records":[{{"key":"u1","value":{{"n":{n}}}}}]}}"#);
        Client::to(proxy).post(&path, JSON_V2, &body).json()["offsets"][0].clone()
    };
    assert_eq!(
        (send(&patient, 1)["offset"].clone(), send(&hasty, 2)["offset"].clone()),
        (0.into(), 1.into())
    );
    xtask("down");
    assert_eq!(send(&hasty, 3)["error_code"], 50003);
    let held = std::thread::scope(|scope| {
        let held = scope.spawn(|| send(&patient, 4));
        std::thread::sleep(Duration::from_millis(500));
        xtask("up");
        held.join().expect("an answer")
    });
    assert!(held["offset"].is_i64(), "{held}");
    let stored = readback::read(&broker(), &topic).expect("the topic");
    let values: Vec<_> = stored
        .iter()
        .map(|record| String::from_utf8_lossy(record.value.as_deref().unwrap()))
        .collect();
    assert_eq!(values, ["{\"n\":1}", "{\"n\":2}", "{\"n\":4}"]);
}

/// The fixture must not be what limits the sink.
#[test]
#[ignore = "measures: takes the machine for itself"]
fn throughput_of_the_fixture() {
    const CONNECTIONS: usize = 4;
    let truth = truth(100_000);
    for (name, v3) in [("v2", false), ("v3", true)] {
        let topic = topic();
        let proxy = proxy_for(&topic, Options::new(Confluent));
        let bodies: Vec<_> = truth.chunks(500).map(if v3 { body_v3 } else { body_v2 }).collect();
        let path = if v3 { RECORDS_V3.replace(TOPIC, &topic) } else { format!("/topics/{topic}") };
        let content_type = if v3 { "application/json" } else { JSON_V2 };
        let start = Instant::now();
        std::thread::scope(|scope| {
            for lane in 0..CONNECTIONS {
                let (proxy, path, bodies) = (&proxy, &path, &bodies);
                scope.spawn(move || {
                    let mut client = Client::to(proxy);
                    for body in bodies.iter().skip(lane).step_by(CONNECTIONS) {
                        assert_eq!(client.post(path, content_type, body).status, 200);
                    }
                });
            }
        });
        let rate = truth.len() as f64 / start.elapsed().as_secs_f64();
        println!("fixture {name}, {CONNECTIONS} connections, batches of 500: {rate:.0} records/s");
        assert_eq!(proxy.counters().written, truth.len() as u64);
    }
}
