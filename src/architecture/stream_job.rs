//! A job of the streaming engine: it reads the log from an offset, runs the question's SQL as a task
//! of `exec`, and keeps the table of results up to date.
//!
//! What the task computes is real; when it gets to an event follows from the cost model.

mod program;
mod recovery;

use super::cost::Cost;
use super::finals::Finals;
use super::logic::{Fate, Logic};
use super::question::Shape;
use super::retention::Retention;
use super::store::{Rows, Store};
use super::view::View;
use crate::sim::meter::AgeMeter;
use crate::sim::server::Server;
use crate::sim::{MS_NS, NEVER};
use program::Program;
use recovery::Saved;

/// What a stream job keeps when it crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarantee {
    /// Offsets are durable at every event, state every interval: what came since is lost.
    AtMostOnce,
    /// State is durable at every update, offsets every interval: what came since counts twice.
    AtLeastOnce,
    /// Both go into one checkpoint every interval: only work is done again.
    ExactlyOnce,
}

/// How a stream job runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JobSetup {
    /// What it computes.
    pub shape: Shape,
    /// The grace period, milliseconds.
    pub grace_ms: i64,
    /// From when an event has been processed until its effect can be seen, milliseconds.
    pub lag_ms: i64,
    /// What a crash leaves.
    pub guarantee: Guarantee,
    /// The interval of commits or checkpoints, milliseconds.
    pub interval_ms: i64,
    /// Whether a window is emitted once, when it closes, or at every commit.
    pub emit_final: bool,
    /// How often a record without a click enters the log, only to move stream time; 0 is never. It is
    /// in a group of its own. Milliseconds.
    pub heartbeat_ms: i64,
    /// How long the log keeps events; `None` keeps all.
    pub retention: Option<Retention>,
    /// What time takes.
    pub cost: Cost,
}

impl JobSetup {
    /// The question as the job's statements.
    #[must_use]
    pub fn sql(&self, buggy: bool) -> String {
        self.shape.sql(self.grace_ms, buggy, self.emit_final)
    }
}

/// Events that a job passed without giving them to its task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// They were gone from the log when the job came to them.
    pub expired: u64,
    /// They could not be read: dead letters.
    pub unread: u64,
}

impl Skipped {
    const fn all(self) -> u64 {
        self.expired + self.unread
    }
}

/// Where and when a job starts.
#[derive(Clone, Copy, Debug, Default)]
pub struct JobStart {
    /// The first offset that it reads.
    pub from: u64,
    /// The first time of arrival that the log has, milliseconds.
    pub log_ms: i64,
    /// When it is started.
    pub now: i64,
    /// How long that takes.
    pub startup_ms: i64,
}

/// A running job with its table.
#[derive(Clone)]
pub struct StreamJob {
    /// How it runs.
    pub setup: JobSetup,
    /// The deployed logic.
    pub logic: Logic,
    /// Whether it has run other logic before.
    pub is_redeployed: bool,
    program: Program,
    table: View,
    /// The offset that it started at.
    pub from: u64,
    /// When it started, milliseconds.
    pub started: i64,
    position: u64,
    server: Server,
    newest: Option<i64>,
    /// When the next heartbeat enters the log, milliseconds.
    next_beat: i64,
    /// Heartbeats in the state.
    beats: u64,
    /// What has been shown, when windows are emitted once.
    pub finals: Finals,
    /// What it passed over.
    pub skipped: Skipped,
    saved: Saved,
    processed: u64,
    /// Events that were counted twice by a crash.
    pub doubled: u64,
    /// Events that were lost by a crash.
    pub lost: u64,
    /// When it had caught up with the log, nanoseconds: it finished an event and none waited.
    pub caught_up_at: Option<i64>,
    /// Until when it is down after a crash, milliseconds.
    pub down_until: i64,
}

