//! The constants of the cost model and of its bounds: what follows from each is reckoned, so that none
//! can change unseen.

use super::world::World;
use super::{HOUR, MINUTE, open, run};

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

/// Bytes beside the events, of the three lanes after half an hour, of which each minute is a window.
fn beside(settings: &[(&str, &str)]) -> [u64; 3] {
    let usual = [("source", "constant"), ("rate", "10"), ("period", "10m"), ("window", "1m")];
    let report = run("batch-staleness", &[&usual[..], settings].concat(), 30 * MINUTE);
    [&report.summary.batch_etl, &report.summary.lambda, &report.summary.kappa]
        .map(|lane| lane.stored_bytes - 900 * 17_999)
}

#[test]
fn views_are_paid_by_their_cells_sets_sketches_and_sessions() {
    // The last batch ended at 20:00; two numbers for each of five channels and a minute.
    let [etl, _, kappa] = beside(&[("question", "conversion")]);
    assert_eq!((etl, kappa), (20 * 5 * 16, 30 * 5 * 16));
    // A bit for each user up to the largest, in words of 8 bytes.
    let world = World { users: 1_000, ..World::STEADY };
    let events = world.events(30 * MINUTE);
    let words = |minute: i64| {
        let of = events.iter().filter(|event| event.event / MINUTE == minute);
        of.map(|event| u64::from(event.user) / 64 + 1).max().expect("there are events")
    };
    let sets: u64 = (0..20).map(|minute| 16 + 8 * words(minute)).sum();
    let users = [("question", "users"), ("users", "1000")];
    assert_eq!(beside(&users)[0], sets);
    // Before the first batch lambda has a real-time view only: 2^6 bytes a sketch.
    let sketched = [&users[..], &[("sketch", "6"), ("period", "1h"), ("run-time", "5m")]].concat();
    assert_eq!(beside(&sketched)[1], 30 * (16 + 64));
    // A session has user, start, end and clicks.
    let sessions = [("question", "session-length"), ("session-gap", "1s"), ("users", "1000")];
    let shown: Vec<_> = events.iter().filter(|event| event.arrival < 20 * MINUTE).collect();
    let mut clicks: Vec<_> = shown.iter().map(|event| (event.user, event.event)).collect();
    clicks.sort_unstable();
    let starts = clicks.windows(2).filter(|w| w[0].0 != w[1].0 || w[1].1 - w[0].1 > 1_000);
    let count = starts.count() as u64 + 1;
    assert_eq!(beside(&sessions)[0], 16 * (20 + count));
}

#[test]
fn a_log_is_paid_by_what_retention_leaves() {
    // At 5:10 with 2 h in segments of 30 minutes: from 3:00 on.
    let settings =
        [("source", "constant"), ("rate", "10"), ("retention", "2h"), ("segment", "30m")];
    let report = run("batch-staleness", &settings, 5 * HOUR + 10 * MINUTE);
    let table = 310 * 7 * 8;
    assert_eq!(report.summary.kappa.stored_bytes, 900 * 36_000 * 130 / 60 + table);
}

#[test]
fn samples_and_notes_are_bounded() {
    let samples = |for_ms: i64| {
        let report = run("batch-staleness", &[("rate", "0.1")], for_ms);
        report.samples.len()
    };
    assert_eq!((samples(800_000), samples(801_000)), (800, 400));
    // A load and a batch every second make 7,200 notes.
    let settings = [("rate", "0.1"), ("period", "1s"), ("run-time", "100ms")];
    let mut simulation = open("batch-staleness", 7, &settings, HOUR);
    simulation.advance(HOUR, u64::MAX);
    assert_eq!(simulation.notes().len(), 2_000);
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

/// The knob's notices of a run that was opened.
fn notices(settings: &[(&str, &str)], for_ms: i64, knob: &str) -> Vec<String> {
    let opened = open("batch-staleness", 7, settings, for_ms).opened();
    opened.notices.into_iter().filter(|said| said.knob == knob).map(|said| said.message).collect()
}

#[test]
fn what_memory_holds_is_sampled_and_said() {
    // 8.6 million events of a day are simulated one by one, 10.4 million are not.
    let said = |rate: &str, question: &str| {
        let settings = [("rate", rate), ("question", question), ("source", "poisson")];
        notices(&settings, 24 * HOUR, "sample").join("")
    };
    assert_eq!(said("100", "clicks"), "");
    assert!(said("120", "clicks").starts_with("One user in 2 "), "{}", said("120", "clicks"));
    assert_eq!(said("30", "session-length"), "");
    assert!(said("36", "session-length").starts_with("One user in 2 "));
    // The standard error of a Poisson count is the root of it: of 10,000 events 1 %; clicks of the
    // site come together, of 10,000 of them 11 times as much variance.
    let error = |source: &str| {
        let settings = [("source", source), ("rate", "100"), ("sample", "36")];
        notices(&settings, HOUR, "sample").join("")
    };
    assert!(error("poisson").contains(" 1.00 %"), "{}", error("poisson"));
    assert!(error("clickstream").contains(" 3.32 %"), "{}", error("clickstream"));
}

#[test]
fn bounds_of_memory_are_where_they_are_said_to_be() {
    let opens = |settings: &[(&str, &str)], for_ms: i64| {
        let owned: Vec<_> =
            settings.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let seed = streamglass::rng::Seed(1);
        streamglass::experiment::Simulation::open("crash", seed, &owned, Some(for_ms)).is_ok()
    };
    let day = 24 * HOUR;
    // 24 million events, or 6 million of sessions, if one stands for itself.
    let events = |rate: &str, question: &str| {
        opens(&[("rate", rate), ("sample", "1"), ("question", question)], day)
    };
    assert!(events("277", "clicks") && !events("278", "clicks"));
    assert!(events("69", "session-length") && !events("70", "session-length"));
    // 200,000 windows; 45 days.
    assert!(
        opens(&[("window", "500ms")], 99_999_500) && !opens(&[("window", "500ms")], 100_000_000)
    );
    assert!(opens(&[], 45 * day) && !opens(&[], 45 * day + 1));
    // A billion bits of users: 500,000 in 2,000 windows.
    let users = |users: &str| opens(&[("question", "users"), ("users", users)], 1_999 * 60_000);
    assert!(users("500000") && !users("500001"));
}
