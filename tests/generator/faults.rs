//! Faults and disorder: counted where they are made, and never part of what happened.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use streamglass::clickstream::{Fault, Stream};
use streamglass::murmur2::partition_for_key;

use crate::common::{END, Keep, Kept, Nothing, generator};

fn all_faults() -> Value {
    json!({
        "duplicate": 0.05, "drop": 0.05, "malformed": 0.06, "missingKey": 0.05, "poison": 0.05,
        "bot": { "perSecond": 50 }, "burst": { "factor": 4 },
    })
}

/// Runs until a time, so that two runs cover the same events.
fn until(settings: Value, seconds: i64) -> (Keep, streamglass::clickstream::Generator) {
    let (mut keep, mut generator) = (Keep::default(), generator(settings, 21));
    generator.run(generator.now().plus(seconds * 1_000_000), u64::MAX, &mut keep);
    (keep, generator)
}

#[test]
fn the_truth_of_a_run_with_faults_is_that_of_the_run_without() {
    let (clean, _) = until(json!({ "sessionsPerSecond": 30 }), 200);
    assert!(clean.truth.len() > 10_000);
    for settings in [
        json!({ "sessionsPerSecond": 30, "faults": all_faults() }),
        json!({
            "sessionsPerSecond": 30, "faults": all_faults(),
            "delay": { "medianMs": 5_000 }, "tail": { "share": 0.1 },
            "skew": { "share": 0.2, "offset": "-1h" },
            "outages": [{ "partition": 0, "from": "10s", "for": "1m" }],
        }),
    ] {
        let (faulty, _) = until(settings, 200);
        assert!(faulty.truth == clean.truth, "what happened must not depend on faults");
    }
}

#[test]
fn without_faults_and_disorder_the_records_are_the_truth() {
    let settings = json!({ "delay": { "medianMs": 0 }, "sessionsPerSecond": 30 });
    let (keep, generator) = until(settings, 100);
    let sent: Vec<&str> = keep.records.iter().map(Kept::text).collect();
    assert_eq!(sent, keep.truth);
    assert_eq!(generator.counters().in_flight(), 0);
}

