//! The checkers: invariants that every run is held to while it goes on, and an audit of what it has at
//! the end: views that are computed once more.

use super::protocol::Check;
use super::reckon;
use super::simulation::Simulation;
use crate::architecture::batch::Extent;
use crate::architecture::logic::{Fate, Logic};
use crate::architecture::question::Question;
use crate::architecture::speed::HandOff;
use crate::architecture::store::{SUBSCRIBES, Store};
use crate::architecture::view::{Cell, View};
use crate::architecture::{Architecture, Operation, Path};
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
    /// Which paths were ever fixed: they read bad values then.
    fixes: [bool; 4],
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
            fixes: [false; 4],
        }
    }
}

impl Checks {
    /// Something was done to the run.
    pub fn operated(&mut self, operation: &Operation) {
        match operation {
            Operation::DeployBug { paths } | Operation::Fix { paths, .. } => {
                let is_bug = matches!(operation, Operation::DeployBug { .. });
                let flags = if is_bug { &mut self.bugs } else { &mut self.fixes };
                for (path, flag) in Path::ALL.iter().zip(flags) {
                    *flag |= paths.contains(path);
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
            || told_delivered(run),
        );
        let job = &run.lanes.kappa.read;
        let (late, stream_time) = job.late_and_stream_time();
        let (included, filtered) = (job.included(), job.filtered());
        let pending = run.store.len() - job.position();
        let skipped = job.skipped.expired + job.skipped.unread;
        let all = job.from + included + late + filtered + skipped + pending + job.lost;
        self.accounted.look(all == run.store.len() + job.doubled, || told_accounted(run));
        let identity = (job.started, job.down_until, self.restarts);
        let before = if self.kappa.0 == identity { self.kappa.1 } else { i64::MIN };
        let now = stream_time.unwrap_or(i64::MIN);
        self.monotone.look(now >= before, || told_fallen("kappa", before, now));
        self.kappa = (identity, now);
        let speed = &run.lanes.lambda.speed;
        let before = if self.speed.0 == speed.down_until { self.speed.1 } else { 0 };
        let now = speed.stream_time();
        self.monotone
            .look(now >= before, || told_fallen("the speed layer", before.into(), now.into()));
        self.speed = (speed.down_until, now);
    }

    /// What the checkers that look all the time say.
    #[must_use]
    pub fn so_far(&self) -> Vec<Check> {
        let told = |checker: &Checker| Check {
            name: checker.name.to_owned(),
            held: checker.held(),
            detail: checker.detail(),
        };
        [&self.monotone, &self.accounted, &self.delivered].map(told).into()
    }

    /// Which views can be computed once more as the run stands, and from what.
    #[must_use]
    pub fn audit(&self, run: &Simulation) -> Audit {
        let shape = run.settings.shape();
        let fold = |extent, logic| Fold { view: View::new(shape), extent, logic };
        // A fix changes nothing else than a bug, and what becomes of bad values.
        let any_bad = run.store.any_bad();
        let changed = |at: usize| self.bugs[at] || any_bad && self.fixes[at];
        let job = &run.lanes.kappa.read;
        let is_whole = !job.logic.buggy
            && !(job.is_redeployed && (self.bugs[3] || any_bad))
            && job.skipped.expired == 0
            && job.late_and_stream_time().0 == 0
            && job.doubled + job.lost == 0
            && !run.settings.seeded
            && !(run.settings.question == Question::Sessions && meets_closed(run));
        let read = Extent { offsets: job.from..job.position(), events: 0..i64::MAX };
        let lambda = &run.lanes.lambda;
        let is_exact = run.settings.hand_off() == HandOff::ByOffset
            && run.settings.recompute == 0
            && run.settings.sketch == 0.0
            && run.settings.unite;
        let speed = &lambda.speed;
        let is_merged = is_exact
            && !changed(1)
            && !changed(2)
            && speed.late() + speed.doubled + speed.lost + lambda.missed() == 0;
        // A batch may have read beyond what a slow speed layer has.
        let batch_read = lambda.last.as_ref().map_or(0, |(extent, _)| extent.offsets.end);
        let seen = Extent::before(speed.position().max(batch_read));
        let batch = lambda.last.clone().filter(|_| lambda.missed() == 0);
        let etl = &run.lanes.batch_etl;
        let is_loaded = !changed(0) && etl.missed() == 0;
        Audit {
            kappa: is_whole.then(|| fold(read, job.logic)),
            merged: is_merged.then(|| fold(seen, Logic::FIRST)),
            batch: batch.map(|(extent, logic)| fold(extent, logic)),
            loaded: is_loaded.then(|| fold(Extent::before(etl.extracted()), Logic::FIRST)),
        }
    }
}

// What follows is apart: it is loaded when a checker does not hold (`xtask/src/wasm/doors.rs`).

#[inline(never)]
fn told_delivered(run: &Simulation) -> String {
    let (counts, waiting) = (run.way.counts, run.way.waiting());
    format!("at {} ms {counts:?}, {waiting} on the way", run.clock_ms())
}

#[inline(never)]
fn told_accounted(run: &Simulation) -> String {
    let job = &run.lanes.kappa.read;
    format!(
        "kappa at {} ms: {} included, {} late, {} left out, {} expired or unread, {} pending of {} from {}, {} twice, {} lost",
        run.clock_ms(),
        job.included(),
        job.late_and_stream_time().0,
        job.filtered(),
        job.skipped.expired + job.skipped.unread,
        run.store.len() - job.position(),
        run.store.len(),
        job.from,
        job.doubled,
        job.lost
    )
}

#[inline(never)]
fn told_fallen(whose: &str, before: i64, now: i64) -> String {
    format!("{whose} fell from {before} to {now}")
}

/// Views that are computed once more, one event after the other and by none of the batch path's code:
/// what the lanes have is compared with them. A part at a time, because it takes long.
#[derive(Clone, Debug)]
pub struct Audit {
    kappa: Option<Fold>,
    merged: Option<Fold>,
    batch: Option<Fold>,
    loaded: Option<Fold>,
}

#[derive(Clone, Debug)]
struct Fold {
    view: View,
    /// What is still to be read.
    extent: Extent,
    logic: Logic,
}

impl Audit {
    /// Goes on for about so many events; whether all is done.
    #[inline(never)]
    pub fn go(&mut self, store: &Store, mut most: u64) -> bool {
        let Self { kappa, merged, batch, loaded } = self;
        let mut folds = [kappa, merged, batch, loaded].into_iter().flatten();
        folds.all(|fold| {
            most -= fold.go(store, most);
            fold.extent.offsets.is_empty()
        })
    }

    /// What all checkers say of a run that has not moved since the audit began.
    #[must_use]
    pub fn verdicts(&self, run: &Simulation, checks: &Checks) -> Vec<Check> {
        let shape = run.settings.shape();
        let mut all = checks.so_far();
        let job = &run.lanes.kappa.read;
        let kappa =
            self.kappa.as_ref().map(|Fold { view: expect, .. }| {
                // A window that is emitted once is whole or not there, and there when it closed.
                let table = |window| job.table().window(window);
                let is_absent = |window| run.settings.emit == 1 && table(window) == Cell::default();
                let shown = (0..expect.windows()).filter(|window| !is_absent(*window)).count();
                if run.settings.emit == 1 && shown as u64 != job.finals.shown {
                    return Err(format!("{shown} windows are there of {}", job.finals.shown));
                }
                differing(expect, |window| {
                    if is_absent(window) { expect.window(window) } else { table(window) }
                })
            });
        all.push(check("kappa's table equals a fold over what it read", kappa));
        let lambda = &run.lanes.lambda;
        let merged = self.merged.as_ref().map(|Fold { view, .. }| {
            differing(view, |window| lambda.window(window).unwrap_or_default())
        });
        all.push(check("lambda's merged answer equals a fold over what it read", merged));
        let batch = self.batch.as_ref().map(|Fold { view: expect, extent, .. }| {
            let first = u32::try_from(extent.events.start).unwrap_or(u32::MAX);
            let first = shape.window(first) as usize;
            differing(expect, |window| {
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
        let loaded = self.loaded.as_ref().map(|Fold { view, .. }| {
            differing(view, |window| etl.window(window).unwrap_or_default())
        });
        all.push(check("the OLAP store equals a fold over what was extracted", loaded));
        all
    }
}

impl Fold {
    /// Reads on, up to `most` events; how many it was.
    fn go(&mut self, store: &Store, most: u64) -> u64 {
        let Self { view, extent, logic } = self;
        let to = extent.offsets.end.min(extent.offsets.start.saturating_add(most));
        for rows in store.rows(extent.offsets.start..to) {
            for i in 0..rows.len() {
                let (event, content) = (rows.event[i], rows.content[i]);
                let fate = logic.fate(rows.offset + i as u64, content, rows.flags[i]);
                if extent.events.contains(&i64::from(event)) && fate == Fate::Counts {
                    let subscribes = rows.flags[i] & SUBSCRIBES != 0;
                    view.add(event, rows.user[i], content, rows.channel[i], subscribes);
                }
            }
        }
        let read = to.saturating_sub(extent.offsets.start);
        extent.offsets.start += read;
        read
    }
}

/// Whether kappa's job has read an event that came so late that a session which it would have joined
/// was closed, and left the store: then the event begins another one. Heartbeats close sessions too.
fn meets_closed(run: &Simulation) -> bool {
    let job = &run.lanes.kappa.read;
    let beat = |arrival: i64| match job.setup.heartbeat_ms {
        0 => 0,
        every => arrival - arrival.rem_euclid(every),
    };
    let mut stream_time = 0;
    reckon::rows(run).skip_while(|row| row.offset < job.from).any(|row| {
        stream_time = stream_time.max(row.event).max(beat(row.arrival));
        row.event + job.setup.grace_ms < stream_time
    })
}

fn check(name: &str, differing: Option<Result<usize, String>>) -> Check {
    let (held, detail) = match differing {
        None => (true, "does not apply: late, lost or doubled events, bugs or settings that it would not hold with".to_owned()),
        Some(Ok(windows)) => (true, format!("{windows} windows are equal")),
        Some(Err(first)) => (false, first),
    };
    Check { name: name.to_owned(), held, detail }
}

/// The number of equal windows, or the first that differs.
fn differing(expect: &View, found: impl Fn(usize) -> Cell) -> Result<usize, String> {
    for window in 0..expect.windows() {
        let (expect, found) = (expect.window(window), found(window));
        if expect != found {
            return Err(format!("window {window}: {found:?} instead of {expect:?}"));
        }
    }
    Ok(expect.windows())
}
