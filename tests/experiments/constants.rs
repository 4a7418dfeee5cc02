//! The constants of the cost model: every default is stated here once more, and what follows from it
//! is reckoned, so that none can change unseen.

use super::{HOUR, open, run};
use streamglass::experiment::catalogue;

#[test]
fn defaults_are_the_stated_ones() {
    let all = catalogue();
    let crash = all.iter().find(|info| info.name == "crash").expect("it is there");
    let default = |name: &str| {
        let knob = crash.knobs.iter().find(|knob| knob.name == name);
        knob.unwrap_or_else(|| panic!("no knob {name}")).default.clone()
    };
    for (name, expect) in [
        ("throughput", "2000"),
        ("workers", "1"),
        ("startup", "30s"),
        ("worker-price", "0.192"),
        ("storage-price", "0.08"),
        ("event-bytes", "900"),
        ("scan-rate", "1000000"),
        ("write-capacity", "1000"),
        ("stream-lag", "1s"),
        ("grace", "10m"),
        ("period", "1h"),
        ("session-gap", "30m"),
    ] {
        assert_eq!(default(name), expect, "{name}");
    }
}

#[test]
fn every_lane_pays_for_its_own_copy() {
    let settings = [("source", "constant"), ("rate", "10"), ("window", "1m")];
    let report = run("batch-staleness", &settings, 2 * HOUR);
    // 71,999 events of 900 bytes, and 8 bytes for each of 7 groups in as many windows as it reaches.
    let events = 900 * 71_999;
    let views = [&report.summary.batch_etl, &report.summary.lambda, &report.summary.kappa]
        .map(|lane| lane.stored_bytes - events);
    let window = 7 * 8;
    // The last batch ended at 1:30; lambda has two views and kappa one.
    assert_eq!(views[0], 90 * window);
    assert_eq!(views[2], 120 * window);
    assert!((120 * window..=360 * window).contains(&views[1]), "{views:?}");
}

#[test]
fn prices_follow_from_work_and_storage() {
    // Kappa works 2 ms of every 100 ms; a worker costs a dollar an hour.
    let settings = [
        ("source", "constant"),
        ("rate", "10"),
        ("throughput", "500"),
        ("worker-price", "100"),
        ("storage-price", "0"),
    ];
    let mut simulation = open("batch-staleness", 7, &settings, 10 * HOUR);
    simulation.advance(10 * HOUR, u64::MAX);
    let card = simulation.verdict(None).score_card;
    assert!(card[2].text.contains("cost $20.00"), "{}", card[2].text);
    let settings = [
        ("source", "constant"),
        ("rate", "10"),
        ("event-bytes", "100000"),
        ("worker-price", "0"),
        ("storage-price", "72"),
    ];
    let mut simulation = open("batch-staleness", 7, &settings, 10 * HOUR);
    simulation.advance(10 * HOUR, u64::MAX);
    let card = simulation.verdict(None).score_card;
    // 36 GB for a 72nd of 30 days at 72 dollars.
    assert!(card[2].text.contains("cost $36.0"), "{}", card[2].text);
}

#[test]
fn settings_that_make_no_sense_are_refused_at_their_knob() {
    let refused = |name: &str, settings: &[(&str, &str)], knob: &str| {
        let owned: Vec<_> =
            settings.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let seed = streamglass::rng::Seed(1);
        let problems = streamglass::experiment::Simulation::open(name, seed, &owned, None)
            .err()
            .unwrap_or_else(|| panic!("{settings:?} is taken"));
        assert!(problems.iter().any(|p| p.knob == knob), "{settings:?}: {problems:?}");
    };
    refused("crash", &[("period", "0s")], "period");
    refused("crash", &[("retention", "1h"), ("grace", "2h")], "grace");
    refused("crash", &[("rate", "10000"), ("sample", "1")], "rate");
    refused("crash", &[("recompute", "10m")], "recompute");
    refused("crash", &[("window", "1ms")], "window");
    refused("crash", &[("overlap", "1h")], "overlap");
    refused("crash", &[("sketch", "2")], "sketch");
    refused("crash", &[("nonsense", "2")], "nonsense");
    refused("crash", &[("grace", "soon")], "grace");
    refused("none", &[], "");
}
