//! #9: events that come after their window has closed.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation, reckon};
use crate::architecture::question::Question;
use crate::architecture::speed::HandOff;
use crate::architecture::stream_job::StreamJob;
use crate::architecture::{Architecture, Operation, Path};
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 9,
    name: "late-data",
    title: "Late data",
    question: "Some events arrive minutes after they happened. Which answer ever has them?",
    text: later!(
        "A stream job drops what comes after its window's end and the grace. With delay survival S and windows of size s that is (1/s)·∫ from g to g+s of S(x) dx of the late events. What it dropped comes back by a replay with longer grace, as long as the log keeps it. Batch ETL loads it with the next job, whenever it comes; a lambda that recomputes partitions has it once it recomputes that one."
    ),
    for_ms: 8 * HOUR_MS,
    primary: &[
        "late-share",
        "late-mean",
        "late-delay",
        "grace",
        "window",
        "recompute",
        "cut-off",
        "replay-grace",
        "at",
    ],
    operations: &["late", "fix-reprocess"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 20.0;
        s.run_time = 5 * MINUTE_MS;
        s.window = 5 * MINUTE_MS;
        s.late_share = 0.05;
        s.grace = 5 * MINUTE_MS;
        s.recompute = HOUR_MS;
        s.at = 6 * HOUR_MS;
    },
    script: |s| {
        let fix = Operation::Fix { paths: vec![Path::Stream], reprocess: true };
        vec![Logged::scripted(s.at, fix)]
    },
    expected,
};

/// The job that has run from the start.
fn first_job(run: &Simulation) -> Option<&StreamJob> {
    let kappa = &run.lanes.kappa;
    let jobs = [Some(&kappa.read), kappa.other()];
    jobs.into_iter().flatten().find(|job| job.started == 0 && job.doubled + job.lost == 0)
}

/// Of the events that a job has read, those that were late by its stream time.
fn late(run: &Simulation, job: &StreamJob) -> u64 {
    let (size, grace) = (run.settings.window, job.setup.grace_ms);
    let mut stream_time = i64::MIN;
    reckon::count_to(run, job.position(), |row| {
        stream_time = stream_time.max(row.event);
        (row.event / size + 1) * size + grace <= stream_time
    })
}

fn expected(run: &Simulation) -> Vec<Expected> {
    let s = &run.settings;
    let is_plain = s.window > 0 && s.heartbeat == 0 && s.retention == 0 && !run.store.any_bad();
    let no_bug = run.log().iter().all(|l| !matches!(l.operation, Operation::DeployBug { .. }));
    if !is_plain || !no_bug {
        return Vec::new();
    }
    let mut all = Vec::new();
    if let Some(job) = first_job(run) {
        let dropped = job.late_and_stream_time().0;
        all.extend(closed_form(run, dropped));
        let name = "events that kappa's first job dropped: late by its own stream time";
        all.push(Expected::exact(name, late(run, job), dropped));
    }
    let kappa = &run.lanes.kappa;
    if s.question == Question::Clicks
        && kappa.read.started > 0
        && kappa.read.doubled + kappa.read.lost == 0
    {
        let short = (kappa.read.position() - kappa.read.from).saturating_sub(kappa.total().a);
        let name =
            "events missing after the replay: those that even its longer grace does not wait for";
        all.push(Expected::exact(name, late(run, &kappa.read), short));
    }
    all.extend(unrecomputed(run));
    all
}

/// (1/s)·∫ from g to g+s of S(x) dx of the late events, less those that are still on their way.
fn closed_form(run: &Simulation, dropped: u64) -> Option<Expected> {
    let s = &run.settings;
    let is_own = run.log().iter().any(|l| {
        matches!(
            l.operation,
            Operation::LateData { .. } | Operation::Outage { .. } | Operation::Silence { .. }
        )
    });
    if is_own || s.delay > 0 || s.source != Process::Poisson || s.drops + s.duplicates > 0.0 {
        return None;
    }
    let (delay, size, grace) = (s.lateness(), s.window as f64, s.grace as f64);
    let share = (delay.excess(grace) - delay.excess(grace + size)) / size;
    let sent = run.way.counts.late as f64;
    // An event that happened x ago is there by now with probability 1 − S(x); of those that will be
    // dropped, the ones on their way are not counted yet: by Simpson's rule over the place in a window.
    let now = run.clock_ms() as f64;
    let steps = 64;
    let mut under_way = 0.0;
    for step in 0..=steps {
        let least = grace + size * f64::from(step) / f64::from(steps);
        let weight = match step {
            0 => 1.0,
            _ if step == steps => 1.0,
            _ if step % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let waiting = least.min(now) * delay.survival(least)
            + (delay.excess(least) - delay.excess(now)).max(0.0);
        under_way += weight * waiting / (3.0 * f64::from(steps));
    }
    let expected = sent * share - sent / now * under_way;
    // Stream time is the newest event's, one gap behind the clock in the mean.
    let gap = 1e3 * s.sample / s.rate;
    let steep = sent * gap * (delay.survival(grace) - delay.survival(grace + size)) / size;
    // What is on its way is random too.
    let variance = sent * share * (1.0 - share) + sent / now * under_way;
    let tolerance = 4.0 * variance.sqrt() + steep + 1.0;
    let name = "events that kappa's first job dropped: late events · (1/s)·∫ S(x) dx from g to g+s";
    Some(Expected::new(name, expected, dropped as f64, tolerance))
}

/// Events that came after the last batch that recomputed their partition.
fn unrecomputed(run: &Simulation) -> Option<Expected> {
    let (s, lambda) = (&run.settings, &run.lanes.lambda);
    let boundary = lambda.boundary?;
    let asked = run.log().iter().any(|l| matches!(&l.operation, Operation::Fix { paths, reprocess: true } if paths.contains(&Path::Batch)));
    let is_timed = (1..=s.period).contains(&s.run_time) && lambda.missed() == 0 && !asked;
    if s.question != Question::Clicks || !is_timed || s.hand_off() != HandOff::ByOffset {
        return None;
    }
    // The first batch after an event came is the one that reaches back the farthest of those after it.
    let missed = |arrival: i64, event: i64| {
        let start = (arrival / s.period + 1) * s.period;
        let from = (start - s.cut_off - s.recompute).max(0).min(start - s.period - s.cut_off);
        s.recompute > 0 && event < from.max(0) - from.max(0) % s.window
    };
    let expected =
        reckon::count(run, |row| row.offset < boundary.offset && missed(row.arrival, row.event));
    let found = boundary.offset.saturating_sub(lambda.batch_view().events());
    let name = "events that lambda's batches never had: they came when their partition was recomputed no more";
    Some(Expected::exact(name, expected, found))
}
