//! The sender against a simulated proxy that does everything wrong that a proxy can: whatever happens,
//! every record has one outcome, and what was written is in order or reported.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::protocol::{
    Api, ConnectSettings, KeyForm, ListedFate, SinkState, TopicMapping, ValueForm,
};
use super::{Action, Fate, Offered, Outcome, Request, Sender, Target};
use crate::rng::{Seed, Stream};

fn target(api: Api, edit: impl FnOnce(&mut ConnectSettings)) -> Target {
    let mut settings = ConnectSettings {
        api,
        topics: vec![TopicMapping { from: "mixed".into(), to: "news".into() }],
        values: ValueForm::Json,
        keys: KeyForm::Json,
        batch_records: 7,
        retries: 3,
        ..ConnectSettings::default()
    };
    edit(&mut settings);
    Target::new(&settings).expect("valid settings")
}

/// The records of a body: key and number, by a reader of its own.
fn records(api: Api, body: &[u8]) -> Vec<(String, u64)> {
    let value: Vec<serde_json::Value> = match api {
        Api::V2 => {
            let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
            body["records"].as_array().expect("records").clone()
        }
        Api::V3 => serde_json::Deserializer::from_slice(body)
            .into_iter()
            .map(|record| record.expect("JSON"))
            .collect(),
    };
    let inner = |v: &serde_json::Value| if api == Api::V3 { v["data"].clone() } else { v.clone() };
    value
        .iter()
        .map(|record| {
            let key = inner(&record["key"]).as_str().expect("a key").to_owned();
            (key, inner(&record["value"])["n"].as_u64().expect("a number"))
        })
        .collect()
}

/// What was written, with how often.
#[derive(Default)]
struct Log {
    order: Vec<(String, u64)>,
    times: BTreeMap<u64, u32>,
}

/// Answers a request, with a fault by chance; `faults` is the share.
fn answer(api: Api, request: &Request, log: &mut Log, faults: f64, draws: &mut Stream) -> Outcome {
    let records = records(api, &request.body);
    let mut write = |record: &(String, u64)| {
        log.order.push(record.clone());
        *log.times.entry(record.1).or_default() += 1;
    };
    let reply = |status, body: &str, complete| Outcome::Answer {
        status,
        retry_after: None,
        body: body.as_bytes().to_vec(),
        complete,
    };
    if !draws.chance(faults) {
        records.iter().for_each(&mut write);
        let entries = vec![true; records.len()];
        return reply(200, &entries_text(api, &entries, draws), true);
    }
    let written = draws.chance(0.5);
    match draws.below(9) {
        0 => return Outcome::NotSent("refused".to_owned()),
        1 => return reply(429, "", true),
        2 => return reply(503, "", true),
        3 => return reply(413, "", true),
        _ => {}
    }
    let kind = draws.below(5);
    if kind < 3 && written {
        records.iter().for_each(&mut write);
    }
    match kind {
        0 => Outcome::TimedOut,
        1 => Outcome::Broken("reset".to_owned()),
        2 => reply(500, "", true),
        // Some are written, and the answer may be cut.
        _ => {
            let entries: Vec<bool> = records.iter().map(|_| draws.chance(0.7)).collect();
            for (record, entry) in records.iter().zip(&entries) {
                if *entry {
                    write(record);
                }
            }
            let text = entries_text(api, &entries, draws);
            let cut =
                if kind == 3 { text.len() } else { draws.below(text.len() as u32 + 1) as usize };
            reply(200, &text[..cut], cut == text.len())
        }
    }
}

