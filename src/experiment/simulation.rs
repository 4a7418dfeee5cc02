//! A running experiment: source, way, store, the three lanes, truth, measures and checkers on one
//! virtual clock. Both shells drive this type.
//!
//! Seed, settings, length and command log determine it: [`Simulation::advance`] may be cut anywhere.
//! A clone is a checkpoint; it shares the events with the original.

mod measure;
mod report;

use super::operations;
use super::protocol::{KnobProblem, Logged, Note, Sample};
use super::settings::{KNOBS, Settings};
use super::source::{Process, Source};
use super::{Experiment, experiment, limits, verify};
use crate::architecture::batch_etl::{BatchEtl, EtlSetup};
use crate::architecture::kappa::{Kappa, KappaSetup};
use crate::architecture::lambda::{Lambda, LambdaSetup};
use crate::architecture::oltp::{Oltp, OltpSetup};
use crate::architecture::store::{BAD, COPY, Click, LATE, Store};
use crate::architecture::view::View;
use crate::architecture::{Architecture, Operation, World};
use crate::order;
use crate::rng::Seed;
use crate::sim::NEVER;
use crate::sim::fault::{Delay, Share, Way};
use crate::sim::scheduler::Scheduler;
use measure::Flow;

/// The longest step, milliseconds: so many events are held between source and store.
const MOST_STEP: i64 = 10_000;
/// Samples are at least so many milliseconds apart, and at most [`MOST_SAMPLES`].
const SAMPLE_EVERY: [i64; 13] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
    3_600_000, 7_200_000,
];
const MOST_SAMPLES: i64 = 800;
/// Notes that are kept; the oldest go first.
const MOST_NOTES: usize = 2_000;

/// The three architectures.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// Batch ETL.
    pub batch_etl: BatchEtl,
    /// Lambda.
    pub lambda: Lambda,
    /// Kappa.
    pub kappa: Kappa,
}

impl Lanes {
    /// They, in the order in which they are shown.
    pub fn all(&self) -> [&dyn Architecture; 3] {
        [&self.batch_etl, &self.lambda, &self.kappa]
    }

    fn all_mut(&mut self) -> [&mut dyn Architecture; 3] {
        [&mut self.batch_etl, &mut self.lambda, &mut self.kappa]
    }
}

/// A running experiment.
#[derive(Clone, Debug)]
pub struct Simulation {
    experiment: &'static Experiment,
    seed: Seed,
    /// What was set.
    pub settings: Settings,
    given: Settings,
    end: i64,
    clock: i64,
    source: Source,
    /// The way of the events, with its counts.
    pub way: Way<Click>,
    /// The delivered events.
    pub store: Store,
    /// The answer over what happened.
    pub happened: View,
    /// The answer over what was delivered.
    pub delivered: View,
    /// The architectures.
    pub lanes: Lanes,
    /// The OLTP store as a server, where analytic queries run on it.
    pub oltp: Oltp,
    /// What the command log has for later: indices into it.
    agenda: Scheduler<usize>,
    log: Vec<Logged>,
    /// How many entries of the log have been carried out.
    played: usize,
    sample_every: i64,
    next_sample: i64,
    samples: Vec<Sample>,
    errors: [(f64, u64); 3],
    notes: Vec<Note>,
    warm: bool,
    /// Arrivals and late ones up to the last sample, and the rate since.
    flow: Flow,
    checks: verify::Checks,
}

// The next two are apart, so that they are loaded when they are first asked for
// (`xtask/src/wasm/doors.rs`).

/// Sets knobs for a run of `end` milliseconds; everything that is wrong then.
#[inline(never)]
fn set(given: &mut Settings, settings: &[(String, String)], end: i64) -> Vec<KnobProblem> {
    let mut problems = Vec::new();
    for (name, value) in settings {
        let set = match KNOBS.iter().find(|knob| knob.name == name) {
            Some(knob) => knob.set(given, value),
            None => Err(format!("there is no knob `{name}`")),
        };
        if let Err(message) = set {
            problems.push(KnobProblem { knob: name.clone(), message });
        }
    }
    problems.extend(limits::problems(given, end));
    problems
}

#[inline(never)]
fn unknown(name: &str) -> KnobProblem {
    let names: Vec<_> = super::EXPERIMENTS.iter().map(|e| e.name).collect();
    let message = format!("there is no experiment `{name}`: {}", names.join(", "));
    KnobProblem { knob: String::new(), message }
}

impl Simulation {
    /// Begins an experiment, at its start. Settings are knobs by name with their values as text.
    ///
    /// # Errors
    /// Everything that is wrong, each at its knob.
    pub fn open(
        name: &str,
        seed: Seed,
        settings: &[(String, String)],
        for_ms: Option<i64>,
    ) -> Result<Self, Vec<KnobProblem>> {
        let Some(experiment) = experiment(name) else {
            return Err(vec![unknown(name)]);
        };
        let mut given = experiment.defaults();
        let end = for_ms.unwrap_or(experiment.for_ms);
        // What a preset sets is right: a test holds all of them to it.
        if !settings.is_empty() || for_ms.is_some() {
            let problems = set(&mut given, settings, end);
            if !problems.is_empty() {
                return Err(problems);
            }
        }
        Ok(Self::begin(experiment, seed, given, end))
    }