#[test]
fn records_that_no_fault_touched_are_those_of_the_run_without() {
    let (clean, _) = until(json!({ "sessionsPerSecond": 10 }), 100);
    let (faulty, _) = until(json!({ "sessionsPerSecond": 10, "faults": all_faults() }), 100);
    let mut expected = clean.records.iter();
    let untouched = faulty.records.iter().filter(|record| record.faults.is_empty());
    let mut count = 0;
    for record in untouched {
        assert!(expected.any(|clean| clean == record), "{}", record.text());
        count += 1;
    }
    assert!(count > clean.records.len() * 3 / 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn delivered_is_sent_without_dropped_and_with_duplicated(
        rates in prop::array::uniform5(0.0_f64..0.5),
        bot in 0.0_f64..50.0,
        burst in 1.0_f64..5.0,
        records in 0_u64..3_000,
    ) {
        let [duplicate, drop, malformed, missing, poison] = rates;
        let mut generator = generator(json!({ "faults": {
            "duplicate": duplicate, "drop": drop, "malformed": malformed, "missingKey": missing,
            "poison": poison, "bot": bot, "burst": burst,
        }}), 22);
        let mut keep = Keep::default();
        generator.run(END, records, &mut keep);
        let counters = generator.counters();
        prop_assert_eq!(counters.delivered, records);
        let delivered = counters.sent_total() - counters.dropped + counters.duplicated;
        prop_assert_eq!(delivered, records + counters.in_flight());
        let copies = keep.records.iter().filter(|r| r.faults.contains(Fault::Duplicate)).count();
        prop_assert!(copies as u64 <= counters.duplicated);
        // Nobody new comes: what is on its way arrives, and then the counts meet.
        let sessions = counters.sessions;
        prop_assert!(sessions.started >= sessions.ended);
        prop_assert_eq!(
            u64::from(generator.open_sessions()),
            sessions.started - sessions.ended + counters.burst_sessions.started
                - counters.burst_sessions.ended
        );
    }
}

/// The counters of a run that came to rest equal what a reader of the topics counts.
#[test]
fn counters_are_what_a_reader_counts() {
    let settings = json!({ "sessionsPerSecond": 20, "faults": all_faults(),
                           "delay": { "medianMs": 0 } });
    let (keep, generator) = until(settings, 120);
    let counters = generator.counters();
    // Only copies and faults are delayed by nothing here: everything sent has arrived.
    assert_eq!(counters.in_flight(), 0);
    let originals: Vec<&Kept> =
        keep.records.iter().filter(|r| !r.faults.contains(Fault::Duplicate)).collect();
    let having = |fault| originals.iter().filter(|r| r.faults.contains(fault)).count() as u64;
    assert_eq!(having(Fault::Cut), counters.malformed_cut);
    assert_eq!(having(Fault::WrongType), counters.malformed_type);
    assert_eq!(having(Fault::UnknownType), counters.malformed_unknown);
    assert_eq!(having(Fault::MissingKey), counters.missing_key);
    assert_eq!(having(Fault::Poison), counters.poison);
    assert_eq!(having(Fault::Bot), counters.bot);
    assert_eq!(having(Fault::Burst), counters.burst);
    assert_eq!(originals.len() as u64, counters.sent_total() - counters.dropped);
    assert_eq!((keep.records.len() - originals.len()) as u64, counters.duplicated);
    for count in [counters.malformed_cut, counters.poison, counters.bot, counters.burst] {
        assert!(count > 100, "{counters:?}");
    }
    let share = counters.dropped as f64 / counters.sent_total() as f64;
    assert!((share - 0.05).abs() < 0.01, "{share}");
}

#[test]
fn faults_look_as_they_are_named() {
    let (keep, _) = until(json!({ "sessionsPerSecond": 30, "faults": all_faults() }), 150);
    let mut sticky = Vec::new();
    for record in &keep.records {
        let read = serde_json::from_slice::<Value>(&record.value);
        let has = |fault| record.faults.contains(fault);
        assert_eq!(read.is_err(), has(Fault::Cut), "{}", record.text());
        assert_eq!(record.key.is_none(), has(Fault::MissingKey));
        assert_eq!(record.sticky.is_some(), has(Fault::MissingKey));
        sticky.extend(record.sticky);
        let Ok(value) = read else { continue };
        let quoted = value.as_object().expect("an object").values().any(|v| v == "n/a");
        assert_eq!(quoted, has(Fault::WrongType), "{}", record.text());
        let unknown = value["recordType"] == "impression";
        assert_eq!(unknown, has(Fault::UnknownType));
        assert_eq!(has(Fault::Bot), value["sid"] == 2_000_000_000_000_u64);
        if record.stream == Stream::Mixed {
            let latitude: f64 = value["latitude"].as_str().unwrap_or("").parse().expect("a number");
            assert_eq!(latitude.abs() > 90.0, has(Fault::Poison) && latitude != 0.0);
        }
    }
    sticky.dedup();
    assert!(sticky.len() > 3, "keyless records change their partition: {sticky:?}");
}

#[test]
fn copies_are_the_same_bytes() {
    let (keep, _) =
        until(json!({ "faults": { "duplicate": 0.3, "malformed": 0.3, "poison": 0.3 } }), 200);
    let mut originals: BTreeMap<&[u8], u32> = BTreeMap::new();
    let (copies, firsts): (Vec<_>, Vec<_>) =
        keep.records.iter().partition(|record| record.faults.contains(Fault::Duplicate));
    for first in firsts {
        *originals.entry(&first.value).or_default() += 1;
    }
    assert!(copies.len() > 500);
    for copy in copies {
        assert!(originals.contains_key(copy.value.as_slice()), "{}", copy.text());
    }
}

#[test]
fn faults_keep_to_their_spans() {
    let span = |name: &str, value: f64| json!({ name: value, "from": "20s", "for": "10s" });
    let settings = json!({
        "sessionsPerSecond": 50, "delay": { "medianMs": 0 },
        "faults": { "poison": span("share", 0.5), "bot": span("perSecond", 20.0),
                    "burst": span("factor", 10.0) },
    });
    let (keep, generator) = until(settings, 60);
    let start = generator.config().start();
    let mut seen = [0; 2];
    for record in &keep.records {
        let at = record.arrival.0 - start.0;
        if record.faults.contains(Fault::Bot) || record.faults.contains(Fault::Poison) {
            assert!((20_000_000..30_000_000).contains(&at), "{at}");
            seen[0] += 1;
        }
        // A burst's sessions start in its span, but last longer.
        if record.faults.contains(Fault::Burst) && record.text().contains("[\"home\"]") {
            assert!((20_000_000..30_000_000).contains(&at), "{at}");
            seen[1] += 1;
        }
    }
    assert!(seen[0] > 200 && seen[1] > 1_000, "{seen:?}");
}

#[test]
fn an_outage_holds_one_partition_back_in_order() {
    let settings = json!({
        "sessionsPerSecond": 30, "faults": { "missingKey": 0.1 }, "delay": { "medianMs": 0 },
        "outages": [{ "partition": 2, "from": "30s", "for": "30s" }],
    });
    let (keep, generator) = until(settings, 90);
    let start = generator.config().start().0;
    let (mut during, mut last) = (0, 0);
    for record in &keep.records {
        let partition = record.sticky.unwrap_or_else(|| {
            partition_for_key(record.key.as_deref().expect("a key").as_bytes(), 4)
        });
        let arrival = record.arrival.0 - start;
        let dark = (30_000_000..60_000_000).contains(&arrival);
        if partition.0 == 2 {
            assert!(!dark, "{arrival}");
            if !record.text().contains("\"session\"") {
                assert!(record.event_time.0 >= last, "the order of a partition is kept");
                last = record.event_time.0;
            }
        } else {
            during += i32::from(dark);
        }
    }
    assert!(during > 1_000);
    assert!(generator.counters().held_by_outage > 300);
}

#[test]
fn disorder_is_what_was_asked_for() {
    let settings = json!({
        "sessionsPerSecond": 30, "delay": { "medianMs": 100, "sigma": 0.5 },
        "tail": { "share": 0.05, "medianSeconds": 30, "sigma": 0.1 },
        "skew": { "share": 0.1, "offset": "10m" },
    });
    let (keep, generator) = until(settings, 300);
    let clicks: Vec<i64> = keep
        .records
        .iter()
        .filter(|record| record.text().contains("\"click\""))
        .map(|record| record.arrival.0 - record.event_time.0)
        .collect();
    let share = |test: fn(i64) -> bool| {
        clicks.iter().filter(|delay| test(**delay)).count() as f64 / clicks.len() as f64
    };
    let skewed = share(|delay| delay < -500_000_000);
    assert!((skewed - 0.1).abs() < 0.03, "{skewed}");
    let late = share(|delay| (20_000_000..60_000_000).contains(&delay));
    assert!((late - 0.045).abs() < 0.01, "{late}");
    let quick = share(|delay| (0..100_000).contains(&delay));
    assert!((quick - 0.5 * 0.9 * 0.95).abs() < 0.03, "{quick}");
    let counters = generator.counters();
    assert!(counters.skewed > 0 && counters.tail > 0);
}

#[test]
fn arrivals_never_go_back() {
    let settings = json!({ "faults": all_faults(), "tail": { "share": 0.1 } });
    let (keep, _) = until(settings, 60);
    assert!(keep.records.is_sorted_by_key(|record| record.arrival));
}

#[test]
fn memory_is_bounded_and_what_the_bounds_do_is_counted() {
    let config = crate::common::changed(|tree| {
        tree["General"]["maxSessions"] = json!(100);
        tree["Streamglass"] = json!({
            "sessionsPerSecond": 50, "maxPending": 1_000,
            "delay": { "medianMs": 3_600_000 }, "faults": { "burst": { "factor": 3 } },
        });
    });
    let mut generator = streamglass::clickstream::Generator::new(config, streamglass::rng::Seed(1));
    for _ in 0..100 {
        generator.run(END, 200, &mut Nothing);
        assert!(generator.open_sessions() <= 200);
        assert!(generator.counters().in_flight() <= 1_010);
    }
    let counters = generator.counters();
    assert!(counters.sessions.refused > 1_000 && counters.burst_sessions.refused > 1_000);
    assert!(counters.delay_cut > 10_000, "{counters:?}");
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_generator_counters() {
    let properties: [fn(); 1] = [delivered_is_sent_without_dropped_and_with_duplicated];
    crate::soak::soak("counters of the source", &properties);
}
