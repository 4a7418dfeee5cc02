//! Batch ETL: an OLTP store takes single writes; a periodic job extracts what arrived since the last
//! time, transforms it and loads it into the OLAP store, which is all that queries see.

use super::batch::{Extent, Run, Timetable, fold};
use super::cost::Cost;
use super::logic::Logic;
use super::question::Shape;
use super::scene::{LaneScene, Link, Station, StationKind, StationState};
use super::view::{Cell, View};
use super::{Architecture, Lane, Measures, Operation, Path, World, counted, station};
use crate::sim::meter::AgeMeter;
use crate::sim::{MS_NS, NEVER};

/// How it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EtlSetup {
    /// What is asked.
    pub shape: Shape,
    /// The period, milliseconds.
    pub period_ms: i64,
    /// How long a job runs, milliseconds; `None` follows from the cost model.
    pub run_ms: Option<i64>,
    /// Whether the OLTP store updates rows in place: what could not be read when it was written is
    /// gone. Otherwise it keeps every event as it came.
    pub in_place: bool,
    /// What time and storage take.
    pub cost: Cost,
}

/// The lane.
#[derive(Clone, Debug)]
pub struct BatchEtl {
    setup: EtlSetup,
    times: Timetable,
    olap: View,
    /// The deployed logic.
    pub logic: Logic,
    /// The first offset that no job has extracted.
    extracted: u64,
    meter: AgeMeter,
    /// The meter as of the last load: whole cycles only.
    cycles: Option<AgeMeter>,
    processed: u64,
    busy_ns: i64,
    missed: u64,
    corrected_ms: Option<i64>,
    /// When the first load landed.
    pub first_landed: Option<i64>,
}

impl BatchEtl {
    /// Before the first event.
    #[must_use]
    pub fn new(setup: EtlSetup) -> Self {
        Self {
            setup,
            times: Timetable::new(setup.period_ms),
            olap: View::new(setup.shape),
            logic: Logic::FIRST,
            extracted: 0,
            meter: AgeMeter::default(),
            cycles: None,
            processed: 0,
            busy_ns: 0,
            missed: 0,
            corrected_ms: None,
            first_landed: None,
        }
    }

    /// Events of jobs that were dropped.
    #[must_use]
    pub const fn missed(&self) -> u64 {
        self.missed
    }

    /// The first offset that no job has extracted.
    #[must_use]
    pub const fn extracted(&self) -> u64 {
        self.extracted
    }

    fn start(&mut self, now: i64, asked: Option<i64>, world: &mut World<'_>) {
        let upto = world.store.first_arriving_at(now);
        // A reload that was asked for begins from nothing.
        let from = if asked.is_some() { 0 } else { self.extracted };
        let is_missed = asked.is_none() && self.times.to_miss > 0;
        if is_missed {
            self.times.to_miss -= 1;
        }
        let events = upto - from;
        let run_ms = self.setup.run_ms.unwrap_or_else(|| self.setup.cost.batch_ms(events));
        self.times.start(Run {
            number: 0,
            started: now,
            lands: now + run_ms.max(1),
            upto,
            extent: (!is_missed).then_some(Extent { offsets: from..upto, events: 0..NEVER }),
            events,
            logic: self.logic,
            asked,
        });
    }

    fn land(&mut self, run: &Run, world: &mut World<'_>) {
        let at = run.lands;
        self.meter.go(at * MS_NS);
        match &run.extent {
            Some(extent) => {
                if run.asked.is_some() {
                    self.olap = View::new(self.setup.shape);
                }
                fold(&mut self.olap, world.store, extent, run.logic);
                self.processed += run.events;
                self.busy_ns += (run.lands - run.started) * MS_NS;
                if run.upto > 0 {
                    let newest = i64::from(world.store.stream_time_before(run.upto));
                    self.meter.see(at * MS_NS, newest * MS_NS);
                }
                let text =
                    format!("{} events that arrived before are loaded.", counted(run.events));
                world.note(at, Lane::BatchEtl, format!("load {}", run.number), text);
            }
            None => {
                self.missed += run.events;
                let text = format!("Its {} events are missing from now on.", counted(run.events));
                world.note(at, Lane::BatchEtl, format!("load {} is dropped", run.number), text);
            }
        }
        self.extracted = self.extracted.max(run.upto);
        self.cycles = self.first_landed.map(|_| self.meter);
        self.first_landed.get_or_insert(at);
        if let Some(asked) = run.asked {
            self.corrected_ms = Some(at - asked);
        }
    }
}

