//! The command line through the fixture to a real broker and back.

use std::time::{Duration, Instant};

use streamglass_kafka::dialect::Dialect::{self, Confluent, Karapace};
use streamglass_kafka::proxy::Options;
use streamglass_kafka::readback;
use streamglass_kafka::verify::{self, Keys, Truth};

use crate::program::{Said, Send, WAYS, program};
use crate::real::{broker, proxy_for, topic, xtask};
use crate::support::*;

/// What the broker has of a run that must have succeeded, compared with what it should have.
fn check(send: &Send<'_>, dialect: Dialect, said: &Said) {
    assert_eq!(said.status, Some(0), "{dialect:?} {}: {}", send.api, said.err);
    let stored = readback::read(&broker(), send.topic).expect("the topic");
    let by = (dialect.partitioner(), 6);
    let report = verify::compare(&send.truth(), &stored, Keys::Bare, by);
    assert!(report.is_whole(), "{dialect:?} {}:\n{report}\n{}", send.api, said.err);
    let possible = said.count("possible duplicates");
    assert!(report.repeated.len() <= possible, "more copies than {possible}:\n{report}");
    assert_eq!((said.count("acknowledged"), said.count("failed")), (send.events, 0));
}

fn there_and_back(dialect: Dialect, api: &str, events: usize) {
    let topic = topic();
    let proxy = proxy_for(&topic, Options::new(dialect));
    let send = Send { proxy: &proxy, api, topic: &topic, events, seed: 11, more: &[] };
    let start = Instant::now();
    let said = send.run();
    let rate = events as f64 / start.elapsed().as_secs_f64();
    println!("{dialect:?} {api}: {events} records, {rate:.0} records/s");
    check(&send, dialect, &said);
    let seen = proxy.counters();
    assert_eq!((seen.records, seen.key_overlaps), (events as u64, 0), "one request a key");
    assert!(seen.most_in_flight > 1, "several lanes at once: {seen:?}");
}

#[test]
fn every_record_arrives_in_order_through_each_dialect() {
    for (dialect, api) in WAYS {
        there_and_back(dialect, api, 5_000);
    }
}

/// The topic of a query, whose records are worked out here from those that the generator prints.
#[test]
fn what_a_query_writes_arrives_in_order() {
    let script = std::env::temp_dir().join(format!("streamglass-{}.sql", std::process::id()));
    let sql = "CREATE STREAM raw (k VARCHAR KEY, `recordType` VARCHAR, `state` VARCHAR, `sid` BIGINT, `country_code` VARCHAR)
          WITH (KAFKA_TOPIC = 'imply-news', VALUE_FORMAT = 'JSON');
        CREATE STREAM british WITH (KAFKA_TOPIC = 'british-clicks') AS
          SELECT k, `sid`, UCASE(`state`) AS `state` FROM raw
          WHERE `recordType` = 'click' AND `country_code` = 'GB';";
    std::fs::write(&script, sql).expect("a file");
    let common = ["--seed", "11", "--for", "10m"];
    let output = program().args(common).arg("--with-key").output().expect("the program starts");
    let all = verify::truth(std::str::from_utf8(&output.stdout).expect("UTF-8")).expect("a truth");
    let british = |sent: Truth| {
        let (value, is) = (&sent.value, |member: &str, text: &str| sent.value[member] == text);
        (is("recordType", "click") && is("country_code", "GB")).then(|| Truth {
            value: serde_json::json!({
                "sid": value["sid"],
                "state": value["state"].as_str().unwrap_or_default().to_uppercase(),
            }),
            key: sent.key,
        })
    };
    let truth: Vec<_> = all.into_iter().filter_map(british).collect();
    assert!(truth.len() > 100, "{} British clicks", truth.len());
    let topic = topic();
    let proxy = proxy_for(&topic, Options::new(Confluent));
    let map = format!("british-clicks={topic}");
    let mut command = program();
    command.args(common).args(["--to", &proxy.url(), "--topic", &map, "--sql"]).arg(&script);
    let said = Said::of(
        command.args(["--timestamps", "simulated", "--summary"]).output().expect("it runs"),
    );
    std::fs::remove_file(&script).expect("it was there");
    assert_eq!((said.status, said.count("acknowledged")), (Some(0), truth.len()), "{}", said.err);
    let stored = readback::read(&broker(), &topic).expect("the topic");
    let report = verify::compare(&truth, &stored, Keys::Bare, (Confluent.partitioner(), 6));
    assert!(report.is_whole() && report.repeated.is_empty(), "{report}");
}

