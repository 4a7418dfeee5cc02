//! #2: what a speed layer is for.

use super::batch_staleness::sawtooth;
use super::knob::later;
use super::protocol::Expected;
use super::source::Process;
use super::{Experiment, Simulation};
use crate::time::MINUTE_MS;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 2,
    name: "speed-layer",
    title: "What a speed layer buys",
    question: "Lambda counts what its batches have not seen yet by a second path. How fresh does that make it?",
    text: later!(
        "Batch ETL keeps the sawtooth. Lambda's answer is as old as its stream lag, and the mean gap between events, all the time: the serving layer adds what came since the last batch. The price is a second code path for the same question."
    ),
    for_ms: 12 * 3_600_000,
    primary: &["period", "run-time", "stream-lag", "rate"],
    operations: &["crash", "miss-batch"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 5.0;
        s.run_time = 10 * MINUTE_MS;
        s.stream_lag = 5_000;
    },
    script: |_| Vec::new(),
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let s = &run.settings;
    let gap = 1e3 / s.rate * s.sample;
    let service = 1e3 * s.sample / s.capacity();
    let expected = s.stream_lag as f64 + gap + service + s.delay as f64;
    let ages = |lane| run.measures(lane).ages.map(|(mean, _)| mean);
    let name = |lane| format!("mean age of {lane}'s answer, ms: stream lag + mean gap + 1/(pμ)");
    // The site is not as busy at all hours: at night gaps are many times the mean one.
    let spread = if run.is_clickstream() { 3.0 } else { 0.05 };
    let tolerance = spread * gap + 1.0;
    let mut all: Vec<Expected> = sawtooth(run).into_iter().collect();
    if s.capacity() > s.rate {
        for (lane, mean) in [("lambda", ages(&run.lanes.lambda)), ("kappa", ages(&run.lanes.kappa))]
        {
            all.extend(mean.map(|mean| Expected::new(name(lane), expected, mean, tolerance)));
        }
    }
    all
}
