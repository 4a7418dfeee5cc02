//! An experiment as a room plays it: playing, stepping, seeking and turning knobs over a
//! [`Simulation`], and its charts.
//!
//! Sans I/O: wall time comes in as milliseconds since the last slice, and nothing that the run computes
//! depends on it. Not here: canvases and messages, which are `web`'s.

pub mod charts;

use crate::architecture::Operation;
use crate::experiment::link::Link;
use crate::experiment::protocol::{
    Check, ExperimentCommand, ExperimentEvent, ExperimentTick, KnobProblem, Logged, Note, Scene,
    Series, Verdict,
};
use crate::experiment::{Audit, Simulation, catalogue};
use crate::lab::Next;
use crate::lab::checkpoints::Checkpoints;
use crate::lab::log::Stamp;
use crate::lab::playback::Playback;
use crate::order;
use crate::rng::Seed;
use crate::time::Micros;

/// Events of one call of the simulation: a slice is cut between two of them.
const MOST_EVENTS: u64 = 2_000;
/// Virtual time of one call where few events come.
const MOST_MS: i64 = 120_000;
/// Events of one step of an audit.
const MOST_AUDITED: u64 = 20_000;
/// Virtual seconds in a second before a person has chosen a speed.
const FIRST_SPEED: f64 = 600.0;

/// The experiments of one element.
pub struct Player {
    run: Option<Run>,
    playback: Playback,
}

impl std::fmt::Debug for Player {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Player").field("playback", &self.playback).finish_non_exhaustive()
    }
}

/// An experiment that was opened.
struct Run {
    simulation: Simulation,
    given: Given,
    /// The whole command log, also what lies ahead after going back.
    log: Vec<Logged>,
    kept: Checkpoints<Simulation>,
    latest: i64,
    /// Where a seek or a step goes.
    goal: Option<i64>,
    /// What is computed once more while the run stands still, and whether that is done.
    audit: Option<(Audit, bool)>,
}

/// What is to happen in a run that begins.
enum Log {
    /// This.
    Whole(Vec<Logged>),
    /// This, and what the preset's script says.
    Besides(Vec<Logged>),
}

/// What a run was opened with.
#[derive(Clone, Debug)]
struct Given {
    experiment: String,
    seed: u64,
    settings: Vec<(String, String)>,
    for_ms: Option<i64>,
}

impl Default for Player {
    fn default() -> Self {
        Self { run: None, playback: Playback::new(Micros(0), Some(FIRST_SPEED)) }
    }
}

impl Player {
    /// Carries out a command; what it answers.
    pub fn command(&mut self, command: ExperimentCommand) -> Option<ExperimentEvent> {
        match command {
            ExperimentCommand::List => {
                return Some(ExperimentEvent::Catalogue { experiments: catalogue() });
            }
            ExperimentCommand::Open { experiment, seed, settings, for_ms, log, play } => {
                let given = Given { experiment, seed, settings, for_ms };
                let log = if log.is_empty() { Log::Besides(log) } else { Log::Whole(log) };
                let answer = self.open(given, log, 0);
                if play && matches!(answer, ExperimentEvent::Opened(_)) {
                    self.playback.playing = true;
                    self.rebase();
                }
                return Some(answer);
            }
            ExperimentCommand::Explain => return self.explain(),
            ExperimentCommand::OpenLink { link } => return Some(self.open_link(&link)),
            ExperimentCommand::Share => return self.share(),
            ExperimentCommand::Report => return self.report(),
            ExperimentCommand::Set { name, value } => return self.set(name, value),
            ExperimentCommand::Operate { operation } => return self.operate(&operation),
            ExperimentCommand::Play => {
                if let Some(run) = &mut self.run
                    && run.simulation.clock_ms() >= run.simulation.end_ms()
                {
                    run.seek(0);
                }
                self.playback.playing = true;
            }
            ExperimentCommand::Pause => self.playback.playing = false,
            ExperimentCommand::Step { ms } => {
                self.playback.playing = false;
                if let Some(run) = &mut self.run {
                    let from = run.goal.unwrap_or_else(|| run.simulation.clock_ms());
                    run.seek(from.saturating_add(ms.max(0)));
                }
            }
            ExperimentCommand::Speed { factor } => {
                if factor.is_none_or(|factor| factor.is_finite() && factor > 0.0) {
                    self.playback.speed = factor;
                }
            }
            ExperimentCommand::Seek { to_ms } => {
                if let Some(run) = &mut self.run {
                    run.seek(to_ms);
                }
            }
        }
        self.rebase();
        None
    }

    fn open(&mut self, given: Given, log: Log, goal: i64) -> ExperimentEvent {
        match Run::open(given, log) {
            Ok(mut run) => {
                let opened = run.simulation.opened();
                if goal > 0 {
                    run.seek(goal);
                } else {
                    self.playback.playing = false;
                }
                self.run = Some(run);
                self.rebase();
                ExperimentEvent::Opened(opened)
            }
            Err(problems) => ExperimentEvent::Refused { problems },
        }
    }

