//! The checkers: invariants that every run is held to, and views that are computed once more.

use super::protocol::Check;
use super::simulation::Simulation;
use crate::architecture::batch::Extent;
use crate::architecture::question::{BUG_CONTENT, Shape};
use crate::architecture::speed::HandOff;
use crate::architecture::store::{SUBSCRIBES, Store};
use crate::architecture::view::{View, merged_window};
use crate::architecture::{Operation, Path};
use crate::sim::checker::Checker;

/// What is looked at while a run goes on.
#[derive(Clone, Debug)]
pub struct Checks {
    monotone: Checker,
    accounted: Checker,
    delivered: Checker,
    /// Which job and what stream time it had.
    kappa: ((i64, i64, usize), i64),
    speed: (i64, u32),
    /// Operations that start a task anew.
    restarts: usize,
    /// Which paths ever had the bug.
    bugs: [bool; 4],
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            monotone: Checker::new("stream time never goes back in a task"),
            accounted: Checker::new(
                "every delivered event is included, late, left out or pending, exactly one of them",
            ),
            delivered: Checker::new("delivered = sent − dropped + duplicated − on the way"),
            kappa: ((0, 0, 0), i64::MIN),
            speed: (0, 0),
            restarts: 0,
            bugs: [false; 4],
        }
    }
}

impl Checks {
    /// Something was done to the run.
    pub fn operated(&mut self, operation: &Operation) {
        match operation {
            Operation::DeployBug { paths } => {
                for (path, bug) in Path::ALL.iter().zip(&mut self.bugs) {
                    *bug |= paths.contains(path);
                }
            }
            Operation::Crash | Operation::Switch { .. } | Operation::Revert => self.restarts += 1,
            _ => {}
        }
    }

    /// Looks at everything.
    pub fn look(&mut self, run: &Simulation) {
        let counts = run.way.counts;
        let there = counts.delivered + run.way.waiting();
        self.delivered.look(
            there + counts.dropped == counts.sent + counts.duplicated
                && counts.delivered == run.store.len()
                && counts.sent == run.happened.events(),
            || format!("at {} ms {counts:?}, {} on the way", run.clock_ms(), run.way.waiting()),
        );
        let job = &run.lanes.kappa.read;
        let (late, stream_time) = job.late_and_stream_time();
        let (included, filtered) = (job.included(), job.filtered());
        let pending = run.store.len() - job.position();
        let all = job.from + included + late + filtered + pending + job.lost;
        self.accounted.look(all == run.store.len() + job.doubled, || {
            format!(
                "kappa at {} ms: {included} included, {late} late, {filtered} left out, {pending} pending of {} from {}, {} twice, {} lost",
                run.clock_ms(), run.store.len(), job.from, job.doubled, job.lost
            )
        });
        let identity = (job.started, job.down_until, self.restarts);
        let before = if self.kappa.0 == identity { self.kappa.1 } else { i64::MIN };
        let now = stream_time.unwrap_or(i64::MIN);
        self.monotone.look(now >= before, || format!("kappa fell from {before} to {now}"));
        self.kappa = (identity, now);
        let speed = &run.lanes.lambda.speed;
        let before = if self.speed.0 == speed.down_until { self.speed.1 } else { 0 };
        let now = speed.stream_time();
        self.monotone
            .look(now >= before, || format!("the speed layer fell from {before} to {now}"));
        self.speed = (speed.down_until, now);
    }

