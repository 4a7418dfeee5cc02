//! #13: computing again by the clock, or at every change of the logic.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation, reckon};
use crate::architecture::{Operation, Path};
use crate::time::HOUR_MS;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 13,
    name: "cost",
    title: "What each architecture costs",
    question: "Lambda computes again at every batch; kappa only when the logic changes. From how many changes on does kappa work more?",
    text: later!(
        "Lambda's work is λT in the speed layer and min(W, history so far) of events in every batch. Kappa's is λT and, for each of n changes, the events replayed, and the old job beside the new one until it is dropped. Kappa is cheaper until n replays are as much as all batches. It stores a second table while both jobs live; lambda stores a batch view and a real-time view all the time."
    ),
    for_ms: 24 * HOUR_MS,
    primary: &[
        "times",
        "recompute",
        "period",
        "at",
        "after",
        "rate",
        "throughput",
        "worker-price",
        "storage-price",
    ],
    operations: &["fix-reprocess", "drop-old"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 5.0;
        s.at = 12 * HOUR_MS;
        s.after = 2 * HOUR_MS;
        s.times = 3.0;
    },
    script: |s| {
        let change = Operation::Fix { paths: vec![Path::Stream], reprocess: true };
        (0..s.times as i64)
            .flat_map(|n| {
                let at = s.at + n * s.after;
                let drop = at + s.after / 2;
                [Logged::scripted(at, change.clone()), Logged::scripted(drop, Operation::DropOld)]
            })
            .collect()
    },
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let (s, now) = (&run.settings, run.clock_ms());
    let (lambda, kappa) = (&run.lanes.lambda, &run.lanes.kappa);
    let is_script = run.log().iter().filter(|l| l.at_ms < now).all(|l| l.preset);
    if !is_script || s.retention > 0 || s.heartbeat > 0 || s.capacity() <= s.rate {
        return Vec::new();
    }
    let per_ms = s.rate / s.sample / 1e3;
    let random = |events: f64| match s.source {
        Process::Constant => 2.0,
        Process::Poisson => 4.0 * events.sqrt() + 2.0,
        Process::Clickstream => 0.3 * events,
    };
    // Batches that have landed: every period, one after the other.
    let (mut batches, mut in_batches) = (0.0, 0.0);
    let (mut start, mut free) = (s.period, 0_i64);
    loop {
        start = start.max(free);
        let window = if s.recompute > 0 { s.recompute.min(start) } else { start };
        let events = per_ms * window as f64;
        let run_ms = if s.run_time > 0 {
            s.run_time as f64
        } else {
            s.startup as f64 + events * reckon::service_ns(run) as f64 / 1e6
        };
        free = start + run_ms as i64;
        if free >= now {
            break;
        }
        (batches, in_batches) = (batches + 1.0, in_batches + events);
        start += s.period;
    }
    // The same events are in many batches: their fluctuations add up, not only their variances.
    let spread = random(per_ms * now as f64) * in_batches / (per_ms * now as f64).max(1.0)
        + random(per_ms * s.period as f64);
    let stream = per_ms * (now - s.stream_lag) as f64;
    let lambda_work = stream + in_batches;
    let worked = run.measures(lambda).processed as f64;
    let of_lambda = "events that lambda processed: λT + Σ over batches of λ·min(W, history so far)";
    let mut all = vec![Expected::new(of_lambda, lambda_work, worked, spread + random(stream))];
    // A change replays what has come until then, and the old job goes on until it is dropped.
    let changes = kappa.replays.iter().map(|replay| {
        let dropped = (replay.asked + s.after / 2).min(now);
        (per_ms * replay.asked as f64, per_ms * (dropped - replay.asked - s.stream_lag) as f64)
    });
    let extra: f64 = changes.clone().map(|(replayed, beside)| replayed + beside).sum();
    let is_done = kappa.candidate().is_none();
    let kappa_worked = run.measures(kappa).processed as f64;
    let n = kappa.replays.len() as f64;
    if is_done {
        let of_kappa = "events that kappa processed: λT + n·(events replayed) + the old job beside";
        let tolerance = random(stream) * (1.0 + n);
        all.push(Expected::new(of_kappa, stream + extra, kappa_worked, tolerance));
        if n > 0.0 && extra > 0.0 {
            let crossover = in_batches / (extra / n);
            let each = (kappa_worked - lambda.speed.processed as f64) / n;
            let measured = lambda.batch_processed() as f64 / each;
            let name = "changes of the logic at which kappa works as much as lambda: lambda's batches over one change";
            let tolerance = crossover * (spread / in_batches.max(1.0) + tolerance / extra) + 0.01;
            all.push(Expected::new(name, crossover, measured, tolerance));
        }
    }
    let dollars = |events: f64, starts: f64| {
        let hours = (events * s.sample / s.capacity() + starts * s.startup as f64 / 1e3) / 3_600.0;
        hours * s.workers * s.worker_price
    };
    let cost = s.cost();
    if s.run_time == 0 {
        let name = "dollars for lambda's workers: (events/(pμ) + batches·u)·p·price";
        let paid = cost.work_price(run.measures(lambda).busy_ns);
        let tolerance = dollars(spread + random(stream), 0.0) + 1e-6;
        all.push(Expected::new(name, dollars(lambda_work, batches), paid, tolerance));
    }
    if is_done {
        let name = "dollars for kappa's workers: events/(pμ)·p·price";
        let paid = cost.work_price(run.measures(kappa).busy_ns);
        let tolerance = dollars(random(stream) * (1.0 + n), 0.0) + 1e-6;
        all.push(Expected::new(name, dollars(stream + extra, 0.0), paid, tolerance));
    }
    let tables = 1.0 + f64::from(u8::from(kappa.other().is_some()));
    let stored = s.event_bytes * s.sample * run.store.len() as f64;
    let table = kappa.read.table().bytes() as f64;
    let name = "bytes that kappa stores: its log, and a table for each job that lives";
    let found = run.measures(kappa).stored_bytes as f64;
    all.push(Expected::new(name, stored + tables * table, found, 0.02 * tables * table + 1.0));
    all
}