    fn begin(experiment: &'static Experiment, seed: Seed, given: Settings, end: i64) -> Self {
        let mut s = given;
        s.sample = limits::sampling(&given, end);
        let shape = s.shape();
        let run_ms = (s.run_time > 0).then_some(s.run_time);
        let etl =
            EtlSetup { shape, period_ms: s.period, run_ms, in_place: s.in_place, cost: s.cost() };
        let lambda = LambdaSetup {
            job: s.job(),
            period_ms: s.period,
            run_ms,
            recompute_ms: (s.recompute > 0).then_some(s.recompute),
            cut_off_ms: s.cut_off,
            hand_off: s.hand_off(),
            sketch: (s.sketch > 0.0).then_some(s.sketch as u8),
            merge: s.merge(),
        };
        let kappa = KappaSetup {
            job: s.job(),
            replay_grace_ms: s.replay_grace,
            archive: s.archive,
            seeded: s.seeded,
        };
        let oltp = OltpSetup {
            query_rate: s.query_rate,
            query_rows: s.query_rows,
            scan_rate: s.scan_rate,
            write_capacity: s.write_capacity,
        };
        let every = |at: &&i64| end / **at <= MOST_SAMPLES;
        let sample_every = SAMPLE_EVERY.iter().find(every).copied().unwrap_or(7_200_000);
        let users = libm::ceil(s.users / s.sample).max(1.0) as u32;
        let mut simulation = Self {
            experiment,
            seed,
            settings: s,
            given,
            end,
            clock: 0,
            source: Source::new(s.source, s.rate / s.sample, users, seed),
            way: Way::new(seed, s.faults()),
            store: Store::default(),
            happened: View::new(shape),
            delivered: View::new(shape),
            lanes: Lanes {
                batch_etl: BatchEtl::new(etl),
                lambda: Lambda::new(lambda),
                kappa: Kappa::new(kappa),
            },
            oltp: Oltp::new(oltp, seed),
            agenda: Scheduler::default(),
            log: Vec::new(),
            played: 0,
            sample_every,
            next_sample: sample_every,
            samples: Vec::new(),
            errors: [(0.0, 0); 3],
            notes: Vec::new(),
            warm: false,
            flow: Flow { per_second: s.rate / s.sample, ..Flow::default() },
            checks: verify::Checks::default(),
        };
        let script = (experiment.script)(&s);
        simulation.replay(script);
        simulation
    }

    /// Puts a command log in the place of the preset's script, before the first step: a saved run,
    /// a link.
    pub fn replay(&mut self, log: Vec<Logged>) {
        debug_assert_eq!(self.clock, 0, "before the first step");
        self.log = log;
        order::sort_by_key(&mut self.log, |logged| logged.at_ms);
        self.plan_log();
    }

    /// Plans what of the log has not been carried out.
    fn plan_log(&mut self) {
        self.agenda = Scheduler::default();
        for (at, logged) in self.log.iter().enumerate().skip(self.played) {
            self.agenda.plan(logged.at_ms.max(1), at);
        }
    }

    /// Puts a command log in the place of what is still to come: of a checkpoint whose past is the
    /// log's. What the log has at or before the clock and was not played is carried out at once.
    pub fn follow(&mut self, log: &[Logged]) {
        debug_assert_eq!(log.get(..self.played), self.log.get(..self.played), "one past");
        self.log = log.to_vec();
        while let Some(logged) = self.log.get(self.played).filter(|l| l.at_ms <= self.clock) {
            let operation = logged.operation.clone();
            self.played += 1;
            self.carry_out(&operation);
        }
        self.plan_log();
    }

