//! The question's SQL as a running task of the engine: events go in as columns, and what a commit
//! emits goes into a table of results.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::architecture::question::{Question, Shape};
use crate::architecture::sessions::Session;
use crate::architecture::store::{CHANNELS, CONTENTS, Rows, SUBSCRIBES};
use crate::architecture::stream_job::JobSetup;
use crate::architecture::view::{Cell, View};
use crate::chunk::{Chunk, Column, ColumnData};
use crate::exec::{DropReason, OperatorStats, Task};
use crate::plan::{Emit, NodeId, Op, Pipeline};
use crate::sql::workspace::{Step, Workspace};
use crate::time::Timestamp;
use crate::topic::{TopicConfig, Topics};

/// Rows that go through the task at a time.
const CHUNK: usize = 2_048;
/// The group of heartbeats: no user and no name of a group is this.
const HEARTBEAT: (i64, &str) = (-1, "heartbeat");

/// A task with what it reads and where its results go. A clone has the state of it only, until it is
/// used: most are kept as checkpoints of a run and never are.
pub(super) struct Program {
    shape: Shape,
    pipeline: Arc<Pipeline>,
    kept: Kept,
    live: OnceCell<Live>,
}

/// What a program goes on from: its state, and rows that had not been processed.
#[derive(Clone, Default)]
struct Kept {
    state: Option<Vec<u8>>,
    rows: Chunk,
}

/// A running task.
struct Live {
    task: Task,
    topics: Topics,
    source: NodeId,
    output: NodeId,
    feeds: Vec<Feed>,
    chunk: Chunk,
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

impl Program {
    /// The question with or without the bug, before the first event.
    pub fn new(setup: &JobSetup, buggy: bool) -> Self {
        Self::of(setup.shape, Arc::new(plan(&setup.sql(buggy))))
    }

    fn of(shape: Shape, pipeline: Arc<Pipeline>) -> Self {
        Self { shape, pipeline, kept: Kept::default(), live: OnceCell::new() }
    }

    fn live(&self) -> &Live {
        self.live.get_or_init(|| Live::new(&self.pipeline, &self.kept))
    }

    fn live_mut(&mut self) -> &mut Live {
        if self.live.get().is_none() {
            self.live();
            self.kept = Kept::default();
        }
        self.live.get_mut().expect("it was just made")
    }

    /// Starts again, with nothing.
    pub fn restart(&mut self) {
        *self = Self::of(self.shape, Arc::clone(&self.pipeline));
    }

    /// All of its state, as of the last flush.
    pub fn checkpoint(&self) -> Vec<u8> {
        self.live().task.checkpoint()
    }

    /// Takes over a state of its own.
    pub fn restore(&mut self, state: &[u8]) {
        self.live_mut().restore(state);
    }

    /// The program of other logic, with the state of this one.
    pub fn redeploy(&mut self, setup: &JobSetup, buggy: bool) {
        let state = self.checkpoint();
        *self = Self::new(setup, buggy);
        let restored = self.live_mut().task.restore_redeployed(&state);
        restored.expect("the plans differ in an expression only");
    }

    /// Gives it an event.
    pub fn push(&mut self, rows: &Rows<'_>, i: usize) {
        self.live_mut().push(rows, i);
    }

    /// Gives it a heartbeat, before the event of an offset. It is in a group of its own.
    pub fn push_beat(&mut self, at: i64, offset: u64) {
        self.live_mut().push_beat(at, offset);
    }

    /// Has the task process what it was given.
    pub fn flush(&mut self) {
        self.live_mut().flush();
    }

    /// Commits, and brings a table up to date with what that emits.
    pub fn commit(&mut self, table: &mut View) {
        let live = self.live_mut();
        live.flush();
        live.task.commit(Timestamp(0), &mut live.topics);
        let mut changes = live.task.new_chunk(live.output);
        live.task.take_rows(live.output, &mut changes);
        for row in 0..changes.len() {
            self.put(&changes, row, table);
        }
    }

    fn put(&self, changes: &Chunk, row: usize, table: &mut View) {
        let time = |at: Timestamp| u32::try_from(at.0).unwrap_or(0);
        let number = |column: usize| whole(changes.columns.get(column), row);
        let window = changes.windows.get(row).copied();
        let start = window.map_or(0, |window| time(window.start));
        if self.shape.question == Question::Sessions {
            let Some(user) = key_user(&changes.columns[0], row) else { return };
            let end = window.map_or(start, |window| time(window.end));
            let clicks = (!changes.is_tombstone(row)).then(|| number(2) as u32);
            return table.put_session(Session { user, start, end, clicks: 0 }, clicks);
        }
        let Some(group) = group(self.shape, &changes.columns[0], row) else { return };
        let b = if self.shape.question == Question::Clicks { 0 } else { number(2) };
        table.put(self.shape.window(start), group, Cell { a: number(1), b });
    }

