//! Nothing gets lost without being counted: from the source to the windows, every record is in exactly
//! one account.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};
use streamglass::clickstream::Config;
use streamglass::engine::{Engine, Query};
use streamglass::exec::DropReason;
use streamglass::lab::builtin;
use streamglass::lab::run::Run;
use streamglass::plan::Op;
use streamglass::record::{Offset, PartitionId};
use streamglass::rng::Seed;
use streamglass::topic::Topic;

use crate::soak::soak;

const TURNS: usize = 1_500;

fn run(settings: Value, seed: u64, turns: usize) -> Run {
    let mut tree = Config::default().tree().clone();
    tree["Streamglass"] = settings;
    let config = Arc::new(Config::from_tree(&tree).expect("valid").0);
    let mut run =
        Run::new(&config, Seed(seed), &builtin::script(&config)).expect("the pipeline is valid");
    for _ in 0..turns {
        run.turn();
    }
    run
}

fn topic<'a>(run: &'a Run, name: &str) -> &'a Topic {
    run.engine().topics().by_name(name).expect("the topic is there")
}

fn queries(engine: &Engine) -> impl Iterator<Item = &Query> {
    engine.queries()
}

/// The dead letters' values.
fn dead_letters(run: &Run) -> Vec<Value> {
    let dead = topic(run, builtin::DEAD_LETTERS);
    let mut values = Vec::new();
    for partition in (0..dead.partitions()).map(PartitionId) {
        let (from, to) = (dead.log_start(partition), dead.log_end(partition));
        for offset in from.map_or(0, |o| o.0)..to.map_or(0, |o| o.0) {
            let record = dead.read_at(partition, Offset(offset)).expect("retained");
            let value = record.value.expect("it has a value");
            values.push(serde_json::from_slice(value).expect("JSON"));
        }
    }
    values
}

/// How many of the dead letters have a reason that begins like this.
fn dead_with(run: &Run, reason: &str) -> u64 {
    let letters = dead_letters(run);
    let begins = |value: &&Value| value["REASON"].as_str().expect("says why").starts_with(reason);
    letters.iter().filter(begins).count() as u64
}

/// Source: what was sent is dropped, delivered (also twice) or on its way. Topics: what was delivered
/// is in one of them, or was refused.
fn source_adds_up(run: &Run) {
    let counters = run.generator().counters();
    let sent = counters.sent_total() - counters.dropped + counters.duplicated;
    assert_eq!(counters.delivered + counters.in_flight(), sent);
    let ids = run.source_topics();
    let appended: u64 = ids
        .iter()
        .map(|id| run.engine().topics().get(*id).expect("a source topic").appended())
        .sum();
    assert_eq!(appended + run.refused(), counters.delivered);
}

/// The queries that split the mixed topic.
fn splits(run: &Run) -> impl Iterator<Item = &Query> {
    queries(run.engine()).take(4)
}

/// Split: every record of the mixed topic is in one of four topics, or one of the four queries has
/// not read it: it was removed before, or is still to be read.
fn split_adds_up(run: &Run, mixed: &str) {
    let appended = topic(run, mixed).appended();
    let (mut split, mut unread) = (0, 0);
    let topics = [builtin::CLICKS, builtin::SESSIONS, builtin::USERS, builtin::DEAD_LETTERS];
    for (query, name) in splits(run).zip(topics) {
        let stats = query.stats(run.engine().topics());
        let removed = stats.drops.get(DropReason::Removed);
        assert_eq!(appended, stats.records_in + stats.lag + removed, "{name}");
        assert_eq!(stats.records_out, topic(run, name).appended(), "{name}");
        let dropped: u64 = stats.drops.iter().map(|(_, count)| count).sum();
        assert_eq!(dropped, removed, "{name}: {stats:?}");
        split += stats.records_out;
        unread += stats.lag + removed;
    }
    assert!(split <= appended && appended - split <= unread, "{split} of {appended}, {unread}");
}

/// Windows: of each record that a query read, every window it belongs to has included it or was
/// closed; or the record was unreadable, or without a key.
fn windows_add_up(run: &Run) {
    for query in queries(run.engine()) {
        let stats = query.stats(run.engine().topics());
        let operators = query.operators(run.engine().topics());
        let counts = operators.iter().find(|operator| operator.included > 0);
        let Some(counts) = counts else { continue };
        let nodes = &query.pipeline().nodes;
        let aggregate = nodes.iter().find_map(|node| match &node.op {
            Op::Aggregate(aggregate) => Some(aggregate),
            _ => None,
        });
        let aggregate = aggregate.expect("a count");
        let Some(Op::Sink(sink)) = nodes.last().map(|node| &node.op) else { panic!("a sink") };
        let windows = match aggregate.window.expect("a window") {
            streamglass::window::WindowSpec::Hopping(w) => w.size_ms() / w.advance_ms(),
            _ => 1,
        };
        let drops = stats.drops;
        let read = stats.records_in;
        let with_key = read - drops.get(DropReason::Unreadable) - drops.get(DropReason::NullKey);
        let name = &query.pipeline().name;
        assert_eq!(
            counts.included + drops.get(DropReason::Late),
            with_key * windows as u64,
            "{name}: {stats:?}"
        );
        let Some(Op::Source(source)) = nodes.first().map(|node| &node.op) else {
            panic!("a source")
        };
        let appended = topic(run, &source.topic).appended();
        assert_eq!(appended, read + stats.lag + drops.get(DropReason::Removed), "{name}");
        assert_eq!(stats.records_out, topic(run, &sink.topic).appended(), "{name}");
    }
}