    /// The experiment.
    #[must_use]
    pub const fn experiment(&self) -> &'static Experiment {
        self.experiment
    }

    /// The virtual clock, milliseconds since the start.
    #[must_use]
    pub const fn clock_ms(&self) -> i64 {
        self.clock
    }

    /// Where the run ends.
    #[must_use]
    pub const fn end_ms(&self) -> i64 {
        self.end
    }

    /// The command log: the preset's script and what a person did.
    #[must_use]
    pub fn log(&self) -> &[Logged] {
        &self.log
    }

    /// Lets virtual time go on until `to_ms` or the end of the run, but only until about `most_events`
    /// more events have arrived. Whether it got there.
    pub fn advance(&mut self, to_ms: i64, most_events: u64) -> bool {
        let to = to_ms.min(self.end);
        let stop = self.way.counts.sent.saturating_add(most_events);
        while self.clock < to {
            let due = self.lanes.all().iter().map(|lane| lane.next_at()).min().unwrap_or(NEVER);
            let own = self.agenda.next_at().min(self.next_sample).min(self.clock + MOST_STEP);
            let next = due.min(own).min(to);
            self.step(next.max(self.clock + 1));
            if self.way.counts.sent >= stop {
                break;
            }
        }
        self.clock >= to
    }

    fn step(&mut self, to: i64) {
        let Self { source, way, store, happened, delivered, .. } = self;
        source.run(to, |click| {
            let Click { event, user, content, channel, subscribes, .. } = click;
            happened.add(event, user, content, channel, subscribes);
            way.send(i64::from(event), click);
        });
        way.arrive(to, |at, click, marks| {
            let Click { event, user, content, channel, subscribes, .. } = click;
            delivered.add(event, user, content, channel, subscribes);
            let flags = if marks.copy { COPY } else { 0 }
                | if marks.late { LATE } else { 0 }
                | if marks.bad { BAD } else { 0 };
            store.push(u32::try_from(at).unwrap_or(u32::MAX), &click, flags);
        });
        self.with_world(|lanes, world| {
            for lane in lanes.all_mut() {
                lane.advance(to, world);
            }
        });
        if self.settings.query_rate > 0.0 {
            self.oltp.advance(to, &self.store);
        }
        self.clock = to;
        if !self.warm && self.lanes.batch_etl.first_landed.is_some() {
            self.warm = true;
            self.lanes.all_mut().iter_mut().for_each(|lane| lane.begin_measuring(to));
        }
        // First what was, then what is done: so it is too when a person does it at this time.
        if to >= self.next_sample {
            self.sample();
            self.next_sample = to + self.sample_every;
        }
        while let Some(at) = self.agenda.due(to) {
            self.played = at + 1;
            let operation = self.log[at].operation.clone();
            self.carry_out(&operation);
        }
        if self.notes.len() > MOST_NOTES {
            self.notes.drain(..self.notes.len() - MOST_NOTES);
        }
    }

    fn with_world<R>(&mut self, f: impl FnOnce(&mut Lanes, &mut World<'_>) -> R) -> R {
        let Flow { per_second, late_share, .. } = self.flow;
        let (store, notes) = (&self.store, &mut self.notes);
        f(&mut self.lanes, &mut World { store, notes, per_second, late_share })
    }

    /// Something is done to the run, now. Enters the command log; what a person had done later (the
    /// run was sought back) is dropped, because history has changed. The preset's script stays.
    ///
    /// # Errors
    /// Why it cannot be done now; nothing has changed then.
    pub fn operate(&mut self, operation: &Operation) -> Result<(), String> {
        if let Some(reason) = operations::unavailable(operation, self) {
            return Err(reason);
        }
        let later = self.log.split_off(self.played);
        let at_ms = self.clock;
        self.log.push(Logged { at_ms, operation: operation.clone(), preset: false });
        self.played = self.log.len();
        self.log.extend(later.into_iter().filter(|logged| logged.preset));
        self.plan_log();
        self.carry_out(operation);
        Ok(())
    }

    fn carry_out(&mut self, operation: &Operation) {
        let now = self.clock;
        let share = |share: f64, for_ms: i64| Share { share, until: now.saturating_add(for_ms) };
        let faults = &mut self.way.faults;
        match operation {
            Operation::Outage { for_ms } => {
                faults.outage_until = faults.outage_until.max(now.saturating_add(*for_ms));
            }
            Operation::Silence { for_ms } => self.source.silence(now.saturating_add(*for_ms)),
            Operation::LateData { share: late, mean_ms, for_ms } => {
                faults.late = (share(*late, *for_ms), Delay::Exponential(*mean_ms as f64));
            }
            Operation::Duplicates { share: twice, for_ms } => {
                faults.duplicates = share(*twice, *for_ms);
            }
            Operation::Drops { share: lost, for_ms } => faults.drops = share(*lost, *for_ms),
            Operation::BadData { share: bad, for_ms } => faults.bad = share(*bad, *for_ms),
            _ => {}
        }
        self.checks.operated(operation);
        let (label, text) = operations::told(operation);
        self.notes.push(Note { at_ms: now, lane: None, label, text });
        self.with_world(|lanes, world| {
            for lane in lanes.all_mut() {
                lane.operate(operation, now, world);
            }
        });
    }

    /// For each button of [`super::protocol::ExperimentInfo::operations`], why it cannot be pressed.
    #[must_use]
    pub fn unavailable(&self) -> Vec<Option<String>> {
        let all = operations::infos(self.experiment, false);
        all.iter().map(|info| operations::unavailable(&info.operation, self)).collect()
    }

    /// Brings all tables up to date, to be read.
    pub fn commit(&mut self) {
        self.lanes.all_mut().iter_mut().for_each(|lane| lane.commit());
    }

    /// What happened so far, oldest first.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Whether the source is the news site.
    #[must_use]
    pub fn is_clickstream(&self) -> bool {
        self.settings.source == Process::Clickstream
    }
}
