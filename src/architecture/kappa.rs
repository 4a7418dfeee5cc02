//! Kappa: one retained log, one stream job, one table. Reprocessing starts a second job from an old
//! offset into a table of its own, sends the readers there, and drops the old one.

use super::logic::Logic;
use super::scene::{LaneScene, Link, Station, StationKind, StationState};
use super::store::Store;
use super::stream_job::{JobSetup, JobStart, StreamJob};
use super::view::Cell;
use super::{
    Architecture, Lane, Measures, Operation, Path, SwitchWhen, World, counted, station, words,
};
use crate::sim::meter::AgeMeter;
use crate::sim::{MS_NS, NEVER};

/// How it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KappaSetup {
    /// The running job.
    pub job: JobSetup,
    /// The grace of a job that replays, milliseconds.
    pub replay_grace_ms: i64,
    /// Whether an archive keeps what the log drops, for replays.
    pub archive: bool,
    /// Whether the table of a replay begins with the rows of the old one.
    pub seeded: bool,
}

/// What the second job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It replays; readers go over to it then, or (`None`) when someone says so.
    Candidate(Option<SwitchWhen>),
    /// It was read before.
    Old,
}

/// A replay, as it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// When it was asked for.
    pub asked: i64,
    /// The offset it began with.
    pub from: u64,
    /// The end of the log then.
    pub log_end: u64,
    /// When it had caught up with the log, nanoseconds.
    pub caught_up_ns: Option<i64>,
    /// When readers went over to it first, and how many events that were in the old table were not
    /// in the new one then.
    pub switched: Option<(i64, u64)>,
}

/// The lane.
#[derive(Clone, Debug)]
pub struct Kappa {
    setup: KappaSetup,
    /// The job whose table is read.
    pub read: StreamJob,
    other: Option<(StreamJob, Role)>,
    meter: AgeMeter,
    /// Work of jobs that are gone.
    gone: (u64, i64),
    corrected_ms: Option<i64>,
    /// When the replay was asked for that has not mended the answer yet.
    mending: Option<i64>,
    /// Whether the job of the last replay is read.
    reads_replay: bool,
    /// Replays, oldest first.
    pub replays: Vec<Replay>,
    /// Offsets that were processed under the bug by the job that was read.
    pub under_bug: Option<(u64, Option<u64>)>,
}

impl Kappa {
    /// Before the first event.
    #[must_use]
    pub fn new(setup: KappaSetup) -> Self {
        Self {
            read: StreamJob::new(setup.job, Logic::FIRST, JobStart::default()),
            other: None,
            meter: AgeMeter::default(),
            gone: (0, 0),
            corrected_ms: None,
            mending: None,
            reads_replay: false,
            replays: Vec::new(),
            under_bug: None,
            setup,
        }
    }

    /// The second job.
    #[must_use]
    pub fn other(&self) -> Option<&StreamJob> {
        self.other.as_ref().map(|(job, _)| job)
    }

    /// The job that replays and is not read yet.
    #[must_use]
    pub fn candidate(&self) -> Option<&StreamJob> {
        let is = |(_, role): &&(StreamJob, Role)| matches!(role, Role::Candidate(_));
        self.other.as_ref().filter(is).map(|(job, _)| job)
    }

    /// The first arrival that the log has at `now`, milliseconds: segments whose last event is older
    /// than the retention are gone, but for the archive.
    fn log_start_ms(&self, now: i64) -> i64 {
        let retention = self.setup.job.retention.filter(|_| !self.setup.archive);
        retention.map_or(0, |retention| retention.kept_from(now))
    }

    /// The first offset that a replay at `now` could read.
    #[must_use]
    pub fn log_start(&self, now: i64, store: &Store) -> u64 {
        match self.log_start_ms(now) {
            0 => 0,
            time => store.first_arriving_at(time),
        }
    }

    /// Starts a second job from the start of the log.
    fn reprocess(&mut self, now: i64, world: &mut World<'_>) {
        self.drop_other();
        let from = self.log_start(now, world.store);
        let setup = JobSetup {
            grace_ms: self.setup.replay_grace_ms,
            retention: self.setup.job.retention.filter(|_| !self.setup.archive),
            ..self.setup.job
        };
        let logic = Logic::mended(0);
        let (log_ms, startup_ms) = (self.log_start_ms(now), setup.cost.startup_ms);
        let start = JobStart { from, log_ms, now, startup_ms };
        let mut job = StreamJob::new(setup, logic, start);
        if self.setup.seeded {
            self.read.commit();
            job.seed(self.read.table());
        }
        self.other = Some((job, Role::Candidate(Some(SwitchWhen::CaughtUp))));
        self.mending = Some(now);
        let log_end = world.store.len();
        let (caught_up_ns, switched) = (None, None);
        self.replays.push(Replay { asked: now, from, log_end, caught_up_ns, switched });
        let text = format!("A second job reads {} events from the log.", counted(log_end - from));
        world.note(now, Lane::Kappa, "replay begins".to_owned(), text);
    }