impl Architecture for BatchEtl {
    fn lane(&self) -> Lane {
        Lane::BatchEtl
    }

    fn next_at(&self) -> i64 {
        self.times.next_at()
    }

    fn advance(&mut self, to: i64, world: &mut World<'_>) {
        if let Some(run) = self.times.landed(to) {
            self.land(&run, world);
        }
        self.meter.go(to * MS_NS);
        if let Some(asked) = self.times.starts(to) {
            self.start(to, asked, world);
        }
    }

    fn operate(&mut self, operation: &Operation, now: i64, world: &mut World<'_>) {
        match operation {
            Operation::DeployBug { paths } if paths.contains(&Path::Etl) => self.logic.buggy = true,
            Operation::Fix { paths, reprocess } if paths.contains(&Path::Etl) => {
                let written = world.store.first_arriving_at(now);
                let from = if self.setup.in_place { written } else { 0 };
                self.logic = Logic::mended(self.logic.reads_bad_from.min(from));
                if *reprocess {
                    self.times.ask(now);
                }
            }
            Operation::MissBatch => self.times.to_miss += 1,
            _ => {}
        }
    }

    fn commit(&mut self) {}

    fn total(&self) -> Cell {
        self.olap.total()
    }

    fn window(&self, window: usize) -> Option<Cell> {
        self.first_landed.map(|_| self.olap.window(window))
    }

    fn has_answer(&self) -> bool {
        self.first_landed.is_some()
    }

    fn events(&self) -> u64 {
        self.olap.events()
    }

    fn meter(&self) -> &AgeMeter {
        &self.meter
    }

    fn begin_measuring(&mut self, at: i64) {
        self.meter.begin(at * MS_NS);
    }

    fn measures(&self, world: &World<'_>) -> Measures {
        let cost = &self.setup.cost;
        Measures {
            processed: self.processed,
            stored_bytes: cost.stored(world.store.len()) + self.olap.bytes(),
            late: None,
            doubled: Some(0),
            lost: Some(self.missed + self.olap.unread()),
            corrected_ms: self.corrected_ms,
            code_paths: 1,
            busy_ns: self.busy_ns,
            ages: self.cycles.unwrap_or(self.meter).mean_and_most_ms(),
        }
    }

    fn scene(&self, now: i64, world: &World<'_>) -> LaneScene {
        let waiting = world.store.len() - self.extracted;
        let running = self.times.running();
        let age_ms = self.meter.newest().map(|newest| now - newest / MS_NS);
        let job = Station {
            state: match running {
                Some(run)
                    if now
                        < run.started + self.setup.cost.startup_ms.min(run.lands - run.started) =>
                {
                    StationState::Starting
                }
                Some(_) => StationState::Running,
                None => StationState::Idle,
            },
            progress: running.map(|run| run.progress(now)),
            queued: waiting,
            buggy: self.logic.buggy,
            detail: running.map_or_else(
                || format!("next in {}", super::words((self.times.next_at() - now).max(0))),
                |run| format!("{} events", counted(run.events)),
            ),
            ..station("etl", StationKind::BatchJob, "ETL job", 1, 0)
        };
        let flow = world.per_second;
        LaneScene {
            lane: Lane::BatchEtl,
            stations: vec![
                Station {
                    held: world.store.len(),
                    detail: format!("{} rows", counted(world.store.len())),
                    state: StationState::Running,
                    ..station("oltp", StationKind::Oltp, "OLTP store", 0, 0)
                },
                job,
                Station {
                    held: self.olap.events(),
                    detail: format!("{} events loaded", counted(self.olap.events())),
                    age_ms,
                    read: true,
                    ..station("olap", StationKind::Olap, "OLAP store", 2, 0)
                },
            ],
            links: vec![
                Link::new(None, Some("oltp"), flow, world.late_share),
                Link::new(Some("oltp"), Some("etl"), running.map_or(0.0, Run::per_second), 0.0),
                Link::new(Some("etl"), Some("olap"), running.map_or(0.0, Run::per_second), 0.0),
                Link::new(Some("olap"), None, 0.0, 0.0),
            ],
            age_ms,
            error: None,
            remark: match running {
                Some(run) => format!("loads in {}", super::words(run.lands - now)),
                None => {
                    format!("next job in {}", super::words((self.times.next_at() - now).max(0)))
                }
            },
            code_paths: 1,
        }
    }
}
