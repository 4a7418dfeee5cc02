//! Random settings and faults, judged by the checkers. A failure prints the command that replays it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use streamglass::architecture::{Operation, Path, SwitchWhen};
use streamglass::experiment::protocol::Logged;
use streamglass::experiment::{EXPERIMENTS, Simulation};
use streamglass::rng::{Seed, Stream};

use super::MINUTE;

/// How long each run is.
const LENGTH: i64 = 40 * MINUTE;

/// One of some.
fn one<T: Clone>(draws: &mut Stream, of: &[T]) -> T {
    of[draws.below(of.len() as u32) as usize].clone()
}

fn settings(draws: &mut Stream) -> Vec<(String, String)> {
    let all: [(&str, &[&str]); 32] = [
        ("question", &["clicks", "clicks", "users", "conversion", "session-length"]),
        ("session-gap", &["30m", "2m"]),
        ("window", &["1m", "5m", "30s", "10m", "0s"]),
        ("source", &["clickstream", "poisson", "constant"]),
        ("rate", &["0.5", "2", "7"]),
        ("users", &["50", "2000"]),
        ("period", &["5m", "10m", "15m"]),
        ("run-time", &["0s", "1m", "6m", "12m"]),
        ("recompute", &["0s", "0s", "15m"]),
        ("cut-off", &["0s", "1m"]),
        ("stream-lag", &["0s", "1s", "20s"]),
        ("grace", &["0s", "30s", "10m", "6h"]),
        ("hand-off", &["by-offset", "by-offset", "by-batch-id", "by-event-time"]),
        ("overlap", &["0s", "20s", "-20s"]),
        ("sketch", &["0", "0", "8"]),
        ("unite", &["on", "off"]),
        ("delay", &["0s", "3s"]),
        ("late-share", &["0", "5%"]),
        ("late-delay", &["exponential", "uniform", "constant", "log-normal"]),
        ("drops", &["0", "2%"]),
        ("duplicates", &["0", "2%"]),
        ("guarantee", &["at-most-once", "at-least-once", "exactly-once"]),
        ("checkpoint", &["5s", "17s", "3m"]),
        ("throughput", &["5", "50", "2000"]),
        ("seeded", &["off", "on"]),
        ("emit", &["changes", "changes", "final"]),
        ("heartbeat", &["0s", "0s", "7s", "1m"]),
        ("retention", &["0s", "0s", "15m", "5m"]),
        ("segment", &["1m", "5m"]),
        ("archive", &["off", "on"]),
        ("bad", &["0", "0", "3%"]),
        ("in-place", &["off", "on"]),
    ];
    let pair =
        |(name, values): &(&str, &[&str])| ((*name).to_owned(), one(draws, values).to_owned());
    all.iter().map(pair).collect()
}

fn operation(draws: &mut Stream) -> Operation {
    let paths = [
        vec![Path::Etl],
        vec![Path::Batch],
        vec![Path::Speed],
        vec![Path::Stream],
        Path::ALL.to_vec(),
    ];
    let (paths, share) = (one(draws, &paths), one(draws, &[0.02, 0.5]));
    let for_ms = one(draws, &[MINUTE, 10 * MINUTE]);
    match draws.below(16) {
        0 => Operation::DeployBug { paths },
        1 => Operation::Fix { paths, reprocess: true },
        2 => Operation::Fix { paths, reprocess: false },
        3 => Operation::Switch { when: SwitchWhen::Now },
        4 => Operation::Switch { when: SwitchWhen::CaughtUp },
        5 => Operation::Revert,
        6 => Operation::DropOld,
        7 | 8 => Operation::Crash,
        9 => Operation::Outage { for_ms },
        10 => Operation::Silence { for_ms },
        11 => Operation::LateData { share, mean_ms: 3 * MINUTE, for_ms },
        12 => Operation::Duplicates { share, for_ms },
        13 => Operation::Drops { share, for_ms },
        14 => Operation::BadData { share, for_ms },
        _ => Operation::MissBatch,
    }
}

