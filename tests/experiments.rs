//! The experiments from outside: each against its closed form, reckoned here; random settings and
//! faults judged by the checkers; the same report however a run is cut.

#[path = "experiments/constants.rs"]
mod constants;
#[path = "experiments/defaults.rs"]
mod defaults;
#[path = "experiments/determinism.rs"]
mod determinism;
#[path = "experiments/faults.rs"]
mod faults;
#[path = "experiments/logic.rs"]
mod logic;
#[path = "experiments/presets.rs"]
mod presets;
#[path = "experiments/random.rs"]
mod random;
#[path = "experiments/reprocessing.rs"]
mod reprocessing;
#[path = "experiments/seams.rs"]
mod seams;
#[path = "experiments/sessions.rs"]
mod sessions;
#[path = "experiments/staleness.rs"]
mod staleness;
#[path = "experiments/time.rs"]
mod time;
#[path = "experiments/work.rs"]
mod work;
#[path = "experiments/world.rs"]
mod world;

use streamglass::architecture::report::Report;
use streamglass::experiment::Simulation;
use streamglass::rng::Seed;

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;

fn open(name: &str, seed: u64, settings: &[(&str, &str)], for_ms: i64) -> Simulation {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let settings: Vec<_> = settings.iter().map(owned).collect();
    match Simulation::open(name, Seed(seed), &settings, Some(for_ms)) {
        Ok(simulation) => simulation,
        Err(problems) => panic!("{name}: {problems:?}"),
    }
}

/// A whole run, in which everything expected and every checker must hold.
fn run(name: &str, settings: &[(&str, &str)], for_ms: i64) -> Report {
    let mut simulation = open(name, 7, settings, for_ms);
    assert!(simulation.advance(for_ms, u64::MAX));
    let report = simulation.report();
    for row in &report.expected {
        assert!(row.held, "{name} {settings:?}: {row:?}");
    }
    for check in &report.checkers {
        assert!(check.held, "{name} {settings:?}: {check:?}");
    }
    report
}

/// What was measured under a name that begins so.
fn measured(report: &Report, name: &str) -> Option<f64> {
    let row = report.expected.iter().find(|row| row.name.starts_with(name));
    row.unwrap_or_else(|| panic!("no `{name}` in {:?}", report.expected)).measured
}

#[track_caller]
fn close(found: f64, expect: f64, tolerance: f64) {
    assert!((found - expect).abs() <= tolerance, "{found} instead of {expect} ± {tolerance}");
}