    fn aggregate_stats(&self) -> OperatorStats {
        let at = node(&self.pipeline, |op| matches!(op, Op::Aggregate(_)));
        self.stats().swap_remove(at)
    }

    fn stats(&self) -> Vec<OperatorStats> {
        let live = self.live();
        live.task.stats(&live.topics)
    }

    /// Events that were dropped as late, and the stream time, as of the last flush.
    pub fn late_and_stream_time(&self) -> (u64, Option<i64>) {
        let stats = self.aggregate_stats();
        (stats.drops.get(DropReason::Late), stats.stream_time.map(|(_, most)| most.0))
    }

    /// Rows that the aggregate took and did not drop, heartbeats among them.
    pub fn included(&self) -> u64 {
        let stats = self.aggregate_stats();
        stats.rows_in - stats.drops.get(DropReason::Late)
    }

    /// Rows that the logic leaves out.
    pub fn filtered(&self) -> u64 {
        self.stats()[self.live().source].rows_out - self.aggregate_stats().rows_in
    }
}

impl Clone for Program {
    fn clone(&self) -> Self {
        let kept = match self.live.get() {
            None => self.kept.clone(),
            Some(live) => Kept { state: Some(live.task.checkpoint()), rows: live.chunk.clone() },
        };
        Self { kept, ..Self::of(self.shape, Arc::clone(&self.pipeline)) }
    }
}

impl Live {
    fn new(pipeline: &Arc<Pipeline>, kept: &Kept) -> Self {
        let mut topics = Topics::default();
        topics.create(TopicConfig::new("clicks", 1)).expect("a name of its own");
        let mut task = Task::new(pipeline, &mut topics).expect("the plan of a question is right");
        let source = node(pipeline, |op| matches!(op, Op::Source(_)));
        let output = pipeline.nodes.len() - 1;
        task.subscribe(output);
        let feeds = task.schema(source).fields.iter().map(|field| feed(&field.name)).collect();
        let chunk = task.new_chunk(source);
        let mut live = Self { task, topics, source, output, feeds, chunk };
        if let Some(state) = &kept.state {
            live.restore(state);
            live.chunk.clone_from(&kept.rows);
            live.flush();
        }
        live
    }

    fn restore(&mut self, state: &[u8]) {
        self.task.restore(state).expect("it is a checkpoint of this task");
    }

    fn push(&mut self, rows: &Rows<'_>, i: usize) {
        self.begin_row(i64::from(rows.event[i]), rows.offset + i as u64);
        for (feed, column) in self.feeds.iter().zip(&mut self.chunk.columns) {
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

    fn push_beat(&mut self, at: i64, offset: u64) {
        self.begin_row(at, offset);
        for (feed, column) in self.feeds.iter().zip(&mut self.chunk.columns) {
            match feed {
                Feed::User => user(column, HEARTBEAT.0),
                _ => text(column, HEARTBEAT.1),
            }
        }
    }

    fn begin_row(&mut self, event: i64, offset: u64) {
        if self.chunk.len() == CHUNK {
            self.flush();
        }
        self.chunk.timestamps.push(Timestamp(event));
        self.chunk.partitions.push(0);
        self.chunk.offsets.push(offset as i64);
    }

    fn flush(&mut self) {
        if !self.chunk.is_empty() {
            self.task.push_rows(self.source, &self.chunk, &mut self.topics);
            self.chunk.clear();
        }
    }
}

/// The plan of a question, without the sink: the table is read from the job.
fn plan(sql: &str) -> Pipeline {
    let mut workspace = Workspace::default();
    let (statements, diagnostics) = crate::sql::parse(sql);
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

/// The user that a row is keyed by; none of a heartbeat.
fn key_user(column: &Column, row: usize) -> Option<u32> {
    let ColumnData::BigInt(users) = &column.data else { return None };
    u32::try_from(users[row]).ok()
}

fn whole(column: Option<&Column>, row: usize) -> u64 {
    match column.map(|column| &column.data) {
        Some(ColumnData::BigInt(numbers)) => numbers[row].max(0) as u64,
        Some(ColumnData::Int(numbers)) => numbers[row].max(0) as u64,
        _ => 0,
    }
}
