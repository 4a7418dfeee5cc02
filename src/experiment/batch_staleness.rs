//! #1: the sawtooth of a batch's age.

use super::knob::shown;
use super::protocol::Expected;
use super::source::Process;
use super::{Experiment, Simulation};
use crate::time::MINUTE_MS;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 1,
    name: "batch-staleness",
    title: "How old is a batch's answer?",
    question: "A job loads every half hour what has arrived. How old is what people see?",
    text: shown!(
        "When a job's results land they already are as old as the job took; from then on they age until the next ones land: a sawtooth. Its mean is max(P, R)/2 + R + the mean gap between events. A shorter period helps until the job takes longer than that: then one job delays the next."
    ),
    for_ms: 24 * 3_600_000,
    primary: &["period", "run-time", "rate"],
    operations: &["miss-batch", "outage"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 1.0;
        s.period = 30 * MINUTE_MS;
        s.run_time = 5 * MINUTE_MS;
    },
    script: |_| Vec::new(),
    expected: |run| sawtooth(run).into_iter().collect(),
};

/// The mean age of batch ETL's answer over whole cycles.
pub(super) fn sawtooth(run: &Simulation) -> Option<Expected> {
    let s = &run.settings;
    let (mean, _) = run.measures(&run.lanes.batch_etl).ages?;
    let gap = 1e3 / s.rate * s.sample;
    let period = s.period as f64;
    // With the cost model a job takes the events of the time between two starts.
    let run_ms = if s.run_time > 0 {
        s.run_time as f64
    } else {
        s.startup as f64 + s.rate * period / s.capacity()
    };
    let cycle = period.max(run_ms);
    let expected = cycle / 2.0 + run_ms + gap + s.delay as f64;
    // The gap before a start is random; so is the load of a job.
    let cycles = ((run.clock_ms() as f64 - period) / cycle - 1.0).max(1.0);
    // The site is not as busy at all hours: at night gaps are many times the mean one, jobs short.
    let (random, uneven) = match s.source {
        Process::Constant => (gap, 0.05),
        Process::Poisson => (4.0 * gap / cycles.sqrt(), 0.05),
        Process::Clickstream => (3.0 * gap, 0.25),
    };
    let load = if s.run_time > 0 { 0.0 } else { run_ms * uneven };
    let name = "mean age of batch ETL's answer, ms: max(P, R)/2 + R + mean gap between events";
    Some(Expected::new(name, expected, mean, random + load + 1.0))
}
