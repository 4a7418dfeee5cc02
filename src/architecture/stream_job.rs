//! A job of the streaming engine: it reads the log from an offset, runs the question's SQL as a task
//! of `exec`, and keeps the table of results up to date.
//!
//! What the task computes is real; when it gets to an event follows from the cost model.

use std::sync::Arc;

use super::cost::Cost;
use super::finals::Finals;
use super::logic::{Fate, Logic};
use super::question::{Question, Shape};
use super::retention::Retention;
use super::store::{CHANNELS, CONTENTS, Rows, SUBSCRIBES, Store};
use super::view::{Cell, View};
use crate::chunk::{Chunk, Column, ColumnData};
use crate::exec::{DropReason, OperatorStats, Task};
use crate::plan::{Emit, NodeId, Op, Pipeline};
use crate::sim::meter::AgeMeter;
use crate::sim::server::Server;
use crate::sim::{MS_NS, NEVER};
use crate::sql::workspace::{Step, Workspace};
use crate::time::Timestamp;
use crate::topic::{TopicConfig, Topics};

/// Rows that go through the task at a time.
const CHUNK: usize = 2_048;

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

/// What was saved at the last multiple of the interval.
#[derive(Clone, Debug)]
struct Saved {
    at: i64,
    position: u64,
    next_beat: i64,
    skipped: Skipped,
    state: Option<Kept>,
}

/// State as it was saved.
#[derive(Clone, Debug)]
struct Kept {
    task: Vec<u8>,
    table: View,
    newest: Option<i64>,
    beats: u64,
    finals: Finals,
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

/// A running job with its table.
pub struct StreamJob {
    /// How it runs.
    pub setup: JobSetup,
    /// The deployed logic.
    pub logic: Logic,
    /// Whether it has run other logic before.
    pub is_redeployed: bool,
    pipeline: Arc<Pipeline>,
    task: Task,
    topics: Topics,
    source: NodeId,
    output: NodeId,
    feeds: Vec<Feed>,
    chunk: Chunk,
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

/// Where a column of the source comes from.
#[derive(Clone, Copy, Debug)]
enum Feed {
    RecordType,
    User,
    Content,
    Channel,
    State,
}

impl StreamJob {
    /// A job that reads from `from` on; it is there `startup_ms` after `now`.
    ///
    /// # Panics
    /// When the question's own SQL is not valid: a bug.
    #[must_use]
    pub fn new(setup: JobSetup, logic: Logic, from: u64, now: i64, startup_ms: i64) -> Self {
        let pipeline = Arc::new(plan(setup, logic.buggy));
        let (task, topics) = start(&pipeline);
        let source = node(&pipeline, |op| matches!(op, Op::Source(_)));
        let output = pipeline.nodes.len() - 1;
        let feeds = task.schema(source).fields.iter().map(|field| feed(&field.name)).collect();
        let chunk = task.new_chunk(source);
        let ready = now + startup_ms;
        Self {
            setup,
            logic,
            is_redeployed: false,
            pipeline,
            task,
            topics,
            source,
            output,
            feeds,
            chunk,
            table: View::new(setup.shape),
            from,
            started: now,
            position: from,
            server: Server::from(ready * MS_NS),
            newest: None,
            next_beat: if setup.heartbeat_ms > 0 { 0 } else { NEVER },
            beats: 0,
            finals: Finals::default(),
            skipped: Skipped::default(),
            saved: Saved {
                at: ready,
                position: from,
                next_beat: if setup.heartbeat_ms > 0 { 0 } else { NEVER },
                skipped: Skipped::default(),
                state: None,
            },
            processed: 0,
            doubled: 0,
            lost: 0,
            caught_up_at: None,
            down_until: ready,
        }
        .subscribed()
    }