/// One run of its own; gives what the checkers found, and the command that replays it.
fn one_run(number: u64) -> Result<(), String> {
    let mut draws = Seed(2_026).stream_of("random run", number);
    let experiment = EXPERIMENTS[draws.below(EXPERIMENTS.len() as u32) as usize];
    // Settings that are refused are drawn again.
    let mut simulation = loop {
        let (settings, seed) = (settings(&mut draws), Seed(draws.bits() >> 11));
        if let Ok(simulation) = Simulation::open(experiment.name, seed, &settings, Some(LENGTH)) {
            break simulation;
        }
    };
    let mut log = simulation.log().to_vec();
    for _ in 0..draws.below(6) {
        let at_ms = i64::from(draws.below(LENGTH as u32));
        log.push(Logged { at_ms, operation: operation(&mut draws), preset: false });
    }
    simulation.replay(log);
    let command = simulation.command();
    let run = AssertUnwindSafe(|| {
        let end = simulation.end_ms();
        simulation.advance(end, u64::MAX);
        simulation.checkers()
    });
    let checkers = catch_unwind(run).map_err(|_| format!("it panicked: {command}"))?;
    match checkers.iter().find(|check| !check.held) {
        Some(check) => Err(format!("{}: {}\n{command}", check.name, check.detail)),
        None => Ok(()),
    }
}

/// Runs of these numbers, on all cores, until one fails or `more` says that it is enough.
fn runs(numbers: std::ops::Range<u64>, more: impl Fn() -> bool + Sync) -> u64 {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (next, failed) = (AtomicU64::new(numbers.start), Mutex::new(None));
    let work = || {
        while failed.lock().expect("no panic holds it").is_none() && more() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end {
                break;
            }
            if let Err(why) = one_run(number) {
                let mut failed = failed.lock().expect("no panic holds it");
                failed.get_or_insert(format!("run {number}: {why}"));
            }
        }
    };
    std::thread::scope(|scope| {
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    if let Some(why) = failed.into_inner().expect("no panic holds it") {
        panic!("{why}");
    }
    next.into_inner().min(numbers.end) - numbers.start
}

#[test]
fn a_thousand_random_runs_hold_what_must_hold() {
    assert_eq!(runs(0..1_000, || true), 1_000);
}

/// As many runs as `STREAMGLASS_SOAK_RUNS` says, however long they take; otherwise up to 100,000, as
/// the time allows.
#[test]
#[ignore = "long"]
#[allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a test that runs for a time")]
fn soak_random_runs() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let most = number("STREAMGLASS_SOAK_RUNS");
    let seconds = number("STREAMGLASS_SOAK_SECONDS").unwrap_or(10);
    let begun = std::time::Instant::now();
    let more = || most.is_some() || begun.elapsed().as_secs() < seconds;
    let done = runs(1_000..1_000 + most.unwrap_or(100_000), more);
    eprintln!("{done} random runs in {:.0} s", begun.elapsed().as_secs_f64());
}

/// While the source is cut off, heartbeats go on closing sessions; what comes behind them then begins
/// sessions anew, which a fold over the events would not.
#[test]
fn sessions_that_heartbeats_close_are_not_held_against_kappa() {
    for (heartbeat, said) in [("0s", "windows are equal"), ("7s", "does not apply")] {
        let set = [
            ("question", "session-length"),
            ("session-gap", "2m"),
            ("grace", "10s"),
            ("rate", "0.5"),
            ("users", "50"),
            ("heartbeat", heartbeat),
        ];
        let settings = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut simulation = Simulation::open("speed-layer", Seed(7), &settings, Some(LENGTH))
            .expect("the settings make sense");
        let mut log = simulation.log().to_vec();
        let operation = Operation::Outage { for_ms: 60_000 };
        log.push(Logged { at_ms: 900_000, operation, preset: false });
        simulation.replay(log);
        simulation.advance(simulation.end_ms(), u64::MAX);
        let checkers = simulation.checkers();
        let of_kappa = checkers.iter().find(|check| check.name.starts_with("kappa's table"));
        let check = of_kappa.expect("it is there");
        assert!(check.held && check.detail.contains(said), "{heartbeat}: {}", check.detail);
    }
}