    fn drop_other(&mut self) {
        if let Some((job, _)) = self.other.take() {
            self.gone.0 += job.processed();
            self.gone.1 += job.busy_ns();
        }
    }

    /// Sends readers to the other table.
    fn switch(&mut self, at_ns: i64, world: &mut World<'_>) {
        let Some((job, role)) = &mut self.other else { return };
        let was_candidate = matches!(role, Role::Candidate(_));
        std::mem::swap(&mut self.read, job);
        *role = if was_candidate { Role::Old } else { Role::Candidate(None) };
        self.meter.set(at_ns, self.read.newest());
        let at = at_ns.div_euclid(MS_NS);
        self.read.commit();
        let missing = (job.position() - job.from).saturating_sub(self.read.included());
        if let Some(replay) = self.replays.last_mut().filter(|_| was_candidate) {
            replay.switched.get_or_insert((at, missing));
        }
        self.reads_replay = was_candidate;
        let label = if was_candidate { "switch" } else { "switch back" };
        let text = match missing {
            0 => "The new table has all that the old one has.".to_owned(),
            n => format!("{} events are not in the table that is read now.", counted(n)),
        };
        world.note(at, Lane::Kappa, label.to_owned(), text);
    }

    #[inline(never)]
    fn advance_other(&mut self, to: i64, world: &mut World<'_>) {
        let Some((job, role)) = &mut self.other else { return };
        let stops =
            *role == Role::Candidate(Some(SwitchWhen::CaughtUp)) && job.caught_up_at.is_none();
        let seen = job.advance(to, world.store, None, stops);
        if let (Some(replay), Some(at), Role::Candidate(_)) =
            (self.replays.last_mut(), job.caught_up_at, *role)
        {
            replay.caught_up_ns.get_or_insert(at);
        }
        if let Some(seen) = seen {
            // Up to that moment the old job is read; whole milliseconds of it at least.
            let at = seen.div_euclid(MS_NS) + 1;
            self.read.advance(at.min(to), world.store, Some(&mut self.meter), false);
            let (job, _) = self.other.as_mut().expect("it was there");
            job.advance(at.min(to), world.store, None, false);
            self.switch(at.min(to) * MS_NS, world);
            if let Some((old, _)) = &mut self.other {
                old.advance(to, world.store, None, false);
            }
        }
    }
}

impl Architecture for Kappa {
    fn lane(&self) -> Lane {
        Lane::Kappa
    }

    fn next_at(&self) -> i64 {
        NEVER
    }

    fn advance(&mut self, to: i64, world: &mut World<'_>) {
        if self.other.is_some() {
            self.advance_other(to, world);
        }
        self.read.advance(to, world.store, Some(&mut self.meter), false);
        if let (true, Some(asked), Some(caught_up)) =
            (self.reads_replay, self.mending, self.read.caught_up_at)
        {
            let seen = caught_up.div_euclid(MS_NS) + self.setup.job.lag_ms;
            let switched = self.replays.last().and_then(|replay| replay.switched);
            self.corrected_ms = Some(seen.max(switched.map_or(0, |(at, _)| at)) - asked);
            self.mending = None;
        }
    }

    fn operate(&mut self, operation: &Operation, now: i64, world: &mut World<'_>) {
        match operation {
            Operation::DeployBug { paths } if paths.contains(&Path::Stream) => {
                self.under_bug = Some((self.read.position(), None));
                self.read.deploy(Logic { buggy: true, ..self.read.logic });
            }
            Operation::Fix { paths, reprocess } if paths.contains(&Path::Stream) => {
                if let Some((_, until)) = &mut self.under_bug {
                    until.get_or_insert(self.read.position());
                }
                if *reprocess {
                    self.reprocess(now, world);
                } else {
                    self.read.deploy(Logic::mended(0));
                }
            }
            Operation::Switch { when } => {
                if let Some((job, role @ Role::Candidate(_))) = &mut self.other {
                    *role = Role::Candidate(Some(*when));
                    if *when == SwitchWhen::Now || job.caught_up_at.is_some() {
                        self.switch(now * MS_NS, world);
                    }
                }
            }
            Operation::Revert => {
                if matches!(self.other, Some((_, Role::Old))) {
                    self.switch(now * MS_NS, world);
                }
            }
            Operation::DropOld if self.other.is_some() => {
                self.drop_other();
                let text = "Only one job is left.".to_owned();
                world.note(now, Lane::Kappa, "job ends".to_owned(), text);
            }
            Operation::Crash => {
                let since = self.read.crash(now, Some(&mut self.meter));
                if let Some((job, _)) = &mut self.other {
                    job.crash(now, None);
                }
                let text =
                    format!("It had processed {} events since it last saved.", counted(since));
                world.note(now, Lane::Kappa, "stream job crashes".to_owned(), text);
            }
            _ => {}
        }
    }

