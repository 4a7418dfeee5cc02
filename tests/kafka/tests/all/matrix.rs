//! The fault matrix: each fault, through each dialect, ends in the outcome that is stated here, every
//! record is accounted for, and what is said names the cause.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use streamglass_kafka::dialect::Dialect::{self, Strimzi};
use streamglass_kafka::verify::{self, Keys};

use crate::program::{Send, WAYS};
use crate::support::*;

const EVENTS: usize = 60;

/// How a run ends. In all of them sent = acknowledged + failed + unknown, what is acknowledged is
/// there, what failed is not, and no more is there twice than was reported as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Every record is acknowledged.
    Written,
    /// The same, and none is there twice.
    Once,
    /// Every record was sent, and none is there: they failed.
    Failed,
    /// Some failed, the others are acknowledged.
    SomeFailed,
    /// No record is acknowledged, and of each it is not known whether it is there.
    Unknown,
    /// Some are acknowledged, of the others it is not known.
    SomeUnknown,
    /// Connections are refused after some had been broken: of what was on its way it is not known, the rest
    /// failed. How much was on its way is the moment's.
    Lost,
    /// The run stops: nothing is acknowledged, what was tried failed.
    Halted,
    /// The run stops: nothing is acknowledged, what was tried may be there.
    HaltedUnknown,
}

struct Case {
    fault: Value,
    ends: Ends,
    /// What differs in one dialect.
    but: Option<(Dialect, Ends)>,
    /// One of them is in what the command says; empty where nothing has to be said.
    words: &'static [&'static str],
    /// It takes at least so long.
    least: Duration,
}

fn case(fault: Value, ends: Ends, words: &'static [&'static str]) -> Case {
    Case { fault, ends, but: None, words, least: Duration::ZERO }
}

/// The same fault, for one request only.
fn once(mut fault: Value) -> Value {
    fault["count"] = json!(1);
    fault
}

fn cases() -> Vec<Case> {
    use Ends::{
        Failed, Halted, HaltedUnknown, Lost, Once, SomeFailed, SomeUnknown, Unknown, Written,
    };
    let status = |code: u16| json!({"kind": "status", "code": code});
    let kind = |kind: &str| json!({ "kind": kind });
    let strimzi = |ends, case| Case { but: Some((Strimzi, ends)), ..case };
    let partial = json!({"kind": "partial", "every": 3});
    let later = json!({"kind": "partial", "every": 3, "retriable": true});
    let wait = json!({"kind": "status", "code": 429, "retry_after": 1, "count": 1});
    let away = |ms: u64| json!({"kind": "refuse", "ms": ms, "after": 1, "count": 1});
    vec![
        // Connections.
        case(away(700), Written, &["broke", "refused"]),
        case(away(60_000), Lost, &["refused"]),
        case(once(kind("reset-request")), Written, &["connection broke"]),
        case(kind("reset-request"), Unknown, &["connection broke"]),
        case(once(kind("reset-answer")), Written, &["cut short"]),
        case(kind("reset-answer"), SomeUnknown, &["cut short"]),
        case(once(kind("cut-answer")), Written, &["cut short"]),
        case(kind("cut-answer"), SomeUnknown, &["cut short"]),
        case(once(kind("no-answer")), Written, &["no answer within 1000 ms"]),
        case(kind("no-answer"), Unknown, &["no answer within 1000 ms"]),
        case(once(kind("write-then-no-answer")), Written, &["no answer within 1000 ms"]),
        case(kind("write-then-no-answer"), Unknown, &["no answer within 1000 ms"]),
        case(json!({"kind": "slow", "ms": 300}), Once, &[]),
        case(json!({"kind": "slow", "ms": 1_600, "count": 1}), Written, &["no answer within"]),
        // The whole request.
        case(once(status(400)), Once, &["HTTP 400"]),
        case(status(400), Halted, &["HTTP 400"]),
        case(status(401), Halted, &["credentials"]),
        case(status(403), Halted, &["may not write there"]),
        case(status(404), Halted, &["topic or the API is not there"]),
        case(status(405), Halted, &["not that of a REST proxy"]),
        case(once(status(413)), Once, &["HTTP 413"]),
        case(status(413), Halted, &["HTTP 413"]),
        case(status(415), Halted, &["does not speak this version"]),
        case(once(status(422)), Once, &["HTTP 422"]),
        case(status(422), Halted, &["HTTP 422"]),
        Case { least: Duration::from_secs(1), ..case(wait, Once, &["HTTP 429"]) },
        case(
            json!({"kind": "status", "code": 429, "empty": true, "count": 2}),
            Once,
            &["HTTP 429"],
        ),
        case(json!({"kind": "status", "code": 429, "empty": true}), Failed, &["HTTP 429"]),
        case(once(status(500)), Written, &["HTTP 500"]),
        case(status(500), Unknown, &["HTTP 500"]),
        case(once(status(503)), Once, &["HTTP 503"]),
        case(status(503), Failed, &["HTTP 503"]),
        case(status(302), Halted, &["sends elsewhere"]),
        // Single records. Strimzi's 500 does not say that another try is of no use.
        case(once(later.clone()), Once, &[]),
        strimzi(
            Failed,
            case(json!({"kind": "partial", "every": 1, "retriable": true}), Unknown, &[]),
        ),
        strimzi(Once, case(once(partial.clone()), SomeFailed, &[])),
        strimzi(SomeUnknown, case(partial, SomeFailed, &[])),
        case(json!({"kind": "partial", "every": 3, "code": 50002}), SomeFailed, &["50002"]),
        // Answers that are not as they should be.
        case(kind("html"), HaltedUnknown, &["not the answer of a Kafka REST proxy"]),
        case(json!({"kind": "content-type", "value": "text/plain"}), Once, &[]),
        case(json!({"kind": "no-cors", "on": "any"}), Once, &[]),
        case(once(json!({"kind": "fewer", "by": 2})), Written, &["entries for"]),
        case(json!({"kind": "fewer", "by": 2}), SomeUnknown, &["entries for"]),
        case(json!({"kind": "more", "by": 2}), Once, &["entries for"]),
        case(kind("no-offsets"), Once, &[]),
    ]
}