    /// All verdicts; views are computed once more, one event after the other.
    #[must_use]
    pub fn verdicts(&self, run: &Simulation) -> Vec<Check> {
        let mut all: Vec<Check> = [&self.monotone, &self.accounted, &self.delivered]
            .map(|checker| Check {
                name: checker.name.to_owned(),
                held: checker.held(),
                detail: checker.detail(),
            })
            .into();
        let shape = run.settings.shape();
        let [etl_bug, batch_bug, speed_bug, stream_bug] = self.bugs;
        let job = &run.lanes.kappa.read;
        let kappa = (!stream_bug
            && job.late_and_stream_time().0 == 0
            && job.doubled + job.lost == 0
            && !run.settings.seeded)
            .then(|| {
                let extent = Extent { offsets: job.from..job.position(), events: 0..i64::MAX };
                let expect = slow(&run.store, shape, &extent, false);
                differing(&expect, |window| job.table().window(window))
            });
        all.push(check("kappa's table equals a fold over what it read", kappa));
        let lambda = &run.lanes.lambda;
        let is_exact = run.settings.hand_off() == HandOff::ByOffset
            && run.settings.recompute == 0
            && run.settings.sketch == 0.0
            && run.settings.unite;
        let speed = &lambda.speed;
        let merged = (is_exact
            && !batch_bug
            && !speed_bug
            && speed.late() + speed.doubled + speed.lost + lambda.missed() == 0)
            .then(|| {
                // A batch may have read beyond what a slow speed layer has.
                let read = lambda.last.as_ref().map_or(0, |(extent, _)| extent.offsets.end);
                let extent = Extent::before(speed.position().max(read));
                let expect = slow(&run.store, shape, &extent, false);
                differing(&expect, |window| {
                    merged_window(lambda.batch_view(), speed.view(), window, run.settings.merge())
                })
            });
        all.push(check("lambda's merged answer equals a fold over what it read", merged));
        let batch = lambda.last.as_ref().filter(|_| lambda.missed() == 0).map(|(extent, buggy)| {
            let expect = slow(&run.store, shape, extent, *buggy);
            let first = u32::try_from(extent.events.start).unwrap_or(u32::MAX);
            let first = shape.window(first) as usize;
            differing(&expect, |window| {
                if window < first {
                    expect.window(window)
                } else {
                    lambda.batch_view().window(window)
                }
            })
        });
        all.push(check(
            "what the last batch recomputed equals a fold over the stored events",
            batch,
        ));
        let etl = &run.lanes.batch_etl;
        let loaded = (!etl_bug && etl.missed() == 0).then(|| {
            let expect = slow(&run.store, shape, &Extent::before(etl.extracted()), false);
            differing(&expect, |window| {
                crate::architecture::Architecture::window(etl, window).unwrap_or_default()
            })
        });
        all.push(check("the OLAP store equals a fold over what was extracted", loaded));
        all
    }
}

fn check(name: &str, differing: Option<Result<usize, String>>) -> Check {
    let (held, detail) = match differing {
        None => (true, "does not apply: late, lost or doubled events, bugs or settings that it would not hold with".to_owned()),
        Some(Ok(windows)) => (true, format!("{windows} windows are equal")),
        Some(Err(first)) => (false, first),
    };
    Check { name: name.to_owned(), held, detail }
}

/// A view computed one event after the other: none of the batch path's code.
fn slow(store: &Store, shape: Shape, extent: &Extent, buggy: bool) -> View {
    let mut view = View::new(shape);
    for rows in store.rows(extent.offsets.clone()) {
        for i in 0..rows.len() {
            let (event, content) = (rows.event[i], rows.content[i]);
            let counts =
                extent.events.contains(&i64::from(event)) && !(buggy && content == BUG_CONTENT);
            if counts {
                let subscribes = rows.flags[i] & SUBSCRIBES != 0;
                view.add(event, rows.user[i], content, rows.channel[i], subscribes);
            }
        }
    }
    view
}

/// The number of equal windows, or the first that differs.
fn differing(
    expect: &View,
    found: impl Fn(usize) -> crate::architecture::view::Cell,
) -> Result<usize, String> {
    for window in 0..expect.windows() {
        let (expect, found) = (expect.window(window), found(window));
        if expect != found {
            return Err(format!("window {window}: {found:?} instead of {expect:?}"));
        }
    }
    Ok(expect.windows())
}