impl StreamJob {
    /// A job that reads the log from an offset on, which begins at `log_ms`; it is there after its
    /// start-up.
    ///
    /// # Panics
    /// When the question's own SQL is not valid: a bug.
    #[must_use]
    pub fn new(setup: JobSetup, logic: Logic, start: JobStart) -> Self {
        let JobStart { from, log_ms, now, startup_ms } = start;
        let ready = now + startup_ms;
        // The first heartbeat that the log still has.
        let next_beat = match setup.heartbeat_ms {
            0 => NEVER,
            every => (log_ms + every - 1).div_euclid(every) * every,
        };
        Self {
            setup,
            logic,
            is_redeployed: false,
            program: Program::new(&setup, logic.buggy),
            table: View::new(setup.shape),
            from,
            started: now,
            position: from,
            server: Server::from(ready * MS_NS),
            newest: None,
            next_beat,
            beats: 0,
            finals: Finals::default(),
            skipped: Skipped::default(),
            saved: Saved::nothing(ready, from, next_beat),
            processed: 0,
            doubled: 0,
            lost: 0,
            caught_up_at: None,
            down_until: ready,
        }
    }

    /// Lets the results start from those of another table: what the job does not compute stays.
    pub fn seed(&mut self, table: &View) {
        self.table = table.clone();
    }

    /// The offset of the next event that it processes.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The event time of the newest event in the table, nanoseconds.
    #[must_use]
    pub const fn newest(&self) -> Option<i64> {
        self.newest
    }

    /// Events processed, each as often as it was.
    #[must_use]
    pub const fn processed(&self) -> u64 {
        self.processed
    }

    /// How long it worked, nanoseconds.
    #[must_use]
    pub const fn busy_ns(&self) -> i64 {
        self.server.busy
    }

    /// Processes what is done and can be seen before `to`. With `stops`, it stops when it has caught
    /// up, and gives from when on that can be seen, nanoseconds. The ages go to `meter`.
    pub fn advance(
        &mut self,
        to: i64,
        store: &Store,
        mut meter: Option<&mut AgeMeter>,
        stops: bool,
    ) -> Option<i64> {
        loop {
            let next_save = self.saved.at.saturating_add(self.setup.interval_ms);
            let until = to.min(next_save);
            let seen = self.run(until.saturating_mul(MS_NS), store, meter.as_deref_mut(), stops);
            if seen.is_some() {
                return seen;
            }
            if to < next_save {
                break;
            }
            self.save(next_save);
        }
        if let Some(meter) = meter {
            meter.go(to.saturating_mul(MS_NS));
        }
        None
    }

