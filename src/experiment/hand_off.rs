//! #3: where the batch view ends and the real-time view begins.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation, reckon};
use crate::architecture::question::Question;
use crate::architecture::speed::HandOff;
use crate::architecture::view::View;
use crate::architecture::{Architecture, Operation};
use crate::time::MINUTE_MS;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 3,
    name: "hand-off",
    title: "The seam between batch and speed",
    question: "The batch view ends somewhere, and the real-time view begins somewhere. What if that is not the same place?",
    text: later!(
        "An overlap counts exactly its events twice, a gap misses exactly its events. At the batch of the event time the seam is exact but for events that arrive after their batch was computed; at a log offset it is always exact. Distinct counts forgive an overlap when sets are united; they do not forgive a gap. A session that goes over the seam is two, unless the serving layer makes one of them."
    ),
    for_ms: 4 * 3_600_000 + 30 * MINUTE_MS,
    primary: &["hand-off", "overlap", "question", "unite", "delay", "late-share", "period"],
    operations: &["late"],
    preset: |s| {
        s.source = Process::Clickstream;
        s.rate = 10.0;
        s.run_time = 5 * MINUTE_MS;
        s.hand_off = 2;
        s.overlap = MINUTE_MS;
    },
    script: |_| Vec::new(),
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let (s, lambda) = (&run.settings, &run.lanes.lambda);
    let is_plain = s.recompute == 0 && lambda.speed.late() == 0 && lambda.missed() == 0;
    let has_bug = |logged: &Logged| matches!(logged.operation, Operation::DeployBug { .. });
    let is_sound = lambda.speed.doubled + lambda.speed.lost == 0 && !run.log().iter().any(has_bug);
    let (true, true, Some(boundary)) = (is_plain, is_sound, lambda.boundary) else {
        return Vec::new();
    };
    let seen = lambda.speed.position();
    // What each kind of seam does with an event that the answer could show.
    let (mut twice, mut missed, mut all) = (0_i64, 0_i64, View::new(s.shape()));
    for rows in run.store.rows(0..seen.max(boundary.offset)) {
        for i in 0..rows.len() {
            let (offset, event) = (rows.offset + i as u64, i64::from(rows.event[i]));
            all.add(rows.event[i], rows.user[i], rows.content[i], rows.channel[i], false);
            let in_time = event < boundary.event;
            let in_batch = match s.hand_off() {
                HandOff::ByOffset => offset < boundary.offset,
                HandOff::ByBatchId | HandOff::ByEventTime(_) => offset < boundary.offset && in_time,
            };
            let in_speed = match s.hand_off() {
                HandOff::ByOffset => offset >= boundary.offset,
                HandOff::ByBatchId => !in_time,
                HandOff::ByEventTime(_) => event >= boundary.event - s.overlap,
            };
            twice += i64::from(in_batch && in_speed);
            missed += i64::from(!in_batch && !in_speed);
        }
    }
    let found = lambda.total().a as i64 - all.total().a as i64;
    match s.question {
        Question::Clicks => {
            let name = "clicks that the seam counts twice (or, below 0, misses)";
            vec![Expected::new(name, (twice - missed) as f64, found as f64, 0.0)]
        }
        Question::Users if s.unite && s.sketch == 0.0 && missed == 0 => {
            let name = "users that an overlap of united sets adds";
            vec![Expected::new(name, 0.0, found as f64, 0.0)]
        }
        Question::Sessions if s.hand_off() == HandOff::ByOffset && !run.store.any_bad() => {
            let cut = cut_sessions(run, seen, boundary.offset) as f64;
            let name =
                "sessions that the seam cuts in two, if the serving layer does not unite them";
            let measured = lambda.total().b as f64 - all.total().b as f64;
            vec![Expected::new(name, if s.unite { 0.0 } else { cut }, measured, 0.0)]
        }
        Question::Users | Question::Conversion | Question::Sessions => Vec::new(),
    }
}

/// How many more sessions two layers have, one with what came before an offset and one with the rest
/// up to `seen`: by sorted clicks, each layer's cut where the gap is.
fn cut_sessions(run: &Simulation, seen: u64, boundary: u64) -> i64 {
    let gap = run.settings.session_gap;
    let sessions = |holds: &dyn Fn(u64) -> bool| {
        let mut clicks: Vec<_> = reckon::rows(run)
            .filter(|row| row.offset < seen.max(boundary) && holds(row.offset))
            .map(|row| (row.user, row.event))
            .collect();
        clicks.sort_unstable();
        let starts = clicks.windows(2).filter(|w| w[0].0 != w[1].0 || w[1].1 - w[0].1 > gap);
        (starts.count() + usize::from(!clicks.is_empty())) as i64
    };
    sessions(&|offset| offset < boundary) + sessions(&|offset| offset >= boundary)
        - sessions(&|_| true)
}