/// Stops the broker while records are on their way, and starts it again after a while.
fn without_broker(dialect: Dialect, api: &str, away: Duration, options: Options) {
    let topic = topic();
    let proxy = proxy_for(&topic, options);
    // Slow enough that the broker goes while records are on their way.
    let more = ["--rate", "2000"];
    let send = Send { proxy: &proxy, api, topic: &topic, events: 12_000, seed: 5, more: &more };
    let child = send.start();
    let start = Instant::now();
    while proxy.counters().written < 2_000 {
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", proxy.counters());
        std::thread::sleep(Duration::from_millis(20));
    }
    xtask("down");
    let before = proxy.counters().written;
    std::thread::sleep(away);
    xtask("up");
    let said = Said::of(child.wait_with_output().expect("it ends"));
    assert!(before < 12_000, "the broker went away in the midst");
    check(&send, dialect, &said);
}

#[test]
fn nothing_is_lost_when_the_broker_goes_away_and_comes_back() {
    for (dialect, api) in [(Confluent, "v3"), (Karapace, "v2")] {
        without_broker(dialect, api, Duration::from_secs(2), Options::new(dialect));
    }
}

/// Longer than the proxies hold a request: each says so in its way, and the records are sent again.
#[test]
#[ignore = "minutes"]
fn nothing_is_lost_when_the_broker_stays_away_for_longer_than_a_proxy_waits() {
    for (dialect, api) in WAYS {
        let delivery_timeout = Some(Duration::from_secs(2));
        let options = Options { delivery_timeout, ..Options::new(dialect) };
        without_broker(dialect, api, Duration::from_secs(8), options);
    }
}

#[test]
#[ignore = "minutes"]
fn two_hundred_thousand_records_arrive_in_order() {
    for api in ["v2", "v3"] {
        there_and_back(Confluent, api, 200_000);
    }
}

/// The command against a plain loop that posts the same records, in batches of the same size over
/// as many connections, with nothing to generate and nothing to account for.
#[test]
#[ignore = "measures: takes the machine for itself"]
fn throughput_is_that_of_a_plain_loop() {
    const EVENTS: usize = 200_000;
    for api in ["v2", "v3"] {
        let (topic, plain) = (topic(), topic());
        let proxy = proxy_for(&topic, Options::new(Confluent));
        proxy.create(&plain, 6).expect("a topic");
        let more = ["--connections", "4", "--batch-records", "500"];
        let send =
            Send { proxy: &proxy, api, topic: &topic, events: EVENTS, seed: 11, more: &more };
        let bodies: Vec<_> = send.truth().chunks(500).map(|batch| body(api, batch)).collect();
        let path = if api == "v3" {
            RECORDS_V3.replace(TOPIC, &plain)
        } else {
            format!("/topics/{plain}")
        };
        let content_type = if api == "v3" { "application/json" } else { BINARY_V2 };
        let start = Instant::now();
        std::thread::scope(|scope| {
            for lane in 0..4 {
                let (proxy, path, bodies) = (&proxy, &path, &bodies);
                scope.spawn(move || {
                    let mut client = Client::to(proxy);
                    for body in bodies.iter().skip(lane).step_by(4) {
                        assert_eq!(client.post(path, content_type, body).status, 200);
                    }
                });
            }
        });
        let loop_rate = EVENTS as f64 / start.elapsed().as_secs_f64();
        let start = Instant::now();
        let said = send.run();
        let rate = EVENTS as f64 / start.elapsed().as_secs_f64();
        assert_eq!(said.status, Some(0), "{}", said.err);
        println!(
            "{api}: {rate:.0} records/s, a plain loop {loop_rate:.0}: {:.2}",
            rate / loop_rate
        );
        assert!(rate >= 0.9 * loop_rate, "{api}: {rate:.0} records/s against {loop_rate:.0}");
    }
}

/// A body as the sink writes it: keys bare, values as bytes.
fn body(api: &str, batch: &[Truth]) -> String {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let records = batch.iter().map(|sent| {
        let value = encode(sent.value.to_string().as_bytes());
        let key = String::from_utf8_lossy(&sent.key);
        match (api, sent.key.is_empty()) {
            ("v3", true) => format!(r#"{{"value":{{"type":"BINARY","data":"{value}"}}}}"#),
            ("v3", false) => format!(
                r#"{{"key":{{"type":"STRING","data":"{key}"}},"value":{{"type":"BINARY","data":"{value}"}}}}"#
            ),
            (_, true) => format!(r#"{{"value":"{value}"}}"#),
            (_, false) => format!(r#"{{"key":"{}","value":"{value}"}}"#, encode(&sent.key)),
        }
    });
    if api == "v3" {
        return records.collect();
    }
    format!(r#"{{"records":[{}]}}"#, records.collect::<Vec<_>>().join(","))
}
