//! #11: what a crash leaves.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation};
use crate::architecture::question::Question;
use crate::architecture::stream_job::Guarantee;
use crate::architecture::{Architecture, Operation};
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 11,
    name: "crash",
    title: "A crash, three guarantees",
    question: "A stream job crashes between two checkpoints. Is anything lost, or counted twice?",
    text: later!(
        "At least once keeps every update and remembers its place only now and then: what came since counts twice. At most once remembers its place at every event and keeps its counts only now and then: what came since is lost. Exactly once puts both into one checkpoint: only work is done again. Kappa keeps the error until a replay; lambda only until its next batch over that time."
    ),
    for_ms: 4 * HOUR_MS,
    primary: &["guarantee", "checkpoint", "at", "startup", "rate"],
    operations: &["crash", "fix-reprocess"],
    preset: |s| {
        s.source = Process::Clickstream;
        s.rate = 10.0;
        s.run_time = 5 * MINUTE_MS;
        s.guarantee = 1;
        s.checkpoint = 5 * MINUTE_MS;
        s.at = 103 * MINUTE_MS + 20_000;
    },
    script: |s| vec![Logged::scripted(s.at, Operation::Crash)],
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let s = &run.settings;
    let crashes: Vec<i64> = run
        .log()
        .iter()
        .filter(|logged| logged.operation == Operation::Crash && logged.at_ms <= run.clock_ms())
        .map(|logged| logged.at_ms)
        .collect();
    let kappa = &run.lanes.kappa;
    let [at] = crashes[..] else { return Vec::new() };
    if s.question != Question::Clicks || !kappa.replays.is_empty() || kappa.read.logic.buggy {
        return Vec::new();
    }
    // Events that a job has processed by then: one after the other, each when it came or later.
    let service = libm::round(1e9 * s.sample / s.capacity()) as i64;
    let processed = |until: i64| {
        let (mut free, mut n) = (0_i64, 0_i64);
        for rows in run.store.rows(0..run.store.len()) {
            for arrival in rows.arrival {
                free = free.max(i64::from(*arrival) * 1_000_000) + service;
                if free + s.stream_lag * 1_000_000 >= until * 1_000_000 {
                    return n;
                }
                n += 1;
            }
        }
        n
    };
    let since = processed(at) - processed(at - at % s.checkpoint);
    let (expected, name) = match s.guarantee() {
        Guarantee::AtLeastOnce => {
            (since, "events that kappa counts twice: those since the last offset commit")
        }
        Guarantee::AtMostOnce => {
            (-since, "events that kappa has lost (below 0): those since the last state commit")
        }
        Guarantee::ExactlyOnce => (0, "events that kappa counts twice or has lost"),
    };
    let late = kappa.read.late_and_stream_time().0 as i64;
    let off = kappa.total().a as i64 - (kappa.read.position() as i64 - late);
    let mut all = vec![Expected::new(name, expected as f64, off as f64, late as f64)];
    let lambda = &run.lanes.lambda;
    let healed = lambda.boundary.is_some_and(|boundary| {
        boundary.event >= at + s.startup + s.stream_lag && s.recompute == 0
    });
    if healed && lambda.speed.late() == 0 && lambda.missed() == 0 {
        let seen = lambda.speed.position().max(lambda.boundary.map_or(0, |b| b.offset));
        let off = lambda.total().a as f64 - seen as f64;
        all.push(Expected::new("events that lambda is off after the next batch", 0.0, off, 0.0));
    }
    all
}
