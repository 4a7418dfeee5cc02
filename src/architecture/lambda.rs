//! Lambda: an immutable master dataset; a batch layer that recomputes views; a speed layer that
//! counts what batches have not seen yet; a serving layer that merges both when it is asked.

use super::batch::{Extent, Run, Timetable, fold};
use super::logic::Logic;
use super::scene::{LaneScene, Link, Station, StationKind, StationState};
use super::speed::{Boundary, HandOff, SpeedLayer};
use super::stream_job::JobSetup;
use super::view::{Cell, Merge, Seam, View, merged_total, merged_window};
use super::{Architecture, Lane, Measures, Operation, Path, World, counted, station};
use crate::sim::meter::AgeMeter;
use crate::sim::{MS_NS, NEVER};

/// How it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LambdaSetup {
    /// The speed layer; its cost model is the batch layer's too.
    pub job: JobSetup,
    /// The period of batches, milliseconds.
    pub period_ms: i64,
    /// How long a batch runs, milliseconds; `None` follows from the cost model.
    pub run_ms: Option<i64>,
    /// What a batch recomputes: the partitions of event time of the last so many milliseconds, or
    /// (`None`) everything.
    pub recompute_ms: Option<i64>,
    /// How far before its start the last partition of a batch ends, milliseconds: it waits so long
    /// for late events. With [`HandOff::ByOffset`] a full batch takes everything that has arrived.
    pub cut_off_ms: i64,
    /// Where batch views end and real-time views begin.
    pub hand_off: HandOff,
    /// The precision of the speed layer's sketches; `None` keeps sets.
    pub sketch: Option<u8>,
    /// How the serving layer puts users together.
    pub merge: Merge,
}

/// The lane.
#[derive(Clone, Debug)]
pub struct Lambda {
    setup: LambdaSetup,
    times: Timetable,
    batch: View,
    batch_logic: Logic,
    /// The boundary of the batch that runs.
    opened: Option<Boundary>,
    /// Where the last batch's partitions end, in event time.
    covered: i64,
    /// The speed layer.
    pub speed: SpeedLayer,
    /// What the serving layer makes of sessions that are in both views, as of the last commit.
    seam: Seam,
    meter: AgeMeter,
    batch_processed: u64,
    batch_busy_ns: i64,
    /// Events of dropped batches that no batch has computed since, and from which event time on.
    missed: u64,
    missed_from: i64,
    /// What crashes of the speed layer had counted twice and lost when the running batch started, and
    /// what of it is gone from the answer: with the views behind older boundaries.
    faults_at_start: (u64, u64),
    faults_gone: (u64, u64),
    corrected_ms: Option<i64>,
    batches: u32,
    /// Behind which the real-time view that is read begins.
    pub boundary: Option<Boundary>,
    /// The extent of the batch that landed last, and its logic.
    pub last: Option<(Extent, Logic)>,
    /// By how much the merged answer jumped when the last batch landed.
    pub step: i64,
}

impl Lambda {
    /// Before the first event.
    #[must_use]
    pub fn new(setup: LambdaSetup) -> Self {
        Self {
            times: Timetable::new(setup.period_ms),
            batch: View::new(setup.job.shape),
            batch_logic: Logic::FIRST,
            opened: None,
            covered: 0,
            speed: SpeedLayer::new(setup.job, setup.hand_off, setup.sketch),
            seam: Seam::default(),
            meter: AgeMeter::default(),
            batch_processed: 0,
            batch_busy_ns: 0,
            missed: 0,
            missed_from: NEVER,
            faults_at_start: (0, 0),
            faults_gone: (0, 0),
            corrected_ms: None,
            batches: 0,
            boundary: None,
            last: None,
            step: 0,
            setup,
        }
    }

    /// The batch view that is served.
    #[must_use]
    pub const fn batch_view(&self) -> &View {
        &self.batch
    }

    /// Whether the batch layer runs the logic with the bug.
    #[must_use]
    pub const fn batch_buggy(&self) -> bool {
        self.batch_logic.buggy
    }

    /// Events that batches processed.
    #[must_use]
    pub const fn batch_processed(&self) -> u64 {
        self.batch_processed
    }

    /// Events of batches that were dropped, and that no batch has computed since.
    #[must_use]
    pub const fn missed(&self) -> u64 {
        self.missed
    }

    /// Where a batch that starts at `now` ends, in event time.
    fn boundary_event(&self, now: i64) -> i64 {
        now - self.setup.cut_off_ms
    }

