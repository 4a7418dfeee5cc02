//! #3 and #4: events at the seam of lambda's layers, and batches that come to nothing. Events come
//! every 100 ms here, so that they can be counted by hand.

use super::world::{Lateness, World, count, seen};
use super::{HOUR, MINUTE, close, measured, run};

const STEADY: [(&str, &str); 2] = [("source", "constant"), ("rate", "10")];

fn seam(settings: &[(&str, &str)]) -> f64 {
    let settings = [&STEADY, settings].concat();
    let report = run("hand-off", &settings, 4 * HOUR + HOUR / 2);
    let last = report.samples.last().expect("it has samples");
    let (lambda, kappa) = (last.lambda.answer, last.kappa.answer);
    // Kappa has the same lag, and no seam.
    let off = lambda.expect("an answer") - kappa.expect("an answer");
    assert_eq!(measured(&report, "clicks that the seam"), Some(off));
    off
}

#[test]
fn an_overlap_counts_its_events_twice_and_a_gap_misses_its_own() {
    for seconds in [1_i64, 30, 60, 600] {
        assert_eq!(seam(&[("overlap", &format!("{seconds}s"))]), 10.0 * seconds as f64);
        assert_eq!(seam(&[("overlap", &format!("-{seconds}s"))]), -10.0 * seconds as f64);
    }
    assert_eq!(seam(&[("overlap", "0s")]), 0.0);
}

#[test]
fn batch_ids_miss_what_arrives_after_its_batch_and_offsets_nothing() {
    // What happened in the last 5 s before the batch arrives after it has begun.
    for (hand_off, delay, expect) in [
        ("by-batch-id", "0s", 0.0),
        ("by-batch-id", "5s", -50.0),
        ("by-offset", "5s", 0.0),
        ("by-offset", "0s", 0.0),
    ] {
        assert_eq!(seam(&[("hand-off", hand_off), ("delay", delay)]), expect, "{hand_off} {delay}");
    }
}

#[test]
fn united_sets_forgive_an_overlap_and_not_a_gap() {
    let users = [("question", "users"), ("window", "5m"), ("users", "3000")];
    let off = |overlap: &str, unite: &str| {
        let own = [("overlap", overlap), ("unite", unite)];
        let settings = [&STEADY[..], &users, &own].concat();
        let report = run("hand-off", &settings, 2 * HOUR + HOUR / 2);
        let last = report.samples.last().expect("it has samples");
        last.lambda.answer.expect("an answer") - last.kappa.answer.expect("an answer")
    };
    assert_eq!(off("2m", "on"), 0.0);
    assert!(off("2m", "off") > 100.0, "adding counts a user on both sides twice");
    assert!(off("-2m", "on") < -100.0);
}

#[test]
fn a_missing_batch_is_missed_by_who_never_looks_back() {
    // An hour has 36,000 events; an event at the very start is the last of the hour before.
    let short = |recompute: &str, times: i32| {
        let own = [("recompute", recompute), ("times", &*times.to_string())];
        let report = run("missing-batch", &[&STEADY[..], &own].concat(), 6 * HOUR);
        let batch = measured(&report, "events that batch ETL is short of").expect("counted");
        assert_eq!(report.summary.batch_etl.lost, Some(batch as u64));
        let lambda = measured(&report, "events that lambda is short of").expect("counted");
        assert_eq!(report.summary.lambda.lost, Some(lambda as u64));
        (batch, lambda)
    };
    assert_eq!(short("1h", 1), (36_000.0, 36_000.0));
    assert_eq!(short("1h", 2), (72_000.0, 72_000.0));
    assert_eq!(short("0s", 1), (36_000.0, 0.0), "a full recompute heals");
}

#[test]
fn until_the_next_batch_a_full_recompute_is_short_too() {
    let settings = [&STEADY[..], &[("recompute", "0s")]].concat();
    let report = run("missing-batch", &settings, 6 * HOUR);
    let off = |at: i64| {
        let sample = report.samples.iter().find(|sample| sample.t >= at).expect("sampled");
        sample.kappa.answer.expect("an answer") - sample.lambda.answer.expect("an answer")
    };
    close(off(2 * HOUR + HOUR / 2), 0.0, 0.0);
    close(off(3 * HOUR + HOUR / 2), 36_000.0, 0.0);
    close(off(4 * HOUR + HOUR / 2), 0.0, 0.0);
}

#[test]
fn a_batch_waits_for_late_events_as_long_as_its_cut_off() {
    let end = 3 * HOUR + HOUR / 2;
    let late = (0.2, 10.0 * MINUTE as f64, Lateness::Constant);
    let events = World { late, ..World::STEADY }.events(end);
    for (cut_off, minutes) in [("0s", 0), ("4m", 4), ("9m", 9), ("12m", 12)] {
        let own = [
            ("hand-off", "by-batch-id"),
            ("cut-off", cut_off),
            ("late-share", "20%"),
            ("late-mean", "10m"),
            ("late-delay", "constant"),
            ("grace", "1h"),
        ];
        let report = run("hand-off", &[&STEADY[..], &own].concat(), end);
        // What happened before the last batch's boundary and came after it had started.
        let boundary = 3 * HOUR - minutes * MINUTE;
        let missed = count(&events, |event| {
            event.event < boundary && event.arrival >= 3 * HOUR && seen(event.arrival, end)
        });
        assert_eq!(missed > 100.0, minutes < 10);
        let all = count(&events, |event| seen(event.arrival, end));
        let last = report.samples.last().expect("it has samples");
        close(last.kappa.answer.expect("an answer"), all, 2.0);
        close(last.lambda.answer.expect("an answer"), all - missed, 2.0);
    }
}
