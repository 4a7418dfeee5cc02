//! Same seed, same bytes, however the run is cut.

use proptest::prelude::*;
use serde_json::{Value, json};
use streamglass::clickstream::{FaultKind, Setting};

use crate::common::{Digest, END, Keep, Nothing, generator, keep};

fn everything() -> Value {
    json!({
        "sessionsPerSecond": 20, "delay": { "medianMs": 300, "sigma": 1.2 },
        "tail": { "share": 0.02, "medianSeconds": 60, "sigma": 1 },
        "skew": { "share": 0.01, "offset": "10m" },
        "outages": [{ "partition": 1, "from": "20s", "for": "30s" }],
        "schedule": [{ "mode": "special", "from": "08:01", "to": "08:02" }],
        "faults": {
            "duplicate": 0.02, "drop": 0.02, "malformed": 0.02, "missingKey": 0.02, "poison": 0.02,
            "bot": { "perSecond": 5, "from": "10s", "for": "40s" },
            "burst": { "factor": 3, "from": "30s", "for": "20s" },
        },
    })
}

/// These are the bytes of a seed. Another digest is another clickstream: that is a breaking change.
#[test]
fn golden_digests() {
    for (name, settings, expect) in [
        ("default", json!({}), 0x11c4_3a8f_0445_5614),
        ("everything", everything(), 0xf056_48cd_753f_e88b),
        ("random-pick", json!({ "pacing": "random-pick" }), 0x672d_da42_108f_6dc3),
    ] {
        let mut digest = Digest::NEW;
        generator(settings, 42).run(END, 20_000, &mut digest);
        assert_eq!(digest.0, expect, "{name}: {:#018x}", digest.0);
    }
}

#[test]
fn seeds_differ() {
    assert_ne!(keep(json!({}), 1, 100).truth, keep(json!({}), 2, 100).truth);
}

#[test]
fn a_longer_run_begins_with_the_bytes_of_a_shorter_one() {
    let (short, long) = (keep(everything(), 3, 2_000), keep(everything(), 3, 5_000));
    assert_eq!(short.records, long.records[..2_000]);
    assert_eq!(short.truth, long.truth[..short.truth.len()]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn chunks_do_not_matter(
        chunks in prop::collection::vec((0_i64..3_000_000, 0_u64..400), 1..60),
        random_pick in any::<bool>(),
    ) {
        let settings = || if random_pick { json!({ "pacing": "random-pick" }) } else { everything() };
        let mut cut = generator(settings(), 5);
        let (mut digest, mut records) = (Digest::NEW, 0);
        for (micros, most) in chunks {
            records += cut.run(cut.now().plus(micros), most, &mut digest);
        }
        let mut whole = Digest::NEW;
        prop_assert_eq!(generator(settings(), 5).run(END, records, &mut whole), records);
        prop_assert_eq!(digest, whole);
    }
}

#[test]
fn a_clone_goes_on_as_the_original_does() {
    for settings in [everything(), json!({ "pacing": "random-pick" })] {
        let mut original = generator(settings, 9);
        original.run(END, 3_000, &mut Nothing);
        let mut clone = original.clone();
        let (mut first, mut second) = (Digest::NEW, Digest::NEW);
        // The original runs first, so that what they share has changed when the clone starts.
        original.run(END, 10_000, &mut first);
        clone.run(END, 10_000, &mut second);
        assert_eq!(first, second);
        assert_eq!(original.counters(), clone.counters());
    }
}

#[test]
fn settings_at_the_same_virtual_time_give_the_same_run() {
    let run = |chunk: i64| {
        let mut generator = generator(json!({}), 4);
        let mut digest = Digest::NEW;
        let start = generator.now();
        for (seconds, setting) in [
            (30, Setting::SessionRate(40.0)),
            (60, Setting::Mode(Some("special".to_owned()))),
            (70, Setting::Fault { kind: FaultKind::Burst, rate: 4.0 }),
            (80, Setting::Outage { partition: 2, seconds: 10.0 }),
            (90, Setting::Fault { kind: FaultKind::Bot, rate: 20.0 }),
            (120, Setting::Fault { kind: FaultKind::Bot, rate: 0.0 }),
        ] {
            let until = start.plus(seconds * 1_000_000);
            while generator.now() < until {
                let next = generator.now().plus(chunk).min(until);
                generator.run(next, u64::MAX, &mut digest);
            }
            generator.apply(&setting).expect("valid");
        }
        generator.run(start.plus(150_000_000), u64::MAX, &mut digest);
        digest
    };
    assert_eq!(run(1_000_000_000), run(333_333));
}

#[test]
fn nothing_arrives_before_the_next_step() {
    let mut generator = generator(everything(), 6);
    for _ in 0..2_000 {
        let next = generator.next_step().expect("there is always a next session");
        let mut keep = Keep::default();
        generator.run(END, 1, &mut keep);
        assert!(keep.records[0].arrival >= next);
    }
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_generator_chunks() {
    crate::soak::soak("runs cut into chunks", &[chunks_do_not_matter]);
}
