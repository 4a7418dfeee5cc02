//! One running lab: a run, its command log, its checkpoints and how fast it plays. A shell hands it
//! commands and slices of time, and asks for what to show. Not here: any clock, canvas or thread.

pub mod assist;
pub mod builtin;
pub mod checkpoints;
pub mod flow;
pub mod inspect;
pub mod log;
pub mod outlet;
pub mod playback;
pub mod protocol;
pub mod run;
pub mod save;
mod statements;
pub mod view;
pub mod words;

use std::borrow::Cow;
use std::sync::Arc;

use crate::chart::model::{ChartData, ChartId};
use crate::clickstream::Config;
use crate::engine::StartError;
use crate::lab::checkpoints::Checkpoints;
use crate::lab::flow::FlowMap;
use crate::lab::log::{Change, CommandLog, Stamp};
use crate::lab::playback::Playback;
use crate::lab::protocol::{Command, Count, Event, Inspection, Problem, Tick};
use crate::lab::run::{GRID, Run, RunCheckpoint};
use crate::lab::save::Save;
use crate::rng::{MOST_SEED, Seed};
use crate::session::Session;
use crate::time::{DAY_MS, Micros, Timestamp};

/// The speed of a lab that was just made.
pub const FIRST_SPEED: f64 = 60.0;
const MOST_SPEED: f64 = 86_400.0;
/// A run is at most this long: a seek beyond would never end.
const LONGEST_MS: i64 = 366 * DAY_MS;
/// How many records of a topic are shown.
const INSPECTED: usize = 50;

/// When a shell should give the next slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// At once: there is work.
    Soon,
    /// When the clock has moved on.
    Later,
    /// After the next command.
    Idle,
}

/// A lab.
#[derive(Debug)]
pub struct Lab {
    seed: Seed,
    config: Arc<Config>,
    /// The configuration as a saved run has it.
    tree: Arc<serde_json::Value>,
    notices: Vec<String>,
    /// The pipeline's script if it is not the built-in one.
    script: Option<Arc<str>>,
    run: Run,
    log: CommandLog,
    checkpoints: Checkpoints<RunCheckpoint>,
    /// States of the first queries here, as long as the checkpoint of this place is being made. The
    /// changes that the log knows of here come after it.
    taking: Option<Vec<Vec<u8>>>,
    playback: Playback,
    /// The furthest point that this history has reached.
    latest: Micros,
    /// Where a seek or a step is going.
    seeking: Option<Micros>,
    inspected: Option<String>,
    /// Push queries that ended because the run went elsewhere, to be told of.
    lost_pushes: Vec<u32>,
    flow: FlowMap,
    /// The digest of where the run stands still.
    digest: Option<(Stamp, String)>,
}

