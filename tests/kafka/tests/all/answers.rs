//! What the fixture answers when nothing is wrong, and to requests that are: as observed on the
//! real proxies, dialect by dialect.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use streamglass_kafka::cors::Origins;
use streamglass_kafka::dialect::Dialect::{self, Confluent, Karapace, Strimzi};
use streamglass_kafka::proxy::Options;

use crate::support::*;

const ONE: &str = r#"{"records":[{"key":"u1","value":{"n":1e2, "s":"é"}}]}"#;

fn stored(proxy: &streamglass_kafka::proxy::Proxy) -> Vec<(String, String)> {
    let text = |bytes: &Option<Vec<u8>>| {
        bytes.as_deref().map_or("null".into(), |b| String::from_utf8_lossy(b).into_owned())
    };
    let records = proxy.records(TOPIC).expect("memory");
    records.iter().map(|record| (text(&record.key), text(&record.value))).collect()
}

#[test]
fn v2_writes_json_anew_and_keeps_the_quotes_of_a_key() {
    for dialect in DIALECTS {
        let proxy = proxy(dialect);
        let reply = Client::to(&proxy).produce(ONE);
        assert_eq!(reply.status, 200, "{dialect:?}");
        assert_eq!(reply.header("content-type"), Some("application/vnd.kafka.v2+json"));
        assert_eq!(stored(&proxy), [("\"u1\"".into(), "{\"n\":100.0,\"s\":\"é\"}".into())]);
        let offsets = &reply.json()["offsets"];
        assert_eq!(offsets[0]["offset"], 0);
        assert!(offsets[0]["partition"].as_i64().is_some_and(|p| (0..6).contains(&p)));
    }
}

#[test]
fn binary_is_stored_as_it_was() {
    for dialect in DIALECTS {
        let proxy = proxy(dialect);
        // `u1` and `{"n":1e2}`.
        let body = r#"{"records":[{"key":"dTE=","value":"eyJuIjoxZTJ9"}]}"#;
        assert_eq!(Client::to(&proxy).post("/topics/imply-news", BINARY_V2, body).status, 200);
        assert_eq!(stored(&proxy), [("u1".into(), "{\"n\":1e2}".into())]);
        let bad = r#"{"records":[{"value":"***"}]}"#;
        let reply = Client::to(&proxy).post("/topics/imply-news", BINARY_V2, bad);
        assert_eq!(reply.status, dialect.unprocessable());
    }
}