    fn commit(&mut self) {
        self.read.commit();
    }

    fn total(&self) -> Cell {
        self.read.table().total()
    }

    fn window(&self, window: usize) -> Option<Cell> {
        Some(self.read.table().window(window))
    }

    fn has_answer(&self) -> bool {
        self.read.newest().is_some()
    }

    fn events(&self) -> u64 {
        self.read.table().events()
    }

    fn meter(&self) -> &AgeMeter {
        &self.meter
    }

    fn begin_measuring(&mut self, at: i64) {
        self.meter.begin(at * MS_NS);
    }

    fn measures(&self, world: &World<'_>) -> Measures {
        let cost = &self.setup.job.cost;
        let now = self.meter.at_ms();
        let kept = self.log_start(now, world.store);
        let other = self.other();
        let tables = self.read.table().bytes() + other.map_or(0, |job| job.table().bytes());
        Measures {
            processed: self.gone.0 + self.read.processed() + other.map_or(0, StreamJob::processed),
            stored_bytes: cost.stored(world.store.len() - kept) + tables,
            late: Some(self.read.late_and_stream_time().0),
            doubled: Some(self.read.doubled),
            lost: Some(self.read.lost + self.read.skipped.expired + self.read.skipped.unread),
            corrected_ms: self.corrected_ms,
            code_paths: 1,
            busy_ns: self.gone.1 + self.read.busy_ns() + other.map_or(0, StreamJob::busy_ns),
            ages: self.meter.mean_and_most_ms(),
        }
    }

    fn scene(&self, now: i64, world: &World<'_>) -> LaneScene {
        let store = world.store;
        let kept = store.len() - self.log_start(now, store);
        let age_ms = self.meter.newest().map(|newest| now - newest / MS_NS);
        let flow = world.per_second;
        let mut stations = vec![Station {
            held: kept,
            detail: match self.setup.job.retention {
                Some(log) => format!("{} events, keeps {}", counted(kept), words(log.ms)),
                None => format!("{} events, keeps all", counted(kept)),
            },
            state: StationState::Running,
            ..station("log", StationKind::Log, "Log", 0, 0)
        }];
        let mut links = vec![Link::new(None, Some("log"), flow, world.late_share)];
        let jobs =
            [Some((&self.read, None)), self.other.as_ref().map(|(job, role)| (job, Some(*role)))];
        for (row, (job, role)) in jobs.into_iter().flatten().enumerate() {
            let queued = store.len() - job.position();
            let behind = world.is_behind(queued, job.setup.lag_ms);
            let is_down = now < job.down_until;
            let state = match role {
                _ if is_down && job.started + job.setup.cost.startup_ms >= job.down_until => {
                    StationState::Starting
                }
                _ if is_down => StationState::Down,
                Some(Role::Old) => StationState::Retired,
                _ if behind => StationState::CatchingUp,
                _ => StationState::Running,
            };
            let (job_id, table_id, job_label, table_label) = match row {
                0 => ("job", "table", "Stream job", "Result table"),
                _ => ("second-job", "second-table", "Second job", "Second table"),
            };
            let speed = if is_down {
                0.0
            } else if behind {
                1e9 / job.setup.cost.service_ns() as f64
            } else {
                flow
            };
            let to_do = (store.len() - job.from).max(1);
            stations.push(Station {
                state,
                queued,
                buggy: job.logic.buggy,
                progress: matches!(role, Some(Role::Candidate(_)))
                    .then(|| (job.position() - job.from) as f64 / to_do as f64),
                detail: if behind {
                    format!("{} events behind", counted(queued))
                } else {
                    "keeps up".to_owned()
                },
                read: role.is_none(),
                ..station(job_id, StationKind::StreamJob, job_label, 1, row as u32)
            });
            stations.push(Station {
                held: job.table().events(),
                detail: format!("{} events", counted(job.table().events())),
                state: if role == Some(Role::Old) {
                    StationState::Retired
                } else {
                    StationState::Running
                },
                age_ms: job.newest().map(|newest| now - newest / MS_NS),
                read: role.is_none(),
                ..station(table_id, StationKind::Table, table_label, 2, row as u32)
            });
            links.push(Link::new(Some("log"), Some(job_id), speed, 0.0));
            links.push(Link::new(Some(job_id), Some(table_id), speed, 0.0));
        }
        links.push(Link::new(Some("table"), None, 0.0, 0.0));
        LaneScene {
            lane: Lane::Kappa,
            stations,
            links,
            age_ms,
            error: None,
            remark: match &self.other {
                Some((job, Role::Candidate(_))) => {
                    format!("replay has {} events to go", store.len() - job.position())
                }
                Some((_, Role::Old)) => "the old job still runs".to_owned(),
                None => format!("{} dropped as late", self.read.late_and_stream_time().0),
            },
            code_paths: 1,
        }
    }
}
