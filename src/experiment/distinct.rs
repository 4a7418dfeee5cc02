//! #14: counting users.

use std::collections::BTreeSet;

use super::knob::later;
use super::protocol::Expected;
use super::source::Process;
use super::{Experiment, Simulation, reckon};
use crate::architecture::Architecture;
use crate::architecture::question::Question;
use crate::architecture::speed::HandOff;
use crate::time::{HOUR_MS, MINUTE_MS};

/// The standard error of a HyperLogLog estimate from an order of updates that the sketch has seen
/// itself, times √m: √(ln 2). Lang, *Back to the Future* (2017); Ting, *Streamed approximate counting
/// of distinct elements* (2014). The 1.04 of Flajolet et al. (2007) is of the estimate from the
/// registers alone, as after a union.
const HISTORIC: f64 = 0.832_554_611_157_697_8;
/// Of an estimate from the registers alone: Flajolet et al. (2007), as the sketch library refines it.
const REGISTERS: f64 = 1.04;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 14,
    name: "distinct",
    title: "Counting users",
    question: "How many users came? The speed layer counts them with sketches, and a user can be in both layers.",
    text: later!(
        "By window the speed layer is off by a relative standard error of 0.83/√m with m registers: the sketch has seen every update itself. Read from the registers alone, as after a union, it is 1.04/√m. The error is gone with the batch that covers the window. Over all time adding the layers' counts counts users twice that are in both; uniting sketches or sets does not."
    ),
    for_ms: 12 * HOUR_MS,
    primary: &["sketch", "window", "unite", "users", "rate", "period"],
    operations: &[],
    preset: |s| {
        s.source = Process::Poisson;
        s.question = Question::Users;
        s.rate = 20.0;
        s.users = 20_000.0;
        s.sketch = 6.0;
        s.period = 6 * HOUR_MS;
        s.run_time = 5 * MINUTE_MS;
    },
    script: |_| Vec::new(),
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let (s, lambda) = (&run.settings, &run.lanes.lambda);
    let is_plain = s.recompute == 0 && s.hand_off() == HandOff::ByOffset && !run.store.any_bad();
    let is_sound =
        lambda.speed.late() + lambda.speed.doubled + lambda.speed.lost + lambda.missed() == 0;
    let has_bug = lambda.batch_buggy() || lambda.speed.logic.buggy;
    if s.question != Question::Users || !is_plain || !is_sound || has_bug {
        return Vec::new();
    }
    let boundary = lambda.boundary.map_or(0, |boundary| boundary.offset);
    let seen = lambda.speed.position().max(boundary);
    // Users of each window, behind and before the boundary.
    let windows = if s.window == 0 { 1 } else { run.clock_ms() / s.window + 1 } as usize;
    let mut sets = vec![[BTreeSet::new(), BTreeSet::new()]; windows];
    for row in reckon::rows(run).take_while(|row| row.offset < seen) {
        let window = if s.window == 0 { 0 } else { row.event / s.window } as usize;
        sets[window][usize::from(row.offset >= boundary)].insert(row.user);
    }
    let mut all = Vec::new();
    let wrong =
        (0..windows).map(|w| lambda.batch_view().window(w).a.abs_diff(sets[w][0].len() as u64));
    let name = "users that the batch view is off, in all windows that a batch covers";
    all.push(Expected::exact(name, 0, wrong.sum()));
    let m = libm::exp2(s.sketch);
    if s.sketch > 0.0 && s.window > 0 {
        // Small sets are kept whole: the error is that of windows with many users to a register.
        let errors: Vec<f64> = (0..windows)
            .filter(|w| sets[*w][1].len() as f64 >= 4.0 * m)
            .map(|w| {
                let truth = sets[w][1].len() as f64;
                (lambda.speed.view().window(w).a as f64 - truth) / truth
            })
            .collect();
        if errors.len() >= 30 {
            let n = errors.len() as f64;
            let measured = (errors.iter().map(|error| error * error).sum::<f64>() / n).sqrt();
            let expected = HISTORIC / m.sqrt();
            let name = "relative standard error of the speed layer's windows: √(ln 2)/√m";
            all.push(Expected::new(name, expected, measured, 4.0 * expected / (2.0 * n).sqrt()));
        }
    }
    if s.window == 0 && boundary > 0 {
        let [batch, speed] = &sets[0];
        let both = batch.intersection(speed).count() as f64;
        let truth = batch.union(speed).count() as f64;
        let found = lambda.total().a as f64 - truth;
        // A sketch errs by its own part: of the speed layer's users, or of all after a union.
        let (expected, sketched) = if s.unite { (0.0, truth) } else { (both, speed.len() as f64) };
        let factor = if s.unite { REGISTERS } else { HISTORIC };
        let tolerance = if s.sketch > 0.0 { 4.0 * factor / m.sqrt() * sketched } else { 0.0 };
        let name = if s.unite {
            "users over the truth when sets are united"
        } else {
            "users over the truth when counts are added: those in both layers"
        };
        all.push(Expected::new(name, expected, found, tolerance));
    }
    all
}