impl Lab {
    /// A lab on the built-in news site, paused at its beginning.
    ///
    /// # Panics
    /// When the built-in pipeline is invalid: a bug that a test finds.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self::load(Config::default(), Vec::new(), seed, None)
            .expect("the built-in pipeline is valid")
    }

    fn load(
        config: Config,
        notices: Vec<String>,
        seed: Seed,
        script: Option<Arc<str>>,
    ) -> Result<Self, Vec<Problem>> {
        let config = Arc::new(config);
        let text = pipeline(&config, script.as_deref());
        let run = Run::new(&config, seed, &text).map_err(|error| {
            let path = match error {
                // The only topic that a configuration names.
                StartError::Topic(_) => "General.clickTopic",
                StartError::Script(_) => "script",
                _ => "",
            };
            vec![problem(path, error)]
        })?;
        let (checkpoint, bytes) = (run.checkpoint(Vec::new()), run.size_bytes());
        let clock = run.at().clock;
        Ok(Self {
            seed,
            tree: Arc::new(config.tree().clone()),
            config,
            notices,
            script,
            flow: FlowMap::new(run.engine(), &run.source_topics()),
            log: CommandLog::default(),
            checkpoints: Checkpoints::new(run.at(), bytes, checkpoint),
            taking: None,
            playback: Playback::new(clock, Some(FIRST_SPEED)),
            latest: clock,
            seeking: None,
            inspected: None,
            lost_pushes: Vec::new(),
            digest: None,
            run,
        })
    }

    /// Carries out a command. What it answers at once is returned.
    pub fn command(&mut self, command: Command) -> Option<Event> {
        self.give_up_checkpoint();
        let clock = self.run.at().clock;
        match command {
            Command::Load { config, seed, script } => {
                return Some(self.reload(config.as_ref(), seed, script.map(Arc::from)));
            }
            Command::Play => {
                self.playback.playing = true;
                self.playback.rebase(clock);
            }
            Command::Pause => self.playback.playing = false,
            Command::Step { ms } => return self.step(ms),
            Command::Seek { to_ms } => return self.seek(Timestamp(to_ms)),
            Command::Speed { factor } => match factor {
                Some(factor) if !(factor > 0.0 && factor <= MOST_SPEED) => {
                    let message = format!("the speed must be over 0 and at most {MOST_SPEED}");
                    return Some(refused(vec![problem("speed", message)]));
                }
                factor => {
                    self.playback.speed = factor;
                    self.playback.rebase(clock);
                }
            },
            Command::Apply { setting } => return self.change(Change::Apply { setting }),
            Command::PauseQuery { query } => return self.change(Change::PauseQuery { query }),
            Command::ResumeQuery { query } => return self.change(Change::ResumeQuery { query }),
            Command::Coalesce { on } => return self.change(Change::Coalesce { on }),
            Command::Execute { script } => return Some(self.execute(&script)),
            Command::EndPush { id } => {
                self.run.session_mut().end_push(id);
            }
            Command::Check { script, anew } => return Some(self.check(&script, anew)),
            Command::Format { script } => {
                return Some(Event::Formatted { script: crate::sql::format(&script) });
            }
            Command::Sql => return Some(Event::Sql { script: self.sql() }),
            Command::Vocabulary => return Some(Event::Vocabulary(assist::vocabulary())),
            Command::Catalog => {
                let catalog = assist::catalog(self.run.session().workspace());
                return Some(Event::Catalog(catalog));
            }
            Command::Inspect { topic } => self.inspected = topic,
        }
        None
    }

    fn reload(
        &mut self,
        config: Option<&serde_json::Value>,
        seed: u64,
        script: Option<Arc<str>>,
    ) -> Event {
        if seed > MOST_SEED {
            let message = format!("the seed must be at most {MOST_SEED}");
            return refused(vec![problem("seed", message)]);
        }
        let read = match config {
            None => Ok((Config::default(), Vec::new())),
            Some(tree) => Config::from_tree(tree),
        };
        let (config, notices) = match read {
            Ok(read) => read,
            Err(errors) => {
                let problems =
                    errors.errors.iter().map(|error| problem(&error.path, &error.reason));
                return refused(problems.collect());
            }
        };
        let notices = notices.iter().map(ToString::to_string).collect();
        match Self::load(config, notices, Seed(seed), script) {
            Ok(lab) => {
                let speed = self.playback.speed;
                let inspected = self.inspected.take();
                *self = lab;
                self.playback.speed = speed;
                self.inspected =
                    inspected.filter(|name| self.run.engine().topics().id(name).is_some());
                self.loaded()
            }
            Err(problems) => refused(problems),
        }
    }

    /// The event that describes the run to a shell that has just come.
    #[must_use]
    pub fn loaded(&self) -> Event {
        Event::Loaded {
            seed: self.seed.0,
            start_ms: self.run.start().timestamp().0,
            flow: self.flow.flow().clone(),
            notices: self.notices.clone(),
            script: pipeline(&self.config, self.script.as_deref()).into_owned(),
            built_in: self.script.is_none(),
        }
    }

    /// Pauses, and goes on by `ms`, but at least to the next place where a turn can end.
    fn step(&mut self, ms: i64) -> Option<Event> {
        if ms < 1 {
            return Some(refused(vec![problem("ms", "a step goes on by at least 1 ms")]));
        }
        let from = self.seeking.unwrap_or(self.run.at().clock);
        let next = Micros((from.0.div_euclid(GRID) + 1) * GRID).timestamp();
        let answer = self.seek(from.timestamp().plus_ms(ms).max(next));
        if answer.is_none() {
            self.playback.playing = false;
        }
        answer
    }

    /// Goes to a point: from the run itself when it lies ahead, from the last checkpoint before it
    /// otherwise. The way there is made in slices.
    fn seek(&mut self, to: Timestamp) -> Option<Event> {
        let start = self.run.start();
        let furthest = start.timestamp().plus_ms(LONGEST_MS);
        if to < start.timestamp() || to > furthest {
            let message = format!(
                "{} lies outside the run, which goes from {} to {} at most",
                to.0,
                start.timestamp().0,
                furthest.0
            );
            return Some(refused(vec![problem("toMs", message)]));
        }
        let to = Micros(Micros::from_timestamp(to).0.div_euclid(GRID) * GRID).max(start);
        let (stamp, checkpoint) = self.checkpoints.last_where(|stamp| stamp.clock <= to);
        if to < self.run.at().clock || stamp.turn > self.run.at().turn {
            self.lost_pushes.extend(self.run.session().pushes());
            self.run.restore(checkpoint);
            self.log.rewind(stamp.turn);
            // A checkpoint is taken before the changes that were made at its place.
            self.make_due_changes();
        }
        self.seeking = Some(to);
        None
    }

    /// Makes a change now, and puts it into the log. A seek that is under way ends here first.
    fn change(&mut self, change: Change) -> Option<Event> {
        if self.log.is_full() {
            return Some(refused(vec![problem("", "too many changes: load the run anew")]));
        }
        if let Err(error) = self.run.apply(&change) {
            return Some(refused(vec![problem("", error)]));
        }
        self.changed(change);
        None
    }

    /// Puts a change that was made now into the log: what was known of the time after it is
    /// another history's.
    fn changed(&mut self, change: Change) {
        let at = self.run.at();
        self.log.record(at, change);
        self.seeking = None;
        self.checkpoints.forget_after(at.turn);
        self.latest = at.clock;
        self.digest = None;
    }

    /// Moves on for as long as `more` says so, to where `elapsed_ms` of wall time after the last
    /// slice allow, or towards the place that a seek goes to.
    pub fn slice(&mut self, elapsed_ms: f64, mut more: impl FnMut() -> bool) -> Next {
        let target = self.seeking.or_else(|| self.playback.target(self.run.at().clock, elapsed_ms));
        let Some(target) = target else { return Next::Idle };
        let end = self.run.start().plus(LONGEST_MS * 1_000);
        let reached = loop {
            if self.taking.is_none() && self.run.next_grid() > target.min(end) {
                break true;
            }
            if !more() {
                break false;
            }
            if !self.go_on_with_checkpoint() {
                self.turn();
            }
        };
        if self.run.next_grid() > end {
            self.playback.playing = false;
        }
        if !reached {
            return Next::Soon;
        }
        if self.seeking.take().is_some() {
            self.playback.rebase(self.run.at().clock);
        }
        if self.playback.playing { Next::Later } else { Next::Idle }
    }

    fn turn(&mut self) {
        self.run.turn();
        let at = self.run.at();
        self.latest = self.latest.max(at.clock);
        if self.checkpoints.wants(at.turn) {
            self.checkpoints.make_room(self.run.size_bytes());
            self.taking = Some(Vec::new());
            return;
        }
        // Now and not with the next turn: what a place looks like must not depend on whether the
        // run goes on from there.
        self.make_due_changes();
    }

    /// Makes a part of this place's checkpoint, if there is to be one: all of it at once would keep
    /// commands waiting.
    fn go_on_with_checkpoint(&mut self) -> bool {
        let Some(mut states) = self.taking.take() else { return false };
        if let Some(state) = self.run.engine().query_state(states.len()) {
            states.push(state);
            self.taking = Some(states);
            return true;
        }
        let checkpoint = self.run.checkpoint(states);
        self.checkpoints.keep(self.run.at(), checkpoint);
        self.make_due_changes();
        true
    }

    /// Leaves a checkpoint that is being made: the next place makes one. A command must not wait for it,
    /// and may change what it would hold.
    fn give_up_checkpoint(&mut self) {
        if self.taking.take().is_some() {
            self.make_due_changes();
        }
    }

    fn make_due_changes(&mut self) {
        // Each was made at this place before, so it can be made again.
        let again = self.run.make_due_changes(&mut self.log);
        debug_assert!(again.is_ok(), "{again:?}");
    }

    /// What the run looks like now. While it stands still, with the digest of its records.
    pub fn tick(&mut self) -> Tick {
        let at = self.run.at();
        let still = !self.playback.playing && self.seeking.is_none();
        if still && self.digest.as_ref().is_none_or(|(stamp, _)| *stamp != at) {
            self.digest = Some((at, self.run.digest()));
        }
        let counters = self.run.generator().counters();
        let mut faults: Vec<Count> = counters
            .named()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| Count { name: name.to_owned(), count })
            .collect();
        if self.run.refused() > 0 {
            faults.push(Count { name: "refused by the topic".into(), count: self.run.refused() });
        }
        Tick {
            clock_ms: at.clock.timestamp().0,
            latest_ms: self.latest.timestamp().0,
            playing: self.playback.playing,
            speed: self.playback.speed,
            behind: self.playback.playing && self.playback.behind(),
            seeking: self.seeking.is_some(),
            coalesced: self.run.engine().coalesced(),
            settings: self.log.settings(),
            sent: counters.sent_total(),
            open_sessions: u64::from(self.run.generator().open_sessions()),
            faults,
            digest: self.digest.as_ref().filter(|_| still).map(|(_, digest)| digest.clone()),
            nodes: self.flow.states(self.run.engine(), counters.sent_total()),
        }
    }

    /// The topic that a person looks at.
    #[must_use]
    pub fn inspection(&self) -> Option<Inspection> {
        let name = self.inspected.as_ref()?;
        let topic = self.run.engine().topics().by_name(name)?;
        Some(inspect::inspect(topic, self.run.key_window(name), INSPECTED))
    }

    /// The data of a chart.
    #[must_use]
    pub fn chart(&self, chart: ChartId) -> ChartData {
        match chart {
            ChartId::ClicksByState => self.run.clicks_by_state.lines(
                chart,
                "clicks a minute",
                builtin::BY_STATE_MS,
                builtin::GRACE_MS,
            ),
            ChartId::TopContent => {
                self.run.top_content.bars(chart, "clicks in 10 min", builtin::TOP_CONTENT_MS)
            }
        }
    }

    /// The run up to where it is, to be made again elsewhere. Cheap.
    #[must_use]
    pub fn save(&self) -> Save {
        Save {
            streamglass: save::VERSION,
            seed: self.seed.0,
            config: Arc::clone(&self.tree),
            script: self.script.clone(),
            until: self.run.at(),
            log: Arc::clone(self.log.entries()),
        }
    }

    /// Makes a saved run again, up to where it came; `each` hears where it is after every turn.
    ///
    /// # Errors
    /// What is wrong with its configuration, or the change that cannot be made.
    pub fn replay(save: &Save, mut each: impl FnMut(&Self)) -> Result<Self, Vec<Problem>> {
        let (config, notices) = Config::from_tree(&save.config).map_err(|errors| {
            errors
                .errors
                .iter()
                .map(|error| problem(&error.path, &error.reason))
                .collect::<Vec<_>>()
        })?;
        let notices = notices.iter().map(ToString::to_string).collect();
        let mut lab = Self::load(config, notices, Seed(save.seed), save.script.clone())?;
        lab.log = CommandLog::due_from(Arc::clone(&save.log));
        let end = lab.run.start().plus(LONGEST_MS * 1_000);
        loop {
            let at = lab.run.at();
            lab.run
                .make_due_changes(&mut lab.log)
                .map_err(|error| vec![problem("log", format!("at turn {}: {error}", at.turn))])?;
            if at.turn >= save.until.turn || at.clock >= end {
                return Ok(lab);
            }
            lab.run.turn();
            lab.latest = lab.run.at().clock;
            each(&lab);
        }
    }

    /// What statements have declared, and the topics and queries that there are.
    #[must_use]
    pub const fn session(&self) -> &Session {
        self.run.session()
    }

    /// The configuration of the run.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }
}

/// The script of a run's pipeline: its own, or the built-in one for its configuration.
fn pipeline<'a>(config: &Config, script: Option<&'a str>) -> Cow<'a, str> {
    script.map_or_else(|| Cow::Owned(builtin::script(config)), Cow::Borrowed)
}

fn problem(path: &str, message: impl ToString) -> Problem {
    Problem { path: path.to_owned(), message: message.to_string() }
}

fn refused(problems: Vec<Problem>) -> Event {
    Event::Refused { problems }
}