    // What follows is apart, so that it is loaded when it is first asked for
    // (`xtask/src/wasm/doors.rs`).

    #[inline(never)]
    fn explain(&self) -> Option<ExperimentEvent> {
        let experiment = self.run.as_ref()?.simulation.experiment();
        Some(ExperimentEvent::Explained { info: experiment.info(true) })
    }

    #[inline(never)]
    fn share(&self) -> Option<ExperimentEvent> {
        let simulation = &self.run.as_ref()?.simulation;
        let (link, command) = (simulation.link(), simulation.command());
        Some(ExperimentEvent::Shared { link, command })
    }

    #[inline(never)]
    fn report(&mut self) -> Option<ExperimentEvent> {
        let json = self.run.as_mut()?.simulation.report().json();
        Some(ExperimentEvent::Reported { json })
    }

    /// A link can come from anyone: what is wrong with it is told, and what ran goes on.
    #[inline(never)]
    fn open_link(&mut self, link: &str) -> ExperimentEvent {
        match Link::parse(link) {
            Ok(Link { experiment, seed, settings, for_ms, log, at_ms }) => {
                let given = Given { experiment, seed, settings, for_ms };
                self.playback.playing = false;
                self.open(given, Log::Besides(log), at_ms)
            }
            Err(message) => {
                let problem = KnobProblem { knob: String::new(), message };
                ExperimentEvent::Refused { problems: vec![problem] }
            }
        }
    }

    #[inline(never)]
    fn set(&mut self, name: String, value: String) -> Option<ExperimentEvent> {
        let run = self.run.as_ref()?;
        let mut given = run.given.clone();
        given.settings.retain(|(other, _)| *other != name);
        given.settings.push((name, value));
        let by_hand = run.log.iter().filter(|logged| !logged.preset).cloned().collect();
        let at = run.goal.unwrap_or_else(|| run.simulation.clock_ms());
        Some(self.open(given, Log::Besides(by_hand), at))
    }

    #[inline(never)]
    fn operate(&mut self, operation: &Operation) -> Option<ExperimentEvent> {
        let run = self.run.as_mut()?;
        let refused = match run.operate(operation) {
            Ok(()) => return None,
            Err(message) => KnobProblem { knob: String::new(), message },
        };
        Some(ExperimentEvent::Refused { problems: vec![refused] })
    }

    fn rebase(&mut self) {
        let clock = self.run.as_ref().map_or(0, |run| run.simulation.clock_ms());
        self.playback.rebase(Micros(clock * 1_000));
    }

    /// Goes on, `elapsed_ms` of wall time after the last slice, until there is nothing to do or `more`
    /// says that others wait.
    pub fn slice(&mut self, elapsed_ms: f64, more: impl Fn() -> bool) -> Next {
        let Some(run) = &mut self.run else { return Next::Idle };
        if let Some(goal) = run.goal {
            if !run.advance(goal, &more) {
                return Next::Soon;
            }
            run.goal = None;
            self.rebase();
            return if self.playback.playing || !self.audit(&more) {
                Next::Soon
            } else {
                Next::Idle
            };
        }
        let clock = Micros(run.simulation.clock_ms() * 1_000);
        let Some(Micros(target)) = self.playback.target(clock, elapsed_ms) else {
            return if self.audit(&more) { Next::Idle } else { Next::Soon };
        };
        let there = run.advance(target / 1_000, &more);
        if run.simulation.clock_ms() >= run.simulation.end_ms() {
            self.playback.playing = false;
            return if self.audit(&more) { Next::Idle } else { Next::Soon };
        }
        if there { Next::Later } else { Next::Soon }
    }

    /// Goes on with the audit of a run that stands still; whether it is done.
    fn audit(&mut self, more: &impl Fn() -> bool) -> bool {
        let Some(Run { simulation, audit, .. }) = &mut self.run else { return true };
        let (audit, done) = audit.get_or_insert_with(|| (simulation.audit(), false));
        while !*done {
            *done = audit.go(&simulation.store, MOST_AUDITED);
            if !more() {
                break;
            }
        }
        *done
    }