#[test]
fn one_key_goes_to_one_partition_that_the_dialects_choose_differently() {
    let partition = |dialect: Dialect, key: &str| {
        let proxy = proxy(dialect);
        let body = format!(r#"{{"records":[{{"key":"{key}","value":{{"n":1}}}}]}}"#);
        let json = Client::to(&proxy).produce(&body).json();
        json["offsets"][0]["partition"].as_i64().expect("a partition")
    };
    let keys: Vec<_> = (0..12).map(|n| format!("u{n}")).collect();
    let by = |dialect| keys.iter().map(|key| partition(dialect, key)).collect::<Vec<_>>();
    assert_eq!(by(Confluent), by(Strimzi));
    assert_ne!(by(Confluent), by(Karapace));
}

#[test]
fn content_types_and_accept_are_taken_as_each_proxy_does() {
    let status = |dialect, content_type: &str, accept: Option<&str>| {
        let proxy = proxy(dialect);
        let mut headers = vec![("Content-Type", content_type)];
        headers.extend(accept.map(|accept| ("Accept", accept)));
        let mut client = Client::to(&proxy);
        let path = "/topics/imply-news";
        client.ask("POST", path, &headers, ONE.as_bytes()).expect("an answer").status
    };
    let charset = "application/vnd.kafka.json.v2+json; charset=utf-8";
    for (dialect, content_type, accept, expect) in [
        (Confluent, charset, None, 200),
        (Karapace, charset, None, 200),
        (Strimzi, charset, None, 500),
        (Confluent, "application/json", None, 415),
        (Strimzi, "application/json", None, 415),
        (Karapace, "application/json", None, 422),
        (Confluent, "text/plain", None, 415),
        (Confluent, JSON_V2, Some("application/json"), 406),
        (Strimzi, JSON_V2, Some("application/json"), 406),
        (Karapace, JSON_V2, Some("application/json"), 406),
        (Confluent, JSON_V2, Some("application/vnd.kafka.v2+json"), 200),
        (Karapace, JSON_V2, Some("text/html, */*;q=0.1"), 200),
    ] {
        assert_eq!(status(dialect, content_type, accept), expect, "{dialect:?} {content_type}");
    }
}

#[test]
fn a_question_with_the_content_type_of_records_is_refused_by_confluent() {
    for (dialect, content_type, expect) in [
        (Confluent, JSON_V2, 415),
        (Confluent, "application/vnd.kafka.v2+json", 200),
        (Strimzi, JSON_V2, 200),
        (Karapace, JSON_V2, 200),
    ] {
        let proxy = proxy(dialect);
        let headers = [("Content-Type", content_type)];
        let reply = Client::to(&proxy).ask("GET", "/topics", &headers, b"").expect("an answer");
        assert_eq!(reply.status, expect, "{dialect:?} {content_type}");
    }
}

#[test]
fn members_that_are_unknown_are_refused_and_only_strimzi_knows_headers() {
    let status = |dialect, record: &str| {
        let proxy = proxy(dialect);
        let status = Client::to(&proxy).produce(&format!(r#"{{"records":[{record}]}}"#)).status;
        (status, proxy.records(TOPIC).expect("memory"))
    };
    for (dialect, refused) in [(Confluent, 422), (Strimzi, 400), (Karapace, 422)] {
        let (found, records) = status(dialect, r#"{"value":{"n":1},"colour":"red"}"#);
        assert_eq!((found, records.len()), (refused, 0), "{dialect:?}");
    }
    let record = r#"{"value":{"n":1},"timestamp":12,"headers":[{"key":"h","value":"dTE="}]}"#;
    assert_eq!(status(Confluent, record).0, 422);
    assert_eq!(status(Karapace, record).0, 422);
    let (found, records) = status(Strimzi, record);
    assert_eq!(found, 200);
    assert_eq!(records[0].timestamp, Some(12));
    assert_eq!(records[0].headers, [("h".to_owned(), b"u1".to_vec())]);
    for dialect in DIALECTS {
        assert_eq!(status(dialect, "{").0, 400, "{dialect:?}: no JSON");
    }
}

#[test]
fn nulls_and_empty_values_are_as_strange_as_they_are() {
    let write = |dialect, record: &str| {
        let proxy = proxy(dialect);
        let reply = Client::to(&proxy).produce(&format!(r#"{{"records":[{record}]}}"#));
        let first = proxy.records(TOPIC).expect("memory").first().cloned();
        (reply.status, first.map(|record| (record.key, record.value)))
    };
    let null_key = r#"{"key":null,"value":{"n":1}}"#;
    assert_eq!(write(Strimzi, null_key), (400, None));
    for dialect in [Confluent, Karapace] {
        assert_eq!(write(dialect, null_key).1, Some((None, Some(br#"{"n":1}"#.to_vec()))));
    }
    let tombstone = r#"{"key":"u1","value":null}"#;
    assert_eq!(write(Confluent, tombstone).1.expect("written").1, None);
    assert!(write(Strimzi, tombstone).1.expect("written").1.is_some());
    for value in ["{}", "0"] {
        let record = format!(r#"{{"value":{value}}}"#);
        assert_eq!(write(Karapace, &record).1.expect("written").1, Some(Vec::new()), "{value}");
        assert_eq!(write(Confluent, &record).1.expect("written").1, Some(value.into()));
    }
}

#[test]
fn a_topic_that_is_not_there_costs_time_or_a_404() {
    for (dialect, code) in [(Confluent, 50003), (Strimzi, 404)] {
        let mut options = Options::new(dialect);
        options.metadata_wait = Duration::from_millis(100);
        let proxy = start(options);
        let start = Instant::now();
        let body = r#"{"records":[{"value":{"n":1}},{"value":{"n":2}},{"value":{"n":3}}]}"#;
        let reply = Client::to(&proxy).post("/topics/nothing", JSON_V2, body);
        assert!(start.elapsed() >= Duration::from_millis(300), "for each record");
        assert_eq!((reply.status, &reply.json()["offsets"][2]["error_code"]), (200, &json!(code)));
    }
    let proxy = proxy(Karapace);
    let reply = Client::to(&proxy).post("/topics/nothing", JSON_V2, ONE);
    assert_eq!((reply.status, &reply.json()["error_code"]), (404, &json!(40401)));
}

#[test]
fn a_topic_is_made_where_the_broker_allows_it() {
    for (dialect, expect) in [(Confluent, 200), (Strimzi, 200), (Karapace, 404)] {
        let proxy = start(Options { auto_create: true, ..Options::new(dialect) });
        let mut client = Client::to(&proxy);
        assert_eq!(client.post("/topics/made", JSON_V2, ONE).status, expect, "{dialect:?}");
        let topics = client.get("/topics").json();
        let made = topics.as_array().expect("a list").contains(&json!("made"));
        assert_eq!(made, expect == 200, "{topics}");
    }
}

#[test]
fn topics_can_be_asked_for() {
    for (dialect, code) in [(Confluent, 40401), (Strimzi, 404), (Karapace, 40401)] {
        let proxy = proxy(dialect);
        let mut client = Client::to(&proxy);
        assert_eq!(client.get("/topics").json(), json!([TOPIC]));
        let topic = client.get("/topics/imply-news").json();
        assert_eq!(topic["partitions"].as_array().map(Vec::len), Some(6));
        let missing = client.get("/topics/nothing");
        assert_eq!((missing.status, &missing.json()["error_code"]), (404, &json!(code)));
        assert_eq!(client.get("/nowhere").status, 404);
    }
}

#[test]
fn limits_are_those_of_the_proxy_and_of_the_broker() {
    let records = |size: usize| format!(r#"{{"records":[{{"value":"{}"}}]}}"#, "x".repeat(size));
    let send = |dialect, size| Client::to(&proxy(dialect)).produce(&records(size));
    assert_eq!(send(Karapace, (1 << 20) + 1).status, 413);
    assert_eq!(send(Karapace, 999_000).status, 200);
    let entry = |reply: Reply| (reply.status, reply.json()["offsets"][0]["error_code"].clone());
    assert_eq!(entry(send(Confluent, 1_000_001)), (200, json!(50002)));
    assert_eq!(entry(send(Strimzi, 1_000_001)), (200, json!(500)));
    assert_eq!(entry(send(Karapace, 1_000_001)), (422, json!(1)));
}

fn v3(body: &str) -> (Vec<Value>, Vec<(String, String)>) {
    let proxy = proxy(Confluent);
    let reply = Client::to(&proxy).post(RECORDS_V3, "application/json", body);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(reply.text().is_empty() || reply.text().ends_with("}\r\n"));
    (reply.reports(), stored(&proxy))
}

fn codes(reports: &[Value]) -> Vec<i64> {
    reports.iter().map(|report| report["error_code"].as_i64().expect("a code")).collect()
}

#[test]
fn v3_reports_each_record_in_order() {
    let (reports, records) = v3(concat!(
        r#"{"key":{"type":"STRING","data":"u1"},"value":{"type":"JSON","data":{"n":1e2}}}"#,
        "\r\n",
        r#"{"partition_id":3,"key":{"type":"JSON","data":"u1"},"#,
        r#""value":{"type":"BINARY","data":"eyJuIjoxZTJ9"},"timestamp":"1970-01-01T00:00:01Z"}"#,
        r#"{"partition_id":9,"value":{"type":"STRING","data":"x"}}"#,
        r#"{"value":{"type":"BINARY","data":"***"}}"#,
        r#"{"value":{"type":"JSON","data":1},"colour":"red"}"#,
        r#"{"value":{"type":"STRING","data":"last"}}"#,
    ));
    assert_eq!(codes(&reports), [200, 200, 40402, 422, 400, 200]);
    assert_eq!(reports[1]["timestamp"], "1970-01-01T00:00:01.000Z");
    assert_eq!(reports[1]["partition_id"], 3);
    assert_eq!(reports[0]["key"], json!({"type":"STRING","size":2}));
    assert_eq!(reports[0]["topic_name"], TOPIC);
    let mut keys: Vec<_> =
        records.into_iter().map(|(key, value)| format!("{key} {value}")).collect();
    keys.sort();
    assert_eq!(keys, ["\"u1\" {\"n\":1e2}", "null last", "u1 {\"n\":100.0}"]);
}

#[test]
fn v3_ends_at_an_error_of_syntax_with_status_200() {
    let record = r#"{"value":{"type":"STRING","data":"x"}}"#;
    for (body, expect, written) in [
        (format!("{record},{record}"), vec![200, 400], 1),
        (format!("[{record},{record}]"), vec![400], 0),
        (format!("{record}{record}{{\"value\":"), vec![200, 200, 400], 2),
        (String::new(), vec![], 0),
    ] {
        let (reports, records) = v3(&body);
        assert_eq!((codes(&reports), records.len()), (expect, written), "{body}");
    }
}

#[test]
fn v3_tells_its_cluster_and_its_topics() {
    let proxy = start(Options { prefix: "/kafka".into(), ..Options::new(Confluent) });
    let mut client = Client::to(&proxy);
    let clusters = client.get("/kafka/v3/clusters").json();
    let id = clusters["data"][0]["cluster_id"].as_str().expect("an id").to_owned();
    let topics = client.get(&format!("/kafka/v3/clusters/{id}/topics")).json();
    assert_eq!(topics["data"][0]["topic_name"], TOPIC);
    let topic = client.get(&format!("/kafka/v3/clusters/{id}/topics/{TOPIC}")).json();
    assert_eq!(topic["partitions_count"], 6);
    assert_eq!(client.get(&format!("/kafka/v3/clusters/{id}/topics/nothing")).status, 404);
    assert_eq!(client.get("/kafka/v3/clusters/other/topics").status, 404);
    assert_eq!(client.get("/v3/clusters").status, 404, "outside the prefix");
    let path = format!("/kafka/v3/clusters/{id}/topics/{TOPIC}/records");
    assert_eq!(client.post(&path, "text/plain", "{}").status, 415);
    let headers = [("Content-Type", "application/json"), ("Accept", "text/html")];
    assert_eq!(client.ask("POST", &path, &headers, b"{}").expect("an answer").status, 406);
}

#[test]
fn who_has_no_password_is_refused() {
    let user = Some(("KEY".to_owned(), "sesame".to_owned()));
    let proxy = start(Options { user, ..Options::new(Confluent) });
    let mut client = Client::to(&proxy);
    assert_eq!(client.get("/topics").status, 401);
    // KEY:wrong, then KEY:sesame.
    for (credentials, expect) in [("S0VZOndyb25n", 401), ("S0VZOnNlc2FtZQ==", 200)] {
        let header = format!("Basic {credentials}");
        let reply = client.ask("GET", "/topics", &[("Authorization", &header)], b"");
        assert_eq!(reply.expect("an answer").status, expect);
    }
    assert_eq!(proxy.counters().authorized, 2);
}

fn preflight(dialect: Dialect, origins: Origins, headers: &str) -> Reply {
    let proxy = start(Options { origins, ..Options::new(dialect) });
    let asked = [
        ("Origin", "http://page.test"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", headers),
    ];
    Client::to(&proxy).ask("OPTIONS", "/topics/imply-news", &asked, b"").expect("an answer")
}

#[test]
fn a_preflight_passes_where_it_would() {
    let allowed = |dialect, origins, header: &str| {
        let reply = preflight(dialect, origins, header);
        let list = reply.header("access-control-allow-headers").unwrap_or_default();
        let listed = list.split(',').any(|name| name.trim().eq_ignore_ascii_case(header));
        reply.header("access-control-allow-origin").is_some() && listed && reply.status < 300
    };
    let one = || Origins::One("http://page.test".into());
    let other = || Origins::One("http://other.test".into());
    for (dialect, origins, header, expect) in [
        (Confluent, Origins::None, "content-type", false),
        (Confluent, one(), "content-type", true),
        (Confluent, one(), "authorization", true),
        (Confluent, one(), "content-encoding", false),
        (Confluent, other(), "content-type", false),
        (Strimzi, Origins::None, "content-type", false),
        (Strimzi, one(), "content-type", true),
        (Strimzi, one(), "authorization", false),
        (Strimzi, other(), "content-type", false),
        (Karapace, Origins::None, "content-type", true),
        (Karapace, Origins::None, "authorization", true),
        (Karapace, Origins::None, "content-encoding", false),
    ] {
        let what = format!("{dialect:?} {origins:?} {header}");
        assert_eq!(allowed(dialect, origins, header), expect, "{what}");
    }
}

#[test]
fn errors_can_be_read_across_origins_but_for_some_of_karapaces() {
    let readable = |dialect, path: &str, content_type: &str, body: &str| {
        let proxy = start(Options { origins: Origins::Any, ..Options::new(dialect) });
        let headers = [("Origin", "http://page.test"), ("Content-Type", content_type)];
        let reply = Client::to(&proxy).ask("POST", path, &headers, body.as_bytes());
        let reply = reply.expect("an answer");
        (reply.status, reply.header("access-control-allow-origin").is_some())
    };
    for (dialect, expect) in [(Confluent, true), (Strimzi, true), (Karapace, false)] {
        let topic = "/topics/imply-news";
        assert_eq!(readable(dialect, topic, JSON_V2, "{"), (400, expect), "{dialect:?}");
        assert_eq!(readable(dialect, topic, "text/plain", ONE), (415, expect), "{dialect:?}");
        assert_eq!(readable(dialect, "/nowhere", JSON_V2, ONE), (404, expect), "{dialect:?}");
        assert!(readable(dialect, topic, JSON_V2, ONE).1, "{dialect:?}: success");
        assert!(readable(dialect, topic, JSON_V2, "{}").1, "{dialect:?}: 422");
    }
}