/// Topics: what was appended is there or was removed, to the byte.
fn retention_adds_up(run: &Run) {
    for (_, topic) in run.engine().topics().iter() {
        let stats = topic.stats();
        assert_eq!(topic.appended(), stats.records + stats.removed_records, "{}", topic.name());
        for partition in &stats.partitions {
            assert_eq!(
                (partition.log_end.0 - partition.log_start.0) as u64,
                partition.records,
                "{}",
                topic.name()
            );
        }
    }
}

fn all_adds_up(run: &Run) {
    source_adds_up(run);
    split_adds_up(run, "imply-news");
    windows_add_up(run);
    retention_adds_up(run);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn every_record_is_in_one_account(
        seed in any::<u64>(),
        rates in prop::array::uniform5(0.0_f64..0.3),
        tail in 0.0_f64..0.3,
        skew in 0.0_f64..0.05,
        bot in 0.0_f64..40.0,
        partitions in 1_u32..9,
    ) {
        let [duplicate, drop, malformed, missing, poison] = rates;
        let run = run(json!({
            "partitions": partitions,
            "tail": { "share": tail, "medianSeconds": 60, "sigma": 1 },
            "skew": { "share": skew, "offset": "2m" },
            "outages": [{ "partition": 0, "from": "30s", "for": "40s" }],
            "faults": { "duplicate": duplicate, "drop": drop, "malformed": malformed,
                        "missingKey": missing, "poison": poison, "bot": bot },
        }), seed, TURNS);
        all_adds_up(&run);
    }
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_lab_accounts() {
    soak("accounts of a lab", &[every_record_is_in_one_account]);
}

/// Each record that is cut or has an unknown type becomes, with each of its copies, one dead letter. One
/// with a text for its time is found out by who reads the time. Orders and shipments are not split, so
/// that theirs do not count.
#[test]
fn malformed_records_are_the_dead_letters() {
    let run = run(json!({ "delay": { "medianMs": 0 }, "faults": { "malformed": 0.1 } }), 9, 1_200);
    let counters = run.generator().counters();
    let sent = counters.malformed_cut + counters.malformed_unknown;
    assert!(sent > 200, "{counters:?}");
    let elsewhere = counters.sent.orders + counters.sent.shipments;
    let dead = topic(&run, builtin::DEAD_LETTERS).appended();
    assert!(dead <= sent && sent - dead <= elsewhere, "{dead} of {sent}, {elsewhere} elsewhere");
    assert_eq!(dead_with(&run, "recordType "), counters.malformed_unknown);
    assert_eq!(dead_with(&run, "no JSON") + counters.malformed_unknown, dead);
    let (raw, mut found) = (topic(&run, run.generator().config().topic()), 0);
    for letter in dead_letters(&run) {
        let number = |name: &str| letter[name].as_i64().expect(name);
        let partition = PartitionId(number("FROM_PARTITION") as u32);
        let Some(record) = raw.read_at(partition, Offset(number("FROM_OFFSET"))) else { continue };
        let bytes = letter["PAYLOAD"].as_str().map(str::as_bytes);
        assert_eq!(bytes, record.value, "a dead letter names the record that it was");
        found += 1;
    }
    assert!(found > 100, "{found} of {dead} are still there");
    all_adds_up(&run);
}

#[test]
fn late_clicks_are_counted_and_not_included() {
    let run = run(
        json!({ "tail": { "share": 0.2, "medianSeconds": 300, "sigma": 0.5 } }),
        10,
        12 * 60 * 10,
    );
    let query =
        queries(run.engine()).find(|query| query.pipeline().name == "CTAS_CLICKS_BY_STATE_5");
    let stats = query.expect("it runs").stats(run.engine().topics());
    assert!(stats.drops.get(DropReason::Late) > 100, "{stats:?}");
    all_adds_up(&run);
}

#[test]
fn what_retention_removes_is_counted() {
    // The raw topic keeps 8 MB a partition.
    let run = run(json!({ "partitions": 1, "sessionsPerSecond": 400 }), 11, 600);
    let removed = topic(&run, "imply-news").stats().removed_records;
    assert!(removed > 1_000, "{removed}");
    all_adds_up(&run);
}

#[test]
fn what_is_removed_before_a_paused_query_read_it_is_counted() {
    use streamglass::lab::log::Change;
    let mut tree = Config::default().tree().clone();
    tree["Streamglass"] = json!({ "partitions": 1, "sessionsPerSecond": 400 });
    let config = Arc::new(Config::from_tree(&tree).expect("valid").0);
    let mut run =
        Run::new(&config, Seed(12), &builtin::script(&config)).expect("the pipeline is valid");
    let split = splits(&run).next().expect("it runs").pipeline().name.clone();
    run.apply(&Change::PauseQuery { query: split.clone() }).expect("it runs");
    for _ in 0..600 {
        run.turn();
    }
    run.apply(&Change::ResumeQuery { query: split }).expect("it runs");
    run.turn();
    let split = splits(&run).next().expect("it runs");
    let drops = split.stats(run.engine().topics()).drops;
    assert!(drops.get(DropReason::Removed) > 1_000, "{drops:?}");
    all_adds_up(&run);
}
