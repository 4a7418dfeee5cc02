//! A job of the streaming engine: it reads the log from an offset, runs the question's SQL as a task
//! of `exec`, and keeps the table of results up to date.
//!
//! What the task computes is real; when it gets to an event follows from the cost model.

use std::sync::Arc;

use super::cost::Cost;
use super::question::{Question, Shape};
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
    /// What time takes.
    pub cost: Cost,
}

/// What was saved at the last multiple of the interval.
#[derive(Clone, Debug)]
struct Saved {
    at: i64,
    position: u64,
    state: Option<(Vec<u8>, View, Option<i64>)>,
}

/// A running job with its table.
pub struct StreamJob {
    /// How it runs.
    pub setup: JobSetup,
    /// Whether it runs the logic with the bug.
    pub buggy: bool,
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
    pub fn new(setup: JobSetup, buggy: bool, from: u64, now: i64, startup_ms: i64) -> Self {
        let pipeline = Arc::new(plan(setup.shape, setup.grace_ms, buggy));
        let (task, topics) = start(&pipeline);
        let source = node(&pipeline, |op| matches!(op, Op::Source(_)));
        let output = pipeline.nodes.len() - 1;
        let feeds = task.schema(source).fields.iter().map(|field| feed(&field.name)).collect();
        let chunk = task.new_chunk(source);
        let ready = now + startup_ms;
        Self {
            setup,
            buggy,
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
            saved: Saved { at: ready, position: from, state: None },
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
        'all: for rows in store.rows(offsets) {
            for i in 0..rows.len() {
                let arrival = i64::from(rows.arrival[i]) * MS_NS;
                let done = self.server.done(arrival, service);
                if done + lag >= until {
                    break 'all;
                }
                self.server.take(arrival, service);
                let event = i64::from(rows.event[i]) * MS_NS;
                if self.newest.is_none_or(|newest| event > newest) {
                    self.newest = Some(event);
                    if let Some(meter) = &mut meter {
                        meter.see(done + lag, event);
                    }
                }
                self.push(&rows, i);
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
        self.flush();
        caught_up
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
                Feed::User => {
                    if let ColumnData::BigInt(users) = &mut column.data {
                        users.push(i64::from(rows.user[i]));
                        column.valid.push(true);
                    }
                }
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
        stats.rows_in - stats.drops.get(DropReason::Late)
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
            (self.task.checkpoint(), self.table.clone(), self.newest)
        });
        self.saved = Saved { at, position: self.position, state };
    }

    /// The job crashes at `now` and is back after its start-up, with what its guarantee kept. Gives
    /// how many events it will count again, or has lost.
    ///
    /// # Panics
    /// When its own checkpoint cannot be read: a bug.
    pub fn crash(&mut self, now: i64, meter: Option<&mut AgeMeter>) -> u64 {
        self.commit();
        let since = self.position - self.saved.position;
        let is_lossy = self.setup.guarantee == Guarantee::AtMostOnce;
        if self.setup.guarantee != Guarantee::AtLeastOnce {
            match &self.saved.state {
                Some((state, table, newest)) => {
                    self.task.restore(state).expect("it is a checkpoint of this task");
                    self.table.clone_from(table);
                    self.newest = *newest;
                }
                None => {
                    (self.task, self.topics) = start(&self.pipeline);
                    self.task.subscribe(self.output);
                    self.table = View::new(self.setup.shape);
                    self.newest = None;
                }
            }
        }
        match self.setup.guarantee {
            Guarantee::AtMostOnce => self.lost += since,
            Guarantee::AtLeastOnce => self.doubled += since,
            Guarantee::ExactlyOnce => {}
        }
        if !is_lossy {
            self.position = self.saved.position;
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
    pub fn deploy(&mut self, buggy: bool) {
        self.commit();
        let state = self.task.checkpoint();
        self.buggy = buggy;
        self.pipeline = Arc::new(plan(self.setup.shape, self.setup.grace_ms, buggy));
        (self.task, self.topics) = start(&self.pipeline);
        self.task.restore_redeployed(&state).expect("the plans differ in an expression only");
        self.task.subscribe(self.output);
        if self.setup.guarantee != Guarantee::AtLeastOnce {
            let saved = (self.task.checkpoint(), self.table.clone(), self.newest);
            self.saved.state = Some(saved);
            self.saved.position = self.position;
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
            buggy: self.buggy,
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
fn plan(shape: Shape, grace_ms: i64, buggy: bool) -> Pipeline {
    let mut workspace = Workspace::default();
    let (statements, diagnostics) = crate::sql::parse(&shape.sql(grace_ms, buggy));
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
