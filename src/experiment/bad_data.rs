//! #12: values that the logic cannot read.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation, reckon};
use crate::architecture::question::Question;
use crate::architecture::{Architecture, Operation, Path};
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 12,
    name: "bad-data",
    title: "Poisoned records",
    question: "Some records are not as agreed, and the logic cannot read them. Who can count them once it can?",
    text: later!(
        "Until the fix every path puts them to the dead letters, and is short by exactly them. With the fix each computes again from what it kept. An immutable log and a master dataset have the records as they came: nothing stays missing. A store that updates rows in place never wrote what it could not read: that is gone for good."
    ),
    for_ms: 6 * HOUR_MS,
    primary: &["bad", "in-place", "at", "replay", "rate"],
    operations: &["bad-data", "fix-reprocess"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 10.0;
        s.run_time = 5 * MINUTE_MS;
        s.bad = 0.03;
        s.in_place = true;
        s.at = 3 * HOUR_MS + 20 * MINUTE_MS;
    },
    script: |s| {
        let fix = Operation::Fix { paths: Path::ALL.to_vec(), reprocess: s.replay };
        vec![Logged::scripted(s.at, fix)]
    },
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let (s, lanes) = (&run.settings, &run.lanes);
    let is_script = run
        .log()
        .iter()
        .filter(|logged| logged.at_ms < run.clock_ms())
        .all(|l| l.preset || matches!(l.operation, Operation::BadData { .. }));
    let is_plain = s.question == Question::Clicks && s.recompute == 0 && s.hand_off == 0;
    let late = lanes.lambda.speed.late() + lanes.kappa.read.late_and_stream_time().0;
    if !is_script || !is_plain || late > 0 || s.retention > 0 {
        return Vec::new();
    }
    let bad = |from: u64, to: u64| {
        reckon::count(run, |row| row.is_bad && (from..to).contains(&row.offset))
    };
    let is_fixed = run.clock_ms() > s.at;
    let written = reckon::count(run, |row| row.arrival < s.at);
    let mut all = Vec::new();
    let mut short = |lane: &str, expected: u64, seen: u64, counted: u64| {
        let name =
            format!("events that {lane} is short of: bad ones that it has not read, or cannot");
        all.push(Expected::exact(name, expected, seen.saturating_sub(counted)));
    };
    // A load takes the logic of its start: the last one before the fix, if that reloads nothing.
    let etl = &lanes.batch_etl;
    let reloaded = run.measures(etl).corrected_ms.is_some();
    let loaded = reckon::count(run, |row| row.arrival < s.at / s.period * s.period);
    let expected = match (is_fixed, s.in_place) {
        (false, _) => Some(bad(0, etl.extracted())),
        (true, _) if s.replay && !reloaded => None,
        (true, true) => Some(bad(0, written)),
        (true, false) => Some(if s.replay { 0 } else { bad(0, loaded) }),
    };
    if let Some(expected) = expected {
        short("batch ETL", expected, etl.extracted(), etl.events());
    }
    let lambda = &lanes.lambda;
    let boundary = lambda.boundary.map_or(0, |boundary| boundary.offset);
    let seen = lambda.speed.position().max(boundary);
    if !is_fixed {
        short("lambda", bad(0, seen), seen, lambda.total().a);
    } else if lambda.last.as_ref().is_some_and(|(extent, _)| extent.offsets.end >= written) {
        short("lambda", 0, seen, lambda.total().a);
    }
    let job = &lanes.kappa.read;
    if job.doubled + job.lost == 0 {
        let expected = match is_fixed {
            false => Some(bad(0, job.position())),
            true if !s.replay => Some(bad(0, reckon::processed(run, s.at))),
            true => (job.started >= s.at).then_some(0),
        };
        if let Some(expected) = expected {
            short("kappa", expected, job.position(), lanes.kappa.total().a);
        }
    }
    all
}