    /// Whether an experiment is open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.run.is_some()
    }

    /// Whether the run stands still: nothing moves it before the next command.
    #[must_use]
    pub fn at_rest(&self) -> bool {
        !self.playback.playing && self.run.as_ref().is_none_or(|run| run.goal.is_none())
    }

    /// Where the run is; `None` before one was opened.
    pub fn tick(&mut self) -> Option<ExperimentTick> {
        let at_rest = self.at_rest();
        let run = self.run.as_mut()?;
        let digest = if at_rest { run.digest() } else { None };
        let simulation = &mut run.simulation;
        Some(ExperimentTick {
            clock_ms: simulation.clock_ms(),
            latest_ms: run.latest,
            end_ms: simulation.end_ms(),
            playing: self.playback.playing,
            speed: self.playback.speed,
            behind: self.playback.playing && self.playback.behind(),
            seeking: run.goal.is_some(),
            unavailable: simulation.unavailable(),
            log: run.log.clone(),
            digest,
        })
    }

    /// The three lanes as diagrams.
    pub fn scene(&mut self) -> Option<Scene> {
        self.run.as_mut().map(|run| run.simulation.scene())
    }

    /// The data of the charts.
    pub fn series(&mut self) -> Option<Series> {
        self.run.as_mut().map(|run| run.simulation.series())
    }

    /// What happened so far.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        self.run.as_ref().map_or(&[], |run| run.simulation.notes())
    }

    /// The right end of the time axis: it grows in few steps, so that pictures stay calm.
    #[must_use]
    pub fn horizon_ms(&self) -> i64 {
        let Some(run) = &self.run else { return 1 };
        let end = run.simulation.end_ms().max(1);
        [8, 4, 2].iter().map(|part| end / part).find(|at| *at > run.latest).unwrap_or(end)
    }

    /// What the run shows so far.
    pub fn verdict(&mut self) -> Option<Verdict> {
        self.run.as_mut().map(|run| {
            let checkers = run.checkers();
            run.simulation.verdict(checkers)
        })
    }

    /// The command that makes the run again, for a report of a bug.
    #[must_use]
    pub fn replayed_by(&self) -> String {
        self.run.as_ref().map_or_else(String::new, |run| run.simulation.command())
    }
}

impl Run {
    fn open(given: Given, log: Log) -> Result<Self, Vec<KnobProblem>> {
        let Given { experiment, seed, settings, for_ms } = &given;
        let mut simulation = Simulation::open(experiment, Seed(*seed), settings, *for_ms)?;
        let mut log = match log {
            Log::Whole(log) => log,
            Log::Besides(by_hand) => [simulation.log(), by_hand.as_slice()].concat(),
        };
        order::sort_by_key(&mut log, |logged| logged.at_ms);
        let kept = Checkpoints::new(stamp(0), 0, simulation.clone());
        simulation.follow(&log);
        Ok(Self { simulation, given, log, kept, latest: 0, goal: None, audit: None })
    }

    /// What the checkers say, if the audit is done.
    fn checkers(&self) -> Option<Vec<Check>> {
        let (audit, _) = self.audit.as_ref().filter(|(_, done)| *done)?;
        Some(self.simulation.audited(audit))
    }

    /// The digest of the report, if the audit is done.
    fn digest(&mut self) -> Option<String> {
        let checkers = self.checkers()?;
        Some(self.simulation.report_with(checkers).digest())
    }

    fn seek(&mut self, to_ms: i64) {
        self.audit = None;
        let to = to_ms.clamp(0, self.simulation.end_ms());
        let clock = self.simulation.clock_ms();
        let (at, nearest) = self.kept.last_where(|at| at.clock.0 <= to * 1_000);
        if to < clock || at.clock.0 > clock * 1_000 {
            self.simulation = nearest.clone();
            self.simulation.follow(&self.log);
        }
        self.goal = Some(to);
    }

    /// Whether it got there.
    fn advance(&mut self, to_ms: i64, more: &impl Fn() -> bool) -> bool {
        let to = to_ms.min(self.simulation.end_ms());
        while self.simulation.clock_ms() < to {
            self.audit = None;
            let part = to.min(self.simulation.clock_ms() + MOST_MS);
            self.simulation.advance(part, MOST_EVENTS);
            let clock = self.simulation.clock_ms();
            self.latest = self.latest.max(clock);
            if self.kept.wants(stamp(clock).turn) {
                self.kept.make_room(self.bytes());
                self.kept.keep(stamp(clock), self.simulation.clone());
            }
            if !more() {
                break;
            }
        }
        self.simulation.clock_ms() >= to
    }

    /// What happens now, happens where the run is: a seek that is under way ends here.
    fn operate(&mut self, operation: &Operation) -> Result<(), String> {
        let clock = self.simulation.clock_ms();
        self.simulation.operate(operation)?;
        (self.goal, self.audit) = (None, None);
        self.log = self.simulation.log().to_vec();
        self.latest = clock;
        // One taken at this very time does not know of it yet.
        self.kept.forget_after(stamp(clock).turn.saturating_sub(1));
        Ok(())
    }

    /// About what a checkpoint holds beside the events, which it shares: cells and sets of users of
    /// some eight views, and the open segment.
    fn bytes(&self) -> u64 {
        let settings = &self.simulation.settings;
        let windows = self.simulation.clock_ms() / settings.window.max(60_000) + 1;
        let users = if settings.shape().unit() == "users" { settings.users / 8.0 } else { 0.0 };
        (2 << 20) + windows as u64 * 8 * (7 * 16 + users as u64)
    }
}

/// A place in a run, in whole seconds: two operations in one second are both after its checkpoint.
const fn stamp(clock_ms: i64) -> Stamp {
    Stamp { turn: (clock_ms / 1_000) as u64, clock: Micros(clock_ms * 1_000) }
}
