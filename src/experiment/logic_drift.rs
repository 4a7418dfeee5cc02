//! #5: two code paths that do not say the same.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation, reckon};
use crate::architecture::question::{BUG_CONTENT, Question};
use crate::architecture::{Architecture, Operation, Path};
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 5,
    name: "logic-drift",
    title: "Two code paths drift apart",
    question: "A bug was in all logic from the start. The fix goes to only one of lambda's two paths. What do readers see?",
    text: later!(
        "With the fix in the speed layer only, right counts turn wrong again at every batch; with the fix in the batch layer only, wrong ones turn right: a step in the merged series at every batch boundary, as large as what the two paths disagree about. Kappa has one path: without a replay one permanent step at the deployment, with a replay none."
    ),
    for_ms: 8 * HOUR_MS,
    primary: &["fix", "replay", "at", "period", "rate"],
    operations: &["bug-speed", "bug-batch", "fix-lambda", "fix", "fix-reprocess"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 10.0;
        s.run_time = 5 * MINUTE_MS;
        s.at = 3 * HOUR_MS + 30 * MINUTE_MS;
        s.fix = 1;
        s.replay = false;
    },
    script: |s| {
        let own: &[Path] = match s.fix {
            0 => &[Path::Speed, Path::Batch],
            1 => &[Path::Speed],
            _ => &[Path::Batch],
        };
        let fix = |paths: &[Path]| Operation::Fix { paths: paths.to_vec(), reprocess: s.replay };
        // Lambda reprocesses by its next batch, with whatever logic each path has.
        let lambda = Operation::Fix { paths: own.to_vec(), reprocess: false };
        vec![
            Logged::scripted(1, Operation::DeployBug { paths: Path::ALL.to_vec() }),
            Logged::scripted(s.at, lambda),
            Logged::scripted(s.at, fix(&[Path::Etl, Path::Stream])),
        ]
    },
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let s = &run.settings;
    let is_script =
        run.log().iter().filter(|logged| logged.at_ms < run.clock_ms()).all(|logged| logged.preset);
    if !is_script || s.question != Question::Clicks || run.clock_ms() <= s.at || run.store.any_bad()
    {
        return Vec::new();
    }
    let wrong = |from: u64, to: u64| {
        reckon::count(run, |row| (from..to).contains(&row.offset) && row.content == BUG_CONTENT)
    };
    let mut all = Vec::new();
    let (lambda, kappa) = (&run.lanes.lambda, &run.lanes.kappa);
    let is_plain = lambda.speed.late() + lambda.speed.doubled + lambda.missed() == 0
        && s.recompute == 0
        && s.hand_off == 0
        && (1..=s.period).contains(&s.run_time);
    // The first batch that started with the fix deployed, and after what was on its way then.
    let since = s.at + s.stream_lag + s.startup;
    if let (true, Some(boundary)) = (is_plain, lambda.boundary.filter(|b| b.event >= since)) {
        let seen = lambda.speed.position().max(boundary.offset);
        let short = match s.fix {
            0 => 0,
            1 => wrong(0, boundary.offset),
            _ => wrong(boundary.offset, seen),
        };
        let name =
            "clicks that lambda is short of: the bug's, where the path has it that counts them";
        all.push(Expected::exact(name, short, seen.saturating_sub(lambda.total().a)));
        if boundary.event - s.period >= since {
            let before = run.store.first_arriving_at(boundary.event - s.period);
            let step = wrong(before, boundary.offset) as f64;
            let step = [0.0, -step, step][s.fix];
            let name = "step of lambda's answer at its last batch: the bug's clicks of one period";
            all.push(Expected::new(name, step, lambda.step as f64, 0.0));
        }
    }
    let (late, _) = kappa.read.late_and_stream_time();
    let short = (kappa.read.position() - late).saturating_sub(kappa.total().a);
    if !s.replay {
        let deployed = reckon::processed(run, s.at);
        let name = "clicks that kappa is short of, for good: the bug's until the deployment";
        all.push(Expected::exact(name, wrong(0, deployed), short));
    } else if kappa.replays.last().is_some_and(|replay| replay.switched.is_some()) {
        all.push(Expected::exact("clicks that kappa is short of after its replay", 0, short));
    }
    all
}
