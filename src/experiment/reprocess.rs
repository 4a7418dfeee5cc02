//! #6: how long it takes to compute history again.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation};
use crate::architecture::{Operation, Path};
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 6,
    name: "reprocess",
    title: "Computing history again",
    question: "A bug was in the logic for hours. How long until the answer is right again?",
    text: later!(
        "A batch over N events takes u + N/(pμ). Kappa replays the same events while new ones keep coming, and catches up after u + (N + λu) / (pμ − λ): later than the batch, and never if pμ ≤ λ. Until then the old job serves, and both tables are stored."
    ),
    for_ms: 6 * HOUR_MS,
    primary: &["throughput", "workers", "startup", "rate", "at"],
    operations: &["bug", "fix-reprocess", "fix"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 20.0;
        s.throughput = 100.0;
        s.at = 3 * HOUR_MS + 50 * MINUTE_MS;
        s.after = 2 * HOUR_MS;
    },
    script: |s| {
        let paths = || Path::ALL.to_vec();
        vec![
            Logged::scripted((s.at - s.after).max(0), Operation::DeployBug { paths: paths() }),
            Logged::scripted(s.at, Operation::Fix { paths: paths(), reprocess: true }),
        ]
    },
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let s = &run.settings;
    let Some(replay) = run.lanes.kappa.replays.last() else { return Vec::new() };
    let (capacity, startup) = (s.capacity() / s.sample, s.startup as f64 / 1e3);
    let rate = s.rate / s.sample;
    let history = (replay.log_end - replay.from) as f64;
    let catches_up =
        (capacity > rate).then(|| startup + (history + rate * startup) / (capacity - rate));
    let measured = replay.caught_up_ns.map(|at| at as f64 / 1e9 - replay.asked as f64 / 1e3);
    // Arrivals while it catches up are random: their number has the variance of its mean.
    let spread = if s.source == Process::Clickstream { 0.25 } else { 0.0 };
    let tolerance = catches_up.map_or(0.0, |seconds| {
        4.0 * (rate * seconds).sqrt() / (capacity - rate) + spread * seconds + 1.0
    });
    let mut all = Vec::new();
    let over = (run.clock_ms() - replay.asked) as f64 / 1e3;
    if measured.is_some() || catches_up.is_none_or(|seconds| seconds + tolerance < over) {
        let name = "seconds until kappa's replay has caught up: u + (N + λu) / (pμ − λ)";
        all.push(Expected::new(name, catches_up, measured, tolerance));
    }
    let batch = run.measures(&run.lanes.batch_etl).corrected_ms;
    if let (Some(ms), 0) = (batch, s.run_time) {
        // A job that runs when it is asked for ends first; N is what had arrived when it began.
        let name = "seconds until batch ETL has reloaded: u + N/(pμ)";
        let expected = startup + history / capacity;
        let waits = s.rate * s.period as f64 / 1e3 / s.capacity() + startup;
        let tolerance =
            if (replay.asked % s.period) as f64 / 1e3 > waits { 1.0 } else { waits * 1.3 };
        all.push(Expected::new(name, expected, ms as f64 / 1e3, tolerance));
    }
    all
}