fn entries_text(api: Api, entries: &[bool], draws: &mut Stream) -> String {
    let one = |ok: &bool| match (api, ok, draws.chance(0.3)) {
        (Api::V2, true, _) => r#"{"partition":0,"offset":1}"#,
        (Api::V2, false, false) => r#"{"error_code":50003,"error":"later"}"#,
        (Api::V2, false, true) => r#"{"error_code":50002,"error":"never"}"#,
        (Api::V3, true, _) => r#"{"error_code":200,"partition_id":0,"offset":1}"#,
        (Api::V3, false, false) => r#"{"error_code":429,"message":"later"}"#,
        (Api::V3, false, true) => r#"{"error_code":50002,"message":"never"}"#,
    };
    let list: Vec<&str> = entries.iter().map(one).collect();
    match api {
        Api::V2 => format!(r#"{{"offsets":[{}]}}"#, list.join(",")),
        Api::V3 => list.join("\r\n"),
    }
}

/// Runs `count` records through, with answers that come in any order.
fn run(api: Api, seed: u64, count: u64, faults: f64, abort_at: Option<u32>) -> (Sender, Log) {
    let mut draws = Seed(seed).stream("proxy");
    let mut sender = Sender::new(target(api, |_| {}), "c", Seed(seed), 0.0);
    let (mut log, mut now, mut offered) = (Log::default(), 0.0, 0);
    let mut open: Vec<Request> = Vec::new();
    for step in 0..200_000 {
        if abort_at == Some(step) {
            sender.abort(now);
        }
        if matches!(sender.state(), SinkState::Halted { .. }) {
            sender.resume(now);
        }
        for _ in 0..draws.below(20) {
            if offered == count {
                sender.drain(now);
                break;
            }
            let key = format!("k{}", draws.below(5));
            let value = format!(r#"{{"n":{offered}}}"#);
            match sender.offer(0, Some(key.as_bytes()), Some(value.as_bytes()), now) {
                Offered::Accepted => offered += 1,
                Offered::Full | Offered::Closed => break,
            }
        }
        loop {
            match sender.poll(now) {
                Action::Send(request) => {
                    assert!(open.len() < 4, "no more requests than connections");
                    open.push(request);
                }
                Action::Wait(until) => {
                    assert!(until.is_none_or(|until| until > now), "it does not spin");
                    break;
                }
                Action::Done => return (sender, log),
            }
        }
        check_account(&mut sender, now);
        now += draws.uniform(0.0, 200.0);
        if !open.is_empty() {
            let request = open.swap_remove(draws.below(open.len() as u32) as usize);
            let outcome = answer(api, &request, &mut log, faults, &mut draws);
            sender.answer(request.id, outcome, now);
        }
    }
    panic!("it did not come to an end");
}

fn check_account(sender: &mut Sender, now: f64) {
    let c = sender.counters(now);
    assert_eq!(c.accepted, c.buffered + c.withdrawn + c.sent, "{c:?}");
    assert_eq!(c.sent, c.acknowledged + c.failed + c.unknown + c.in_flight + c.waiting, "{c:?}");
}

/// What must hold at the end of any run.
fn check_end(mut sender: Sender, log: &Log) {
    check_account(&mut sender, 1e9);
    let c = sender.counters(1e9);
    assert_eq!((c.in_flight, c.waiting, c.buffered), (0, 0, 0), "{c:?}");
    let number = |kept: &super::Kept| {
        let value = kept.value.as_deref().expect("a value");
        let value: serde_json::Value = serde_json::from_slice(value).expect("JSON");
        value["n"].as_u64().expect("a number")
    };
    let of = |fate| {
        let kept = sender.kept().iter().filter(move |kept| kept.fate == fate);
        kept.map(number).collect::<BTreeSet<_>>()
    };
    let (failed, unknown) = (of(Fate::Failed), of(Fate::Unknown));
    assert_eq!((failed.len() as u64, unknown.len() as u64), (c.failed, c.unknown), "all listed");
    for n in &failed {
        assert!(!log.times.contains_key(n), "{n} failed and is written");
    }
    let certain = log.times.keys().filter(|n| !unknown.contains(n)).count() as u64;
    assert_eq!(certain, c.acknowledged, "what is acknowledged is written");
    let twice = log.times.values().filter(|times| **times > 1).count() as u64;
    assert!(twice <= c.possible_duplicates, "{twice} twice, {} told", c.possible_duplicates);
    // Order of first writing, per key: what comes too late was counted as reordered or as possibly
    // written before, when the outcome of its first try was not known.
    let (mut last, mut late, mut seen) = (BTreeMap::new(), 0, BTreeSet::new());
    for (key, n) in &log.order {
        if seen.insert(*n) {
            let last = last.entry(key).or_insert(*n);
            late += u64::from(*n < *last);
            *last = (*last).max(*n);
        }
    }
    let told = c.reordered + c.possible_duplicates;
    assert!(late <= told, "{late} out of order, {told} told");
    assert_eq!(sender.list(ListedFate::Reordered, 0, 500).0 as u64, c.reordered);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_proxy_does_the_account_adds_up(seed: u64, v3: bool, faults in 0.0..0.9_f64) {
        let (sender, log) = run(if v3 { Api::V3 } else { Api::V2 }, seed, 300, faults, None);
        prop_assert!(*sender.state() == SinkState::Done);
        check_end(sender, &log);
    }

    #[test]
    fn a_stop_at_any_time_leaves_nothing_unlisted(seed: u64, step in 0_u32..60) {
        let (sender, log) = run(Api::V2, seed, 300, 0.4, Some(step));
        check_end(sender, &log);
    }
}

#[test]
fn without_faults_all_is_written_once_and_in_order() {
    for api in [Api::V2, Api::V3] {
        let (mut sender, log) = run(api, 5, 3_000, 0.0, None);
        let c = sender.counters(1e9);
        assert_eq!((c.acknowledged, c.retried, c.reordered), (3_000, 0, 0));
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for (key, n) in &log.order {
            assert!(last.insert(key, *n).is_none_or(|before| before < *n), "{key} {n}");
        }
    }
}

/// A sender with one request in flight.
fn in_flight(edit: impl FnOnce(&mut ConnectSettings)) -> (Sender, u64) {
    let edited = |settings: &mut ConnectSettings| {
        settings.connections = 1;
        settings.linger_ms = 0;
        edit(settings);
    };
    let mut sender = Sender::new(target(Api::V2, edited), "", Seed(1), 0.0);
    for (key, n) in [("a", 0), ("b", 1), ("a", 2)] {
        let value = format!(r#"{{"n":{n}}}"#);
        sender.offer(0, Some(key.as_bytes()), Some(value.as_bytes()), 0.0);
    }
    let Action::Send(request) = sender.poll(0.0) else { panic!("it sends") };
    assert_eq!(request.url, "http://localhost:8082/topics/news");
    (sender, request.id)
}

fn reply(status: u16, body: &str, retry_after: Option<&str>) -> Outcome {
    let retry_after = retry_after.map(ToOwned::to_owned);
    Outcome::Answer { status, retry_after, body: body.as_bytes().to_vec(), complete: true }
}

#[test]
fn retry_after_holds_and_a_refusal_of_credentials_halts() {
    let (mut sender, id) = in_flight(|_| {});
    sender.answer(id, reply(429, "", Some("9")), 10.0);
    assert_eq!(sender.poll(10.0), Action::Wait(Some(9_010.0)));
    let Action::Send(request) = sender.poll(9_010.0) else { panic!("it sends again") };
    sender.answer(request.id, reply(401, "{\"message\":\"no\"}", None), 9_020.0);
    assert!(
        matches!(sender.state(), SinkState::Halted { reason } if reason.contains("credentials"))
    );
    assert_eq!(sender.offer(0, None, Some(b"{\"n\":1}"), 9_020.0), Offered::Full);
    sender.abort(9_030.0);
    let c = sender.counters(9_030.0);
    assert_eq!((c.failed, c.unknown, c.sent), (3, 0, 3), "nothing was written for certain");
}

#[test]
fn the_rest_can_be_paused_and_takes_no_more_after_it() {
    let (mut sender, id) = in_flight(|_| {});
    let take = |sender: &mut Sender| sender.offer(0, None, Some(b"{\"n\":9}"), 11.0);
    assert_eq!(take(&mut sender), Offered::Accepted);
    sender.drain(11.0);
    sender.pause(11.0);
    assert_eq!(*sender.state(), SinkState::Paused);
    let ok = r#"{"partition":0,"offset":1}"#;
    sender.answer(id, reply(200, &format!(r#"{{"offsets":[{ok},{ok},{ok}]}}"#), None), 12.0);
    assert!(matches!(sender.poll(1e6), Action::Wait(_)), "it sends nothing");
    sender.resume(1e6);
    assert_eq!(*sender.state(), SinkState::Draining);
    assert_eq!(take(&mut sender), Offered::Closed);
    let Action::Send(request) = sender.poll(1e6) else { panic!("it sends the rest") };
    // A refusal of the credentials in the midst of the rest: new ones send the rest, and no more.
    sender.answer(request.id, reply(401, "", None), 1e6);
    sender.resume(1e6);
    assert_eq!(*sender.state(), SinkState::Draining);
    let Action::Send(request) = sender.poll(2e6) else { panic!("it sends the rest") };
    sender.answer(request.id, reply(200, &format!(r#"{{"offsets":[{ok}]}}"#), None), 2e6);
    assert_eq!(sender.poll(2e6), Action::Done);
    assert_eq!(sender.counters(2e6).acknowledged, 4);
}

#[test]
fn a_lost_record_before_a_later_one_of_its_key_is_reordered() {
    let (mut sender, id) = in_flight(|_| {});
    let ok = r#"{"partition":0,"offset":1}"#;
    let body = format!(r#"{{"offsets":[{{"error_code":50002,"error":"no"}},{ok},{ok}]}}"#);
    sender.answer(id, reply(200, &body, None), 10.0);
    let c = sender.counters(10.0);
    assert_eq!((c.acknowledged, c.failed, c.reordered), (2, 1, 1));
    assert_eq!(sender.resend(Fate::Failed, 11.0), 1);
    let Action::Send(request) = sender.poll(11.0) else { panic!("it sends again") };
    sender.answer(request.id, reply(200, &format!(r#"{{"offsets":[{ok}]}}"#), None), 12.0);
    let c = sender.counters(12.0);
    assert_eq!((c.acknowledged, c.failed, c.reordered, c.possible_duplicates), (3, 0, 1, 0));
}

#[test]
fn at_most_once_lists_what_is_unknown() {
    let (mut sender, id) = in_flight(|settings| settings.retry_unknown = false);
    sender.answer(id, Outcome::TimedOut, 10.0);
    let c = sender.counters(10.0);
    assert_eq!((c.unknown, c.waiting, c.possible_duplicates), (3, 0, 0));
    // An answer that comes after all changes nothing.
    sender.answer(id, reply(200, "{}", None), 20.0);
    assert_eq!(sender.counters(10.0), c);
}

#[test]
fn one_bad_record_does_not_take_the_others_with_it() {
    let (mut sender, id) = in_flight(|_| {});
    sender.answer(id, reply(400, "", None), 10.0);
    sender.drain(10.0);
    while let Action::Send(request) = sender.poll(1e6) {
        let records = records(Api::V2, &request.body);
        if records.iter().any(|(_, n)| *n == 1) {
            sender.answer(request.id, reply(400, "", None), 1e6);
        } else {
            let ok = vec![r#"{"partition":0,"offset":1}"#; records.len()].join(",");
            sender.answer(request.id, reply(200, &format!(r#"{{"offsets":[{ok}]}}"#), None), 1e6);
        }
    }
    let c = sender.counters(1e6);
    assert_eq!((c.acknowledged, c.failed), (2, 1));
}

#[test]
fn the_buffer_is_bounded() {
    let mut sender = Sender::new(target(Api::V2, |_| {}), "", Seed(1), 0.0);
    let mut taken = 0_u64;
    while sender.offer(0, Some(b"k"), Some(b"{\"n\":1}"), 0.0) == Offered::Accepted {
        taken += 1;
    }
    assert_eq!((taken, sender.room()), (20_000, 0));
    let large = vec![b'x'; 700_000];
    let mut sender =
        Sender::new(target(Api::V2, |s| s.values = ValueForm::Bytes), "", Seed(1), 0.0);
    assert_eq!(sender.offer(0, None, Some(&large), 0.0), Offered::Accepted);
    assert_eq!(sender.counters(0.0).failed, 1);
}