    fn start(&mut self, now: i64, asked: Option<i64>, world: &mut World<'_>) {
        let upto = world.store.first_arriving_at(now);
        let boundary = Boundary { offset: upto, event: self.boundary_event(now) };
        let end = if self.setup.hand_off == HandOff::ByOffset { NEVER } else { boundary.event };
        let from = match self.setup.recompute_ms {
            Some(window) if asked.is_none() => {
                let from = (now - self.setup.cut_off_ms - window).max(0).min(self.covered);
                let size = i64::from(self.setup.job.shape.window_ms.max(1));
                from - from.rem_euclid(size)
            }
            _ => 0,
        };
        // Partitions are files by event time: only events that arrived since can be in them.
        let extent =
            Extent { offsets: world.store.first_arriving_at(from)..upto, events: from..end };
        let events = extent.offsets.end - extent.offsets.start;
        let run_ms = self.setup.run_ms.unwrap_or_else(|| self.setup.job.cost.batch_ms(events));
        let is_missed = asked.is_none() && self.times.to_miss > 0;
        if is_missed {
            self.times.to_miss -= 1;
            self.missed_from = self.missed_from.min(self.covered);
        }
        self.faults_at_start = (self.speed.doubled, self.speed.lost);
        self.times.start(Run {
            number: 0,
            started: now,
            lands: now + run_ms.max(1),
            upto,
            extent: (!is_missed).then_some(extent),
            events,
            logic: self.batch_logic,
            asked,
        });
        self.speed.open(boundary, world.store);
        self.opened = Some(boundary);
        self.covered = boundary.event.max(self.covered);
    }

    fn land(&mut self, run: &Run, world: &mut World<'_>) {
        let at = run.lands;
        self.commit();
        let before = self.total().a as i64;
        match &run.extent {
            Some(extent) => {
                let shape = self.setup.job.shape;
                let first = u32::try_from(extent.events.start).unwrap_or(u32::MAX);
                let mut fresh = View::new(shape);
                fold(&mut fresh, world.store, extent, run.logic);
                match shape.window(first) {
                    0 => self.batch = fresh,
                    from => self.batch.take_windows(&fresh, from..u32::MAX),
                }
                if extent.events.start <= self.missed_from {
                    (self.missed, self.missed_from) = (0, NEVER);
                }
                self.batch_processed += run.events;
                self.batch_busy_ns += (run.lands - run.started) * MS_NS;
                self.last = Some((extent.clone(), run.logic));
                let text = format!("{} events are recomputed.", counted(run.events));
                world.note(at, Lane::Lambda, format!("batch {}", run.number), text);
            }
            None => {
                // What was behind the boundary before; a full batch would have computed more again.
                self.missed += run.upto - self.boundary.map_or(0, |before| before.offset);
                let text = "The real-time view of its time is dropped all the same.".to_owned();
                world.note(at, Lane::Lambda, format!("batch {} is dropped", run.number), text);
            }
        }
        if let Some(boundary) = self.opened.take() {
            self.speed.land(boundary);
            self.faults_gone = self.faults_at_start;
            self.boundary = Some(boundary);
        }
        self.commit();
        self.step = self.total().a as i64 - before;
        self.batches += 1;
        if run.upto > 0 {
            let newest = i64::from(world.store.stream_time_before(run.upto));
            self.meter.see(at * MS_NS, newest * MS_NS);
        }
        if let Some(asked) = run.asked {
            self.corrected_ms = Some(at - asked);
        }
    }
}

impl Architecture for Lambda {
    fn lane(&self) -> Lane {
        Lane::Lambda
    }

    fn next_at(&self) -> i64 {
        self.times.next_at()
    }

    fn advance(&mut self, to: i64, world: &mut World<'_>) {
        self.speed.advance(to, world.store, &mut self.meter);
        if let Some(run) = self.times.landed(to) {
            self.land(&run, world);
        }
        if let Some(asked) = self.times.starts(to) {
            self.start(to, asked, world);
        }
    }

    fn operate(&mut self, operation: &Operation, now: i64, world: &mut World<'_>) {
        match operation {
            Operation::DeployBug { paths } => {
                self.batch_logic.buggy |= paths.contains(&Path::Batch);
                self.speed.logic.buggy |= paths.contains(&Path::Speed);
            }
            Operation::Fix { paths, reprocess } => {
                if paths.contains(&Path::Batch) {
                    self.batch_logic = Logic::mended(0);
                }
                if paths.contains(&Path::Speed) {
                    self.speed.logic = Logic::mended(0);
                }
                if *reprocess && paths.iter().any(|path| matches!(path, Path::Batch | Path::Speed))
                {
                    self.times.ask(now);
                }
            }
            Operation::MissBatch => self.times.to_miss += 1,
            Operation::Crash => {
                let since = self.speed.crash(now, world.store, &mut self.meter);
                let text =
                    format!("It had processed {} events since it last saved.", counted(since));
                world.note(now, Lane::Lambda, "speed layer crashes".to_owned(), text);
            }
            _ => {}
        }
    }

