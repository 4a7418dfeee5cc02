//! Settings that change while a run goes on.

use serde_json::{Value, json};
use streamglass::clickstream::{
    FaultKind, LogNormal, Setting, SettingError, Skew, SourceCounters, Tail,
};

use crate::common::{Keep, Nothing, generator};

fn counters_after(settings: Value, changes: &[Setting], seconds: i64) -> SourceCounters {
    let mut generator = generator(settings, 31);
    for change in changes {
        generator.apply(change).expect("valid");
    }
    generator.run(generator.now().plus(seconds * 1_000_000), u64::MAX, &mut Nothing);
    generator.counters()
}

#[test]
fn the_rate_of_sessions_changes_at_once() {
    let started = |rate: f64| {
        counters_after(json!({}), &[Setting::SessionRate(rate)], 300).sessions.started as f64
    };
    assert_eq!(started(0.0), 0.0);
    let ratio = started(40.0) / started(10.0);
    assert!((ratio - 4.0).abs() < 0.3, "{ratio}");
}

#[test]
fn every_fault_can_be_turned_on() {
    let on = |kind, rate| counters_after(json!({}), &[Setting::Fault { kind, rate }], 100);
    assert!(on(FaultKind::Duplicate, 0.5).duplicated > 100);
    assert!(on(FaultKind::Drop, 0.5).dropped > 100);
    assert!(on(FaultKind::Malformed, 0.5).malformed_cut > 50);
    assert!(on(FaultKind::MissingKey, 0.5).missing_key > 100);
    assert!(on(FaultKind::Poison, 0.5).poison > 100);
    assert!(on(FaultKind::Bot, 5.0).bot > 400);
    assert!(on(FaultKind::Burst, 3.0).burst_sessions.started > 1_000);
    let delay = LogNormal { median_seconds: 60.0, sigma: 1.0 };
    let tail = Setting::Tail(Tail { share: 0.5, delay });
    assert!(counters_after(json!({}), &[tail], 100).tail > 100);
    let skew = Setting::Skew(Skew { share: 0.5, offset_micros: -1_000_000 });
    assert!(counters_after(json!({}), &[skew], 100).skewed > 100);
    let outage = Setting::Outage { partition: 3, seconds: 50.0 };
    assert!(counters_after(json!({}), &[outage], 100).held_by_outage > 100);
    let slow = LogNormal { median_seconds: 1_000.0, sigma: 0.0 };
    assert_eq!(counters_after(json!({}), &[Setting::Delay(slow)], 100).delivered, 0);
}

#[test]
fn a_fault_that_is_turned_off_leaves_the_truth_as_it_was() {
    let run = |changes: [Option<Setting>; 2]| {
        let (mut keep, mut generator) = (Keep::default(), generator(json!({}), 32));
        for change in changes {
            if let Some(change) = change {
                generator.apply(&change).expect("valid");
            }
            generator.run(generator.now().plus(60_000_000), u64::MAX, &mut keep);
        }
        keep.truth
    };
    let burst = |rate| Some(Setting::Fault { kind: FaultKind::Burst, rate });
    assert!(run([None, None]) == run([burst(5.0), burst(1.0)]));
}

#[test]
fn a_mode_overrides_the_schedule_until_it_is_given_back() {
    let config = || json!({ "sessionsPerSecond": 50 });
    let displays = |mode: Option<&str>| {
        let (mut keep, mut generator) = (Keep::default(), generator(config(), 33));
        generator.apply(&Setting::Mode(Some("special".to_owned()))).expect("a mode");
        generator.apply(&Setting::Mode(mode.map(str::to_owned))).expect("a mode");
        generator.run(generator.now().plus(60_000_000), u64::MAX, &mut keep);
        let first = |line: &&String| line.contains("\"statesVisited\": [\"home\"]");
        let all = keep.truth.iter().filter(first).count() as f64;
        let display = keep.truth.iter().filter(first).filter(|l| l.contains("\"display\"")).count();
        display as f64 / all
    };
    assert!((displays(Some("special")) - 0.3).abs() < 0.04);
    assert!((displays(None) - 0.1).abs() < 0.03);
}

#[test]
fn settings_that_make_no_sense_are_refused_and_change_nothing() {
    let mut changed = generator(json!({}), 34);
    let slow = |median_seconds, sigma| Setting::Delay(LogNormal { median_seconds, sigma });
    for setting in [
        Setting::SessionRate(-1.0),
        Setting::SessionRate(f64::NAN),
        Setting::Mode(Some("mystery".to_owned())),
        slow(-1.0, 1.0),
        slow(1.0, f64::INFINITY),
        Setting::Outage { partition: 4, seconds: 1.0 },
        Setting::Outage { partition: 0, seconds: -1.0 },
        Setting::Fault { kind: FaultKind::Drop, rate: 1.1 },
        Setting::Fault { kind: FaultKind::Burst, rate: 0.5 },
        Setting::Skew(Skew { share: 0.5, offset_micros: i64::MAX }),
    ] {
        assert!(changed.apply(&setting).is_err(), "{setting:?}");
    }
    let mut untouched = generator(json!({}), 34);
    let (mut first, mut second) = (Keep::default(), Keep::default());
    changed.run(crate::common::END, 1_000, &mut first);
    untouched.run(crate::common::END, 1_000, &mut second);
    assert_eq!(first.records, second.records);
    let mut picks = generator(json!({ "pacing": "random-pick" }), 1);
    assert_eq!(picks.apply(&Setting::SessionRate(1.0)), Err(SettingError::NoSessionRate));
}

#[test]
fn settings_survive_writing_and_reading() {
    for setting in [
        Setting::SessionRate(12.5),
        Setting::Mode(None),
        Setting::Outage { partition: 1, seconds: 2.0 },
        Setting::Fault { kind: FaultKind::MissingKey, rate: 0.25 },
    ] {
        let text = serde_json::to_string(&setting).expect("text");
        assert_eq!(serde_json::from_str::<Setting>(&text).expect("a setting"), setting, "{text}");
    }
}