#[test]
fn every_fault_ends_as_stated_in_every_dialect() {
    let failures: Vec<String> = std::thread::scope(|scope| {
        let ways = WAYS.map(|(dialect, api)| {
            scope.spawn(move || {
                let cases = cases().into_iter();
                cases.filter_map(|case| meet(dialect, api, &case).err()).collect()
            })
        });
        ways.into_iter()
            .flat_map(|way| way.join().unwrap_or_else(|_| vec!["a panic".into()]))
            .collect()
    });
    assert!(failures.is_empty(), "{} cases:\n\n{}", failures.len(), failures.join("\n\n"));
}

fn meet(dialect: Dialect, api: &str, case: &Case) -> Result<(), String> {
    let proxy = proxy(dialect);
    proxy.inject(serde_json::from_value(case.fault.clone()).expect("a fault"));
    // What never ends well is given up soon.
    let retries = if case.fault.get("count").is_some() { "4" } else { "1" };
    let more = ["--timeout", "1s", "--retries", retries, "--batch-records", "20"];
    let send = Send { proxy: &proxy, api, topic: TOPIC, events: EVENTS, seed: 3, more: &more };
    let start = Instant::now();
    let said = send.run();
    let took = start.elapsed();
    let by = (dialect.partitioner(), 6);
    let stored = proxy.records(TOPIC).expect("memory");
    let report = verify::compare(&send.truth(), &stored, Keys::Bare, by);
    let [sent, acknowledged, failed, unknown, possible] =
        ["sent", "acknowledged", "failed", "unknown", "possible duplicates"].map(|n| said.count(n));
    let found = EVENTS - report.missing.len();
    let all = acknowledged == EVENTS;
    let mut wrong = Vec::new();
    let mut hold = |what: &'static str, holds: bool| wrong.extend((!holds).then_some(what));
    hold("sent = acknowledged + failed + unknown", sent == acknowledged + failed + unknown);
    hold("what is acknowledged is there", acknowledged <= found);
    hold("what failed for sure is not", found <= EVENTS - failed);
    hold("no more copies than possible", report.repeated.len() <= possible);
    hold("nothing foreign, no other key", report.foreign.is_empty() && report.wrong_key.is_empty());
    hold("the exit status says whether all arrived", (said.status == Some(0)) == all);
    hold("it does not panic", said.status.is_some_and(|code| code != 101));
    hold("it waits as it is told", took >= case.least);
    let lower = said.err.to_lowercase();
    let named = case.words.iter().any(|word| lower.contains(&word.to_lowercase()));
    hold("the message says why", case.words.is_empty() || named);
    hold("it is said in words", !["Some(", "Err(", "Error {"].iter().any(|s| said.err.contains(s)));
    let ends = case.but.filter(|(other, _)| *other == dialect).map_or(case.ends, |(_, ends)| ends);
    let some = |count: usize| count > 0 && count < EVENTS;
    match ends {
        Ends::Written => hold("all is written", all),
        Ends::Once => hold("all is written once", all && report.repeated.is_empty()),
        Ends::Failed => hold("all failed", (failed, found) == (EVENTS, 0)),
        Ends::SomeFailed => hold("some failed", some(failed) && unknown == 0),
        Ends::Unknown => hold("nothing is known", unknown == EVENTS),
        Ends::SomeUnknown => hold("some are not known", some(unknown) && failed == 0),
        Ends::Lost => {
            hold("some failed or are not known", failed + unknown > 0 && acknowledged < EVENTS);
        }
        Ends::Halted => {
            hold("it stops, and nothing is there", failed > 0 && (unknown, found) == (0, 0));
        }
        Ends::HaltedUnknown => {
            hold("it stops, and nothing is known", unknown > 0 && (acknowledged, failed) == (0, 0));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let (fault, wrong) = (&case.fault, wrong.join("; "));
    Err(format!("{dialect:?} {api} {fault}: {ends:?}, but not so: {wrong}\n{report}\n{}", said.err))
}

/// With one request there is nothing after its answer that could bring up what it says.
#[test]
fn what_the_last_answer_says_is_told() {
    for (dialect, api) in WAYS {
        let proxy = proxy(dialect);
        proxy.inject(serde_json::from_value(json!({"kind": "more", "by": 2})).expect("a fault"));
        let more = ["--batch-records", "20", "--connections", "1"];
        let said =
            Send { proxy: &proxy, api, topic: TOPIC, events: 20, seed: 3, more: &more }.run();
        assert_eq!(said.status, Some(0), "{dialect:?} {api}: {}", said.err);
        assert!(said.err.contains("22 entries for 20"), "{dialect:?} {api}: {}", said.err);
    }
}

/// New credentials are what a run waits for that meets a refusal in its midst; what was written before
/// counts.
#[test]
fn a_refusal_in_mid_run_keeps_what_was_written() {
    for (dialect, api) in WAYS {
        let proxy = proxy(dialect);
        let refusal = json!({"kind": "status", "code": 401, "after": 2});
        proxy.inject(serde_json::from_value(refusal).expect("a fault"));
        let more = ["--batch-records", "20", "--connections", "1"];
        let send = Send { proxy: &proxy, api, topic: TOPIC, events: EVENTS, seed: 3, more: &more };
        let said = send.run();
        assert_ne!(said.status, Some(0), "{dialect:?} {api}: {}", said.err);
        assert!(said.err.contains("HTTP 401"), "{}", said.err);
        let [sent, acknowledged, failed] =
            ["sent", "acknowledged", "failed"].map(|name| said.count(name));
        assert_eq!((sent, acknowledged, failed), (60, 40, 20), "{dialect:?} {api}: {}", said.err);
        assert_eq!(proxy.counters().written, 40);
    }
}

#[test]
fn nothing_there_and_no_such_topic_are_said_before_sending() {
    for (dialect, api) in WAYS {
        let proxy = proxy(dialect);
        let more = ["--timeout", "1s", "--retries", "1"];
        let send = Send { proxy: &proxy, api, topic: "nothing", events: 10, seed: 3, more: &more };
        let said = send.run();
        assert_ne!(said.status, Some(0), "{dialect:?} {api}: {}", said.err);
        assert!(said.err.contains("nothing") && said.err.contains("topic"), "{}", said.err);
        assert_eq!(proxy.counters().requests, 0, "never by producing");
        let away = json!({"kind": "refuse", "ms": 60_000});
        proxy.inject(serde_json::from_value(away).expect("a fault"));
        let said = Send { topic: TOPIC, ..send }.run();
        assert_ne!(said.status, Some(0));
        assert!(said.err.to_lowercase().contains("refused"), "{}", said.err);
    }
}