    fn subscribed(mut self) -> Self {
        self.task.subscribe(self.output);
        self
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
                if self.setup.retention.is_some_and(|log| done - service >= log.gone_at(at) * MS_NS)
                {
                    // The log begins later by now: the consumer goes on there.
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
                    self.push(&rows, i);
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
        if !held_up && caught_up.is_none() {
            self.beat(NEVER - 1, until, meter);
        }
        self.flush();
        caught_up
    }

    /// Processes the heartbeats that entered the log up to `arrival`, as far as they can be seen before
    /// `until`. Whether that was all.
    fn beat(&mut self, arrival: i64, until: i64, mut meter: Option<&mut AgeMeter>) -> bool {
        let service = self.setup.cost.service_ns();
        // A job that begins within the log begins with the heartbeats there.
        while self.next_beat <= arrival {
            let (at, came) = (self.next_beat, self.next_beat.saturating_mul(MS_NS));
            let seen = self.server.done(came, service) + self.setup.lag_ms * MS_NS;
            if seen >= until {
                return false;
            }
            self.server.take(came, service);
            self.next_beat += self.setup.heartbeat_ms;
            self.beats += 1;
            if let Some(newest) = self.pass(at, seen)
                && let Some(meter) = &mut meter
            {
                meter.see(seen, newest);
            }
            self.push_beat(at);
        }
        true
    }

    fn push_beat(&mut self, at: i64) {
        if self.chunk.len() == CHUNK {
            self.flush();
        }
        let Self { chunk, feeds, .. } = self;
        chunk.timestamps.push(Timestamp(at));
        chunk.partitions.push(0);
        chunk.offsets.push(self.position as i64);
        for (feed, column) in feeds.iter().zip(&mut chunk.columns) {
            match feed {
                Feed::User => user(column, 0),
                _ => text(column, "heartbeat"),
            }
        }
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
            let JobSetup { shape, grace_ms, .. } = self.setup;
            let newest = self.pass(i64::from(event), seen);
            if !self.finals.is_late(shape, grace_ms, event) {
                self.finals.count(shape, event);
            }
            return newest;
        }
        let event = i64::from(event) * MS_NS;
        self.newest.is_none_or(|newest| event > newest).then(|| {
            self.newest = Some(event);
            event
        })
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

    fn push(&mut self, rows: &Rows<'_>, i: usize) {
        if self.chunk.len() == CHUNK {
            self.flush();
        }
        let Self { chunk, feeds, .. } = self;
        chunk.timestamps.push(Timestamp(i64::from(rows.event[i])));
        chunk.partitions.push(0);
        chunk.offsets.push((rows.offset + i as u64) as i64);
        for (feed, column) in feeds.iter().zip(&mut chunk.columns) {
            match feed {
                Feed::RecordType => text(column, "click"),
                Feed::Content => text(column, CONTENTS[usize::from(rows.content[i])]),
                Feed::Channel => text(column, CHANNELS[usize::from(rows.channel[i])]),
                Feed::State => {
                    let subscribes = rows.flags[i] & SUBSCRIBES != 0;
                    text(column, if subscribes { "subscribe" } else { "content" });
                }
                Feed::User => user(column, i64::from(rows.user[i])),
            }
        }
    }

    fn flush(&mut self) {
        if !self.chunk.is_empty() {
            self.task.push_rows(self.source, &self.chunk, &mut self.topics);
            self.chunk.clear();
        }
    }

    /// Brings the table up to date with the state: what a commit of the task emits.
    pub fn commit(&mut self) {
        self.flush();
        self.task.commit(Timestamp(0), &mut self.topics);
        let mut changes = self.task.new_chunk(self.output);
        self.task.take_rows(self.output, &mut changes);
        let shape = self.setup.shape;
        for row in 0..changes.len() {
            let start = changes.windows.get(row).map_or(0, |window| window.start.0);
            let window = shape.window(u32::try_from(start).unwrap_or(0));
            let Some(group) = group(shape, &changes.columns[0], row) else { continue };
            let number = |column: usize| whole(changes.columns.get(column), row);
            let value = match shape.question {
                Question::Clicks => Cell { a: number(1), b: 0 },
                Question::Users | Question::Conversion => Cell { a: number(1), b: number(2) },
            };
            self.table.put(window, group, value);
        }
    }

    /// The table as of the last [`Self::commit`].
    #[must_use]
    pub const fn table(&self) -> &View {
        &self.table
    }

    fn aggregate_stats(&self) -> OperatorStats {
        let at = node(&self.pipeline, |op| matches!(op, Op::Aggregate(_)));
        self.task.stats(&self.topics).swap_remove(at)
    }

    /// Events that were dropped as late, and the stream time, as of the last flush.
    #[must_use]
    pub fn late_and_stream_time(&self) -> (u64, Option<i64>) {
        let stats = self.aggregate_stats();
        (stats.drops.get(DropReason::Late), stats.stream_time.map(|(_, most)| most.0))
    }

    /// Events that are counted in the state: those that the aggregate took and did not drop.
    #[must_use]
    pub fn included(&self) -> u64 {
        let stats = self.aggregate_stats();
        stats.rows_in - stats.drops.get(DropReason::Late) - self.beats
    }

    /// Events that the logic of the job itself leaves out.
    #[must_use]
    pub fn filtered(&self) -> u64 {
        let stats = self.task.stats(&self.topics);
        stats[self.source].rows_out - self.aggregate_stats().rows_in
    }

    /// Saves at `at` what its guarantee saves there.
    fn save(&mut self, at: i64) {
        let with_state = self.setup.guarantee != Guarantee::AtLeastOnce;
        let state = with_state.then(|| {
            self.commit();
            self.kept()
        });
        let Self { position, next_beat, skipped, .. } = *self;
        self.saved = Saved { at, position, next_beat, skipped, state };
    }

    fn kept(&self) -> Kept {
        Kept {
            task: self.task.checkpoint(),
            table: self.table.clone(),
            newest: self.newest,
            beats: self.beats,
            finals: self.finals.clone(),
        }
    }

    /// The job crashes at `now` and is back after its start-up, with what its guarantee kept. Gives
    /// how many events it will count again, or has lost.
    ///
    /// # Panics
    /// When its own checkpoint cannot be read: a bug.
    pub fn crash(&mut self, now: i64, meter: Option<&mut AgeMeter>) -> u64 {
        self.commit();
        let passed = self.skipped.all() - self.saved.skipped.all();
        let since = self.position - self.saved.position - passed;
        let is_lossy = self.setup.guarantee == Guarantee::AtMostOnce;
        if self.setup.guarantee != Guarantee::AtLeastOnce {
            match &self.saved.state {
                Some(kept) => {
                    self.task.restore(&kept.task).expect("it is a checkpoint of this task");
                    self.table.clone_from(&kept.table);
                    (self.newest, self.beats) = (kept.newest, kept.beats);
                    self.finals.clone_from(&kept.finals);
                }
                None => {
                    (self.task, self.topics) = start(&self.pipeline);
                    self.task.subscribe(self.output);
                    self.table = View::new(self.setup.shape);
                    (self.newest, self.beats) = (None, 0);
                    self.finals = Finals::default();
                }
            }
        }
        match self.setup.guarantee {
            Guarantee::AtMostOnce => self.lost += since,
            Guarantee::AtLeastOnce => self.doubled += since,
            Guarantee::ExactlyOnce => {}
        }
        if !is_lossy {
            (self.position, self.skipped) = (self.saved.position, self.saved.skipped);
        }
        if self.setup.guarantee == Guarantee::ExactlyOnce {
            self.next_beat = self.saved.next_beat;
        }
        self.down_until = now + self.setup.cost.startup_ms;
        self.server.block_until(self.down_until * MS_NS);
        if let Some(meter) = meter {
            meter.set(now * MS_NS, self.newest);
        }
        since
    }

    /// Deploys other logic on the running job, with the state that it has.
    ///
    /// # Panics
    /// When the new plan does not have the shape of the old one: a bug.
    pub fn deploy(&mut self, logic: Logic) {
        self.commit();
        let state = self.task.checkpoint();
        (self.logic, self.is_redeployed) = (logic, true);
        self.pipeline = Arc::new(plan(self.setup, logic.buggy));
        (self.task, self.topics) = start(&self.pipeline);
        self.task.restore_redeployed(&state).expect("the plans differ in an expression only");
        self.task.subscribe(self.output);
        if self.setup.guarantee != Guarantee::AtLeastOnce {
            let Self { position, next_beat, skipped, saved: Saved { at, .. }, .. } = *self;
            self.saved = Saved { at, position, next_beat, skipped, state: Some(self.kept()) };
        }
    }

    /// Starts the task of a clone.
    fn task_like(&self) -> (Task, Topics) {
        let (mut task, topics) = start(&self.pipeline);
        task.restore(&self.task.checkpoint()).expect("it is a checkpoint of this task");
        task.subscribe(self.output);
        (task, topics)
    }
}

impl Clone for StreamJob {
    fn clone(&self) -> Self {
        let (task, topics) = self.task_like();
        let mut clone = Self {
            setup: self.setup,
            logic: self.logic,
            is_redeployed: self.is_redeployed,
            pipeline: Arc::clone(&self.pipeline),
            task,
            topics,
            source: self.source,
            output: self.output,
            feeds: self.feeds.clone(),
            chunk: self.chunk.clone(),
            table: self.table.clone(),
            from: self.from,
            started: self.started,
            position: self.position,
            server: self.server,
            newest: self.newest,
            next_beat: self.next_beat,
            beats: self.beats,
            finals: self.finals.clone(),
            skipped: self.skipped,
            saved: self.saved.clone(),
            processed: self.processed,
            doubled: self.doubled,
            lost: self.lost,
            caught_up_at: self.caught_up_at,
            down_until: self.down_until,
        };
        clone.flush();
        clone
    }
}

impl std::fmt::Debug for StreamJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamJob").field("position", &self.position).finish_non_exhaustive()
    }
}

/// The plan of a question, without the sink: the table is read from the job.
fn plan(setup: JobSetup, buggy: bool) -> Pipeline {
    let mut workspace = Workspace::default();
    let (statements, diagnostics) = crate::sql::parse(&setup.sql(buggy));
    assert!(diagnostics.is_empty(), "the question's SQL is right: {diagnostics:?}");
    let mut planned = None;
    for statement in &statements {
        let step = workspace.take(statement, Emit::Commit, &|_| Some(1));
        if let Step::Start(start) = step.expect("the question's SQL is right") {
            planned = Some(start.pipeline);
        }
    }
    let mut pipeline = planned.expect("the question has a query");
    pipeline.nodes.retain(|node| !matches!(node.op, Op::Sink(_)));
    pipeline
}

fn start(pipeline: &Pipeline) -> (Task, Topics) {
    let mut topics = Topics::default();
    topics.create(TopicConfig::new("clicks", 1)).expect("a name of its own");
    let task = Task::new(pipeline, &mut topics).expect("the plan of a question is right");
    (task, topics)
}

fn node(pipeline: &Pipeline, is: impl Fn(&Op) -> bool) -> NodeId {
    pipeline.nodes.iter().position(|node| is(&node.op)).expect("the plan of a question has it")
}

fn feed(column: &str) -> Feed {
    match column {
        "RECORDTYPE" => Feed::RecordType,
        "UID" => Feed::User,
        "CONTENTID" => Feed::Content,
        "CHANNEL" => Feed::Channel,
        "STATE" => Feed::State,
        other => unreachable!("a column {other} in the question's SQL"),
    }
}

fn user(column: &mut Column, id: i64) {
    if let ColumnData::BigInt(users) = &mut column.data {
        users.push(id);
        column.valid.push(true);
    }
}

fn text(column: &mut Column, value: &str) {
    if let ColumnData::Varchar(texts) = &mut column.data {
        texts.push(value);
        column.valid.push(true);
    }
}

fn group(shape: Shape, column: &Column, row: usize) -> Option<usize> {
    let ColumnData::Varchar(texts) = &column.data else { return None };
    shape.names().iter().position(|name| *name == texts.get(row))
}

fn whole(column: Option<&Column>, row: usize) -> u64 {
    match column.map(|column| &column.data) {
        Some(ColumnData::BigInt(numbers)) => numbers[row].max(0) as u64,
        Some(ColumnData::Int(numbers)) => numbers[row].max(0) as u64,
        _ => 0,
    }
}