    fn commit(&mut self) {
        self.seam = Seam::between(&self.batch, self.speed.view(), self.setup.merge);
    }

    fn total(&self) -> Cell {
        merged_total(&self.batch, self.speed.view(), &self.seam, self.setup.merge)
    }

    fn window(&self, window: usize) -> Option<Cell> {
        let (batch, speed) = (&self.batch, self.speed.view());
        Some(merged_window(batch, speed, &self.seam, window, self.setup.merge))
    }

    fn has_answer(&self) -> bool {
        self.meter.newest().is_some()
    }

    fn events(&self) -> u64 {
        self.batch.events() + self.speed.view().events()
    }

    fn meter(&self) -> &AgeMeter {
        &self.meter
    }

    fn begin_measuring(&mut self, at: i64) {
        self.meter.begin(at * MS_NS);
    }

    fn measures(&self, world: &World<'_>) -> Measures {
        let cost = &self.setup.job.cost;
        Measures {
            processed: self.batch_processed + self.speed.processed,
            stored_bytes: cost.stored(world.store.len()) + self.batch.bytes() + self.speed.bytes(),
            late: Some(self.speed.late()),
            doubled: Some(self.speed.doubled - self.faults_gone.0),
            lost: Some(
                self.speed.lost - self.faults_gone.1
                    + self.missed
                    + self.batch.unread()
                    + self.speed.view().unread(),
            ),
            corrected_ms: self.corrected_ms,
            code_paths: 2,
            busy_ns: self.batch_busy_ns + self.speed.busy_ns(),
            ages: self.meter.mean_and_most_ms(),
        }
    }

    fn scene(&self, now: i64, world: &World<'_>) -> LaneScene {
        let store = world.store;
        let running = self.times.running();
        let age_ms = self.meter.newest().map(|newest| now - newest / MS_NS);
        let job = Station {
            state: match running {
                Some(_) => StationState::Running,
                None => StationState::Idle,
            },
            progress: running.map(|run| run.progress(now)),
            held: self.batch.events(),
            buggy: self.batch_logic.buggy,
            detail: running.map_or_else(
                || format!("{} events in its view", counted(self.batch.events())),
                |run| format!("recomputes {} events", counted(run.events)),
            ),
            read: true,
            ..station("batch", StationKind::BatchJob, "Batch layer", 1, 0)
        };
        let speed = Station {
            state: if now < self.speed.down_until {
                StationState::Down
            } else if world.is_behind(store.len() - self.speed.position(), self.setup.job.lag_ms) {
                StationState::CatchingUp
            } else {
                StationState::Running
            },
            queued: store.len() - self.speed.position(),
            held: self.speed.view().events(),
            buggy: self.speed.logic.buggy,
            detail: format!("{} events in its view", counted(self.speed.view().events())),
            age_ms,
            read: true,
            ..station("speed", StationKind::StreamJob, "Speed layer", 1, 1)
        };
        let is_down = now < self.speed.down_until;
        let flow = world.per_second;
        let batch_flow = running.map_or(0.0, Run::per_second);
        LaneScene {
            lane: Lane::Lambda,
            stations: vec![
                Station {
                    held: store.len(),
                    detail: format!("{} events", counted(store.len())),
                    state: StationState::Running,
                    ..station("master", StationKind::Master, "Master dataset", 0, 0)
                },
                job,
                speed,
                Station {
                    held: self.events(),
                    detail: "merges both".to_owned(),
                    state: StationState::Running,
                    age_ms,
                    read: true,
                    ..station("serving", StationKind::Serving, "Serving layer", 2, 0)
                },
            ],
            links: vec![
                Link::new(None, Some("master"), flow, world.late_share),
                Link::new(None, Some("speed"), if is_down { 0.0 } else { flow }, world.late_share),
                Link::new(Some("master"), Some("batch"), batch_flow, 0.0),
                Link::new(Some("batch"), Some("serving"), batch_flow, 0.0),
                Link::new(Some("speed"), Some("serving"), if is_down { 0.0 } else { flow }, 0.0),
                Link::new(Some("serving"), None, 0.0, 0.0),
            ],
            age_ms,
            error: None,
            remark: match running {
                Some(run) => format!("batch lands in {}", super::words(run.lands - now)),
                None => {
                    format!("next batch in {}", super::words((self.times.next_at() - now).max(0)))
                }
            },
            code_paths: 2,
        }
    }
}
