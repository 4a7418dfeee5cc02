//! The fault matrix: each fault, through each dialect, ends in the outcome that is stated here, and
//! every record is accounted for.

use serde_json::{Value, json};
use streamglass_kafka::dialect::Dialect;
use streamglass_kafka::proxy::Options;
use streamglass_kafka::verify::{self, Keys};

use crate::program::{Said, Send, WAYS};
use crate::support::*;

const EVENTS: usize = 60;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Every record is written and known to be, none more often than was reported as possible.
    Written,
    /// The same, and none is there twice.
    WrittenOnce,
    /// Not all are, and the command says so by its exit status and with one of these words.
    GivenUp(&'static [&'static str]),
    /// Either, depending on what the proxy says; the account holds.
    Accounted,
}

fn cases() -> Vec<(Value, Ends)> {
    use Ends::{Accounted, GivenUp, Written, WrittenOnce};
    let status = |code: u16| json!({"kind": "status", "code": code});
    let once = |mut fault: Value| {
        fault["count"] = json!(1);
        fault
    };
    vec![
        (once(json!({"kind": "refuse", "ms": 700, "after": 1})), Written),
        (once(json!({"kind": "reset-request"})), Written),
        (once(json!({"kind": "reset-answer"})), Written),
        (once(json!({"kind": "cut-answer"})), Written),
        (once(json!({"kind": "no-answer"})), Written),
        (once(json!({"kind": "write-then-no-answer"})), Written),
        (status(401), GivenUp(&["401"])),
        (status(403), GivenUp(&["403"])),
        (status(404), GivenUp(&["404", "topic"])),
        (status(413), GivenUp(&["413", "large"])),
        (status(415), GivenUp(&["415"])),
        (status(422), GivenUp(&["422"])),
        (json!({"kind": "status", "code": 429, "retry_after": 1, "count": 1}), WrittenOnce),
        (json!({"kind": "status", "code": 429, "empty": true, "count": 2}), WrittenOnce),
        (once(status(500)), Written),
        (once(status(503)), Written),
        (once(json!({"kind": "partial", "every": 3, "retriable": true})), WrittenOnce),
        (once(json!({"kind": "partial", "every": 3})), Accounted),
        (json!({"kind": "slow", "ms": 300}), WrittenOnce),
        (json!({"kind": "html"}), GivenUp(&["proxy", "answer"])),
        (once(json!({"kind": "content-type", "value": "text/plain"})), Accounted),
        (json!({"kind": "no-cors", "on": "any"}), WrittenOnce),
        (once(json!({"kind": "fewer", "by": 2})), Written),
        (once(json!({"kind": "more", "by": 2})), Written),
        (json!({"kind": "no-offsets"}), WrittenOnce),
    ]
}

#[test]
fn every_fault_ends_as_stated_in_every_dialect() {
    let failures: Vec<String> = std::thread::scope(|scope| {
        let ways = WAYS.map(|(dialect, api)| {
            scope.spawn(move || {
                let cases = cases().into_iter();
                cases.filter_map(|(fault, ends)| meet(dialect, api, &fault, ends).err()).collect()
            })
        });
        ways.into_iter()
            .flat_map(|way| way.join().unwrap_or_else(|_| vec!["a panic".into()]))
            .collect()
    });
    assert!(failures.is_empty(), "{} cases:\n\n{}", failures.len(), failures.join("\n\n"));
}

fn meet(dialect: Dialect, api: &str, fault: &Value, ends: Ends) -> Result<(), String> {
    let proxy = proxy(dialect);
    proxy.inject(serde_json::from_value(fault.clone()).expect("a fault"));
    let more = ["--timeout", "1s", "--retries", "4", "--batch-records", "20"];
    let send = Send { proxy: &proxy, api, topic: TOPIC, events: EVENTS, seed: 3, more: &more };
    let said = send.run();
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
    match ends {
        Ends::Written => hold("all is written", all),
        Ends::WrittenOnce => hold("all is written once", all && report.repeated.is_empty()),
        Ends::GivenUp(words) => {
            hold("it is given up", !all);
            let lower = said.err.to_lowercase();
            hold("the message says why", words.iter().any(|word| lower.contains(word)));
        }
        Ends::Accounted => {}
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{dialect:?} {api} {fault}: not so: {}\n{report}\n{}", wrong.join("; "), said.err))
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

/// Neither the password nor what HTTP makes of it is in anything that the command leaves behind.
#[test]
fn the_password_is_nowhere_to_be_found() {
    const PASSWORD: &str = "sesame-0pen-6c1f";
    // `KEY:` and the password in base64, as of Authorization.
    const CREDENTIALS: &str = "S0VZOnNlc2FtZS0wcGVuLTZjMWY=";
    let folder = std::env::temp_dir().join(format!("streamglass-secret-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).expect("a file");
    let clean = |what: &str, said: &Said| {
        for text in [&said.out, &said.err] {
            let leaked = text.contains(PASSWORD) || text.contains(CREDENTIALS);
            assert!(!leaked, "{what}: {text}");
        }
    };
    for (dialect, api) in WAYS {
        let user = Some(("KEY".to_owned(), PASSWORD.to_owned()));
        let proxy = start(Options { user, ..Options::new(dialect) });
        let path = file.to_str().expect("UTF-8");
        let more = ["--user", "KEY", "--password-file", path, "--timeout", "1s", "--retries", "1"];
        let send = Send { proxy: &proxy, api, topic: TOPIC, events: 20, seed: 3, more: &more };
        let said = send.run();
        assert_eq!(said.status, Some(0), "{}", said.err);
        assert!(proxy.counters().authorized > 0, "it was used");
        clean("a run that succeeds", &said);
        for fault in [
            json!({"kind": "status", "code": 401}),
            json!({"kind": "status", "code": 500}),
            json!({"kind": "cut-answer"}),
            json!({"kind": "reset-request"}),
        ] {
            proxy.clear_faults();
            proxy.inject(serde_json::from_value(fault.clone()).expect("a fault"));
            clean(&fault.to_string(), &send.run());
        }
        for record in proxy.records(TOPIC).expect("memory") {
            let value = record.value.unwrap_or_default();
            assert!(!String::from_utf8_lossy(&value).contains(PASSWORD));
        }
        // In the address it would be in every message: such an address is refused, unrepeated.
        let address = proxy.url().replace("http://", &format!("http://KEY:{PASSWORD}@"));
        let mut command = send.command();
        let said = Said::of(command.args(["--to", &address]).output().expect("it starts"));
        assert_ne!(said.status, Some(0));
        clean("a password in the address", &said);
    }
    let left: Vec<_> = std::fs::read_dir(&folder).expect("a folder").collect();
    assert_eq!(left.len(), 1, "no other file beside the password's");
    std::fs::remove_dir_all(&folder).expect("ours to remove");
}
