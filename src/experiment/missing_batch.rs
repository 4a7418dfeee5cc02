//! #4: a batch that comes to nothing, silently.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation};
use crate::architecture::question::Question;
use crate::architecture::{Architecture, Operation};
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 4,
    name: "missing-batch",
    title: "A batch that never was",
    question: "One batch comes to nothing, and nobody notices. Who ever gets its events back?",
    text: later!(
        "Batch ETL never sees the events of that batch again: it stays short by exactly them. So does a lambda that recomputes only the newest partitions. A lambda that recomputes everything heals at its next batch. Kappa has no batch to miss."
    ),
    for_ms: 6 * HOUR_MS,
    primary: &["recompute", "period", "at", "times"],
    operations: &["miss-batch"],
    preset: |s| {
        s.source = Process::Clickstream;
        s.rate = 10.0;
        s.run_time = 5 * MINUTE_MS;
        s.recompute = HOUR_MS;
        s.at = 150 * MINUTE_MS;
    },
    script: |s| {
        let miss = Logged::scripted(s.at, Operation::MissBatch);
        vec![miss; s.times as usize]
    },
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let s = &run.settings;
    let now = run.clock_ms();
    if s.question != Question::Clicks || s.run_time == 0 || s.run_time > s.period {
        return Vec::new();
    }
    // The batches that were dropped, by number: the next ones after each press of the button.
    let mut dropped: Vec<i64> = Vec::new();
    for logged in run.log().iter().filter(|logged| logged.operation == Operation::MissBatch) {
        let next = (logged.at_ms / s.period + 1).max(dropped.last().map_or(0, |last| last + 1));
        if next * s.period + s.run_time <= now {
            dropped.push(next);
        }
    }
    let span = |k: i64| (k - 1) * s.period..k * s.period;
    let count = |of: &dyn Fn(i64, i64, i64) -> bool| {
        let mut n = 0_u64;
        for rows in run.store.rows(0..run.store.len()) {
            for (event, arrival) in rows.event.iter().zip(rows.arrival) {
                let (event, arrival) = (i64::from(*event), i64::from(*arrival));
                n += u64::from(dropped.iter().any(|k| of(*k, event, arrival)));
            }
        }
        n
    };
    let short = count(&|k, _, arrival| span(k).contains(&arrival));
    let etl = &run.lanes.batch_etl;
    let name = "events that batch ETL is short of: those of the dropped batches";
    let mut all = vec![Expected::exact(name, short, etl.extracted() - etl.events())];
    let lambda = &run.lanes.lambda;
    let heals = dropped.last().is_none_or(|k| now >= (k + 1) * s.period + s.run_time);
    if lambda.speed.late() == 0 && heals && s.late_share == 0.0 && s.delay == 0 {
        let stays = s.recompute > 0 && s.recompute <= s.period;
        let expected = if stays { count(&|k, event, _| span(k).contains(&event)) } else { 0 };
        if stays || s.recompute == 0 {
            let seen = lambda.speed.position();
            let name = "events that lambda is short of after the next batch";
            all.push(Expected::exact(name, expected, seen.saturating_sub(lambda.total().a)));
        }
    }
    all
}