    fn run(
        &mut self,
        until: i64,
        store: &Store,
        mut meter: Option<&mut AgeMeter>,
        stops: bool,
    ) -> Option<i64> {
        let service = self.setup.cost.service_ns();
        let lag = self.setup.lag_ms * MS_NS;
        let mut caught_up = None;
        let offsets = self.position..store.len();
        let mut held_up = false;
        'all: for rows in store.rows(offsets) {
            for i in 0..rows.len() {
                let at = i64::from(rows.arrival[i]);
                if self.next_beat <= at && !self.beat(at, until, meter.as_deref_mut()) {
                    held_up = true;
                    break 'all;
                }
                let arrival = at * MS_NS;
                let done = self.server.done(arrival, service);
                if done + lag >= until {
                    held_up = true;
                    break 'all;
                }
                if self.is_gone(at, done - service) {
                    self.position += 1;
                    self.skipped.expired += 1;
                    continue;
                }
                self.server.take(arrival, service);
                if self.takes(&rows, i) {
                    let seen = self.show(rows.event[i], done + lag);
                    if let (Some(newest), Some(meter)) = (seen, &mut meter) {
                        meter.see(done + lag, newest);
                    }
                    self.program.push(&rows, i);
                }
                self.position += 1;
                self.processed += 1;
                if self.caught_up_at.is_none() {
                    let next = store.arrival(self.position).map_or(NEVER, |at| at * MS_NS);
                    if next > done {
                        self.caught_up_at = Some(done);
                        if stops {
                            caught_up = Some(done + lag);
                            break 'all;
                        }
                    }
                }
            }
        }
        if !held_up && caught_up.is_none() && self.next_beat < NEVER {
            self.beat(NEVER - 1, until, meter);
        }
        self.program.flush();
        caught_up
    }

    /// Processes the heartbeats that entered the log up to `arrival`, as far as they can be seen before
    /// `until`. Whether that was all.
    #[inline(never)]
    fn beat(&mut self, arrival: i64, until: i64, mut meter: Option<&mut AgeMeter>) -> bool {
        let service = self.setup.cost.service_ns();
        while self.next_beat <= arrival {
            let (at, came) = (self.next_beat, self.next_beat.saturating_mul(MS_NS));
            let done = self.server.done(came, service);
            let seen = done + self.setup.lag_ms * MS_NS;
            if seen >= until {
                return false;
            }
            self.next_beat += self.setup.heartbeat_ms;
            if self.is_gone(at, done - service) {
                continue;
            }
            self.server.take(came, service);
            self.beats += 1;
            if let Some(newest) = self.pass(at, seen)
                && let Some(meter) = &mut meter
            {
                meter.see(seen, newest);
            }
            self.program.push_beat(at, self.position);
        }
        true
    }

    /// Whether the log has dropped what arrived at `at` by the time that the job comes to it,
    /// nanoseconds: a consumer goes on where the log begins then.
    fn is_gone(&self, at: i64, comes: i64) -> bool {
        self.setup.retention.is_some_and(|log| comes >= log.gone_at(at) * MS_NS)
    }

    /// Whether an event is readable; if not it goes to the dead letters.
    fn takes(&mut self, rows: &Rows<'_>, i: usize) -> bool {
        // The bug itself is in the task's SQL.
        let offset = rows.offset + i as u64;
        let is_unread =
            rows.any_bad && self.logic.fate(offset, rows.content[i], rows.flags[i]) == Fate::Unread;
        self.skipped.unread += u64::from(is_unread);
        !is_unread
    }

    /// An event has been processed. Gives the newest event in the answer, if it is another one.
    fn show(&mut self, event: u32, seen: i64) -> Option<i64> {
        if self.setup.emit_final {
            return self.show_final(event, seen);
        }
        let event = i64::from(event) * MS_NS;
        self.newest.is_none_or(|newest| event > newest).then(|| {
            self.newest = Some(event);
            event
        })
    }

    #[inline(never)]
    fn show_final(&mut self, event: u32, seen: i64) -> Option<i64> {
        let JobSetup { shape, grace_ms, .. } = self.setup;
        let newest = self.pass(i64::from(event), seen);
        if !self.finals.is_late(shape, grace_ms, event) {
            self.finals.count(shape, event);
        }
        newest
    }

    /// Stream time has moved; gives the newest event of what that closed, if it is newer.
    fn pass(&mut self, time: i64, seen: i64) -> Option<i64> {
        if !self.setup.emit_final {
            return None;
        }
        let JobSetup { shape, grace_ms, .. } = self.setup;
        let closed = self.finals.pass(shape, grace_ms, time, seen)?;
        self.newest.is_none_or(|newest| closed > newest).then(|| {
            self.newest = Some(closed);
            closed
        })
    }

    /// Brings the table up to date with the state: what a commit of the task emits.
    pub fn commit(&mut self) {
        self.program.commit(&mut self.table);
    }

    /// The table as of the last [`Self::commit`].
    #[must_use]
    pub const fn table(&self) -> &View {
        &self.table
    }

    /// Events that were dropped as late, and the stream time, as of the last flush.
    #[must_use]
    pub fn late_and_stream_time(&self) -> (u64, Option<i64>) {
        self.program.late_and_stream_time()
    }

    /// Events that are counted in the state: those that the aggregate took and did not drop.
    #[must_use]
    pub fn included(&self) -> u64 {
        self.program.included() - self.beats
    }

    /// Events that the logic of the job itself leaves out.
    #[must_use]
    pub fn filtered(&self) -> u64 {
        self.program.filtered()
    }
}

impl std::fmt::Debug for StreamJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamJob").field("position", &self.position).finish_non_exhaustive()
    }
}
