//! Every default is stated here once more, so that none can change unseen: those that most experiments
//! have, what each preset sets besides, what the buttons do.

use streamglass::architecture::Operation;
use streamglass::experiment::knob::duration;
use streamglass::experiment::{EXPERIMENTS, operations};

const USUAL: &[(&str, &str)] = &[
    ("rate", "10"),
    ("guarantee", "exactly-once"),
    ("checkpoint", "10s"),
    ("startup", "30s"),
    ("at", "90m"),
    ("question", "clicks"),
    ("window", "1m"),
    ("source", "poisson"),
    ("users", "100000"),
    ("sample", "0"),
    ("period", "1h"),
    ("run-time", "5m"),
    ("recompute", "0s"),
    ("cut-off", "0s"),
    ("stream-lag", "1s"),
    ("grace", "10m"),
    ("replay-grace", "1d"),
    ("hand-off", "by-offset"),
    ("overlap", "0s"),
    ("sketch", "0"),
    ("unite", "on"),
    ("delay", "0s"),
    ("late-share", "0%"),
    ("late-mean", "10m"),
    ("late-delay", "exponential"),
    ("drops", "0%"),
    ("duplicates", "0%"),
    ("bad", "0%"),
    ("in-place", "off"),
    ("emit", "changes"),
    ("heartbeat", "0s"),
    ("silence", "8m"),
    ("fix", "both"),
    ("replay", "on"),
    ("retention", "0s"),
    ("segment", "1h"),
    ("archive", "off"),
    ("seeded", "off"),
    ("throughput", "2000"),
    ("workers", "1"),
    ("worker-price", "0.192"),
    ("storage-price", "0.08"),
    ("event-bytes", "900"),
    ("query-rate", "0"),
    ("query-rows", "20000"),
    ("scan-rate", "1000000"),
    ("write-capacity", "1000"),
    ("after", "1h"),
    ("times", "1"),
    ("session-gap", "30m"),
];

/// An experiment, how long it is, what it sets besides.
type Preset = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

#[test]
fn presets_are_the_stated_ones() {
    let stated: &[Preset] = &[
        (
            "oltp-direct",
            "6h",
            &[("rate", "50"), ("query-rate", "5"), ("query-rows", "100000"), ("run-time", "0s")],
        ),
        ("batch-staleness", "1d", &[("rate", "1"), ("period", "30m")]),
        ("speed-layer", "12h", &[("rate", "5"), ("run-time", "10m"), ("stream-lag", "5s")]),
        (
            "hand-off",
            "270m",
            &[("hand-off", "by-event-time"), ("overlap", "1m"), ("source", "clickstream")],
        ),
        ("missing-batch", "6h", &[("recompute", "1h"), ("at", "150m"), ("source", "clickstream")]),
        ("logic-drift", "8h", &[("fix", "speed"), ("replay", "off"), ("at", "210m")]),
        (
            "reprocess",
            "6h",
            &[
                ("rate", "20"),
                ("throughput", "100"),
                ("at", "230m"),
                ("run-time", "0s"),
                ("after", "2h"),
            ],
        ),
        (
            "switch-over",
            "4h",
            &[
                ("rate", "20"),
                ("throughput", "100"),
                ("at", "2h"),
                ("after", "10m"),
                ("run-time", "0s"),
            ],
        ),
        ("retention", "12h", &[("retention", "4h"), ("at", "510m"), ("after", "6h")]),
        (
            "late-data",
            "8h",
            &[
                ("window", "5m"),
                ("recompute", "1h"),
                ("grace", "5m"),
                ("late-share", "5%"),
                ("at", "6h"),
                ("rate", "20"),
            ],
        ),
        ("idle-stream", "4h", &[("emit", "final"), ("at", "2h")]),
        (
            "crash",
            "4h",
            &[
                ("guarantee", "at-least-once"),
                ("checkpoint", "5m"),
                ("at", "6200s"),
                ("source", "clickstream"),
            ],
        ),
        ("bad-data", "6h", &[("bad", "3%"), ("in-place", "on"), ("at", "200m")]),
        (
            "cost",
            "1d",
            &[("rate", "5"), ("at", "12h"), ("after", "2h"), ("times", "3"), ("run-time", "0s")],
        ),
        (
            "distinct",
            "12h",
            &[
                ("rate", "20"),
                ("users", "20000"),
                ("period", "6h"),
                ("sketch", "6"),
                ("question", "users"),
            ],
        ),
    ];
    assert_eq!(EXPERIMENTS.len(), stated.len());
    for (experiment, (name, length, own)) in EXPERIMENTS.iter().zip(stated) {
        let info = experiment.info(true);
        assert_eq!((experiment.name, &*duration(info.for_ms)), (*name, *length));
        assert_eq!(info.knobs.len(), USUAL.len(), "a knob without a stated default");
        for knob in &info.knobs {
            let of = |all: &[(&str, &str)]| {
                all.iter()
                    .find(|(name, _)| *name == knob.name)
                    .map(|(_, value)| (*value).to_owned())
            };
            let expect = of(own).or_else(|| of(USUAL)).expect("it is stated");
            assert_eq!(knob.default, expect, "{} of {name}", knob.name);
        }
    }
}

#[test]
fn buttons_do_what_they_say() {
    const MINUTE: i64 = 60_000;
    for (key, share, mean, length) in [
        ("late", 0.03, 6 * MINUTE, 30 * MINUTE),
        ("duplicates", 0.05, 0, 30 * MINUTE),
        ("drops", 0.05, 0, 30 * MINUTE),
        ("bad-data", 0.05, 0, 30 * MINUTE),
        ("outage", 0.0, 0, 10 * MINUTE),
        ("silence", 0.0, 0, 20 * MINUTE),
    ] {
        let found = match operations::parse(key).expect("it is a button") {
            Operation::LateData { share, mean_ms, for_ms } => (share, mean_ms, for_ms),
            Operation::Duplicates { share, for_ms }
            | Operation::Drops { share, for_ms }
            | Operation::BadData { share, for_ms } => (share, 0, for_ms),
            Operation::Outage { for_ms } | Operation::Silence { for_ms } => (0.0, 0, for_ms),
            other => panic!("{key} is {other:?}"),
        };
        assert_eq!(found, (share, mean, length), "{key}");
    }
}
