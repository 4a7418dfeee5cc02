//! The batch path: an exact, vectorised fold over stored events, and the timetable of batches.

use std::ops::Range;

use super::logic::{Fate, Logic};
use super::question::{BUG_CONTENT, Question, Shape};
use super::sessions::sessionize;
use super::store::{Rows, SUBSCRIBES, Store};
use super::view::View;
use crate::sim::NEVER;

/// Events that are folded at a time: their indices stay in the first cache.
const BLOCK: usize = 1_024;

/// What a batch computes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Offsets in the store.
    pub offsets: Range<u64>,
    /// Event times, milliseconds since the start.
    pub events: Range<i64>,
}

impl Extent {
    /// All that arrived before an offset.
    #[must_use]
    pub const fn before(offset: u64) -> Self {
        Self { offsets: 0..offset, events: 0..NEVER }
    }
}

/// Adds the events of an extent to a view, as far as the logic takes them.
pub fn fold(view: &mut View, store: &Store, extent: &Extent, logic: Logic) {
    let events = clamp(extent.events.start)..clamp(extent.events.end);
    let skipped = if logic.buggy { BUG_CONTENT } else { u8::MAX };
    match view.shape.question {
        Question::Clicks | Question::Conversion => {}
        Question::Users => return fold_users(view, store, extent, logic),
        Question::Sessions => return fold_sessions(view, store, extent, logic),
    }
    let mut counts = Counts::new(view.shape, store.stream_time_before(extent.offsets.end));
    for rows in store.rows(extent.offsets.clone()) {
        counts.add(&rows, &events, skipped);
    }
    match view.shape.question {
        Question::Conversion => view.add_cells(&counts.above[1..], &counts.cells[1..]),
        _ => view.add_cells(&counts.cells[1..], &[]),
    }
    let segments = store.rows(extent.offsets.clone()).filter(|rows| rows.any_bad);
    segments.for_each(|rows| take_out_unread(view, &rows, &events, logic));
}

// What follows is apart, so that it is loaded when it is first asked for (`xtask/src/wasm/doors.rs`).

#[inline(never)]
fn fold_users(view: &mut View, store: &Store, extent: &Extent, logic: Logic) {
    each_read(view, store, extent, logic, |view, event, user| {
        view.add(event, user, 0, 0, false);
    });
}

#[inline(never)]
fn fold_sessions(view: &mut View, store: &Store, extent: &Extent, logic: Logic) {
    let mut clicks = Vec::new();
    each_read(view, store, extent, logic, |_, event, user| clicks.push((user, event)));
    sessionize(&mut clicks, view.shape.gap_ms, |session| view.add_session(session));
}

/// Hands out event time and user of what counts; what cannot be read is noted in the view.
fn each_read(
    view: &mut View,
    store: &Store,
    extent: &Extent,
    logic: Logic,
    mut each: impl FnMut(&mut View, u32, u32),
) {
    let events = clamp(extent.events.start)..clamp(extent.events.end);
    for rows in store.rows(extent.offsets.clone()) {
        for i in (0..rows.len()).filter(|i| events.contains(&rows.event[*i])) {
            match logic.fate(rows.offset + i as u64, rows.content[i], rows.flags[i]) {
                Fate::Counts => each(view, rows.event[i], rows.user[i]),
                Fate::LeftOut => {}
                Fate::Unread => view.add_unread(rows.event[i]),
            }
        }
    }
}

/// Corrects what was counted by the few events that cannot be read: the count itself does not branch.
#[inline(never)]
fn take_out_unread(view: &mut View, rows: &Rows<'_>, events: &Range<u32>, logic: Logic) {
    for i in 0..rows.len() {
        let (event, content) = (rows.event[i], rows.content[i]);
        let fate = logic.fate(rows.offset + i as u64, content, rows.flags[i]);
        if fate == Fate::Unread && events.contains(&event) {
            view.add_unread(event);
            if !(logic.buggy && content == BUG_CONTENT) {
                let subscribes = rows.flags[i] & SUBSCRIBES != 0;
                view.take_out(event, content, rows.channel[i], subscribes);
            }
        }
    }
}

fn clamp(time: i64) -> u32 {
    u32::try_from(time.max(0)).unwrap_or(u32::MAX)
}

/// Counts by window and group. The first cell takes what does not count, so that nothing branches.
struct Counts {
    shape: Shape,
    cells: Vec<u64>,
    above: Vec<u64>,
    index: Box<[u32; BLOCK]>,
}

impl Counts {
    fn new(shape: Shape, newest: u32) -> Self {
        let cells = 1 + (shape.window(newest) as usize + 1) * shape.groups();
        let above = if shape.question == Question::Conversion { cells } else { 0 };
        Self { shape, cells: vec![0; cells], above: vec![0; above], index: Box::new([0; BLOCK]) }
    }

    fn add(&mut self, rows: &Rows<'_>, events: &Range<u32>, skipped: u8) {
        let groups = self.shape.groups() as u32;
        // A quotient of whole numbers under 2^32 is rounded right in an f64, and divides in lanes.
        let size =
            if self.shape.window_ms == 0 { f64::MAX } else { f64::from(self.shape.window_ms) };
        let by_content = self.shape.question == Question::Clicks;
        let groups_of = if by_content { rows.content } else { rows.channel };
        for from in (0..rows.len()).step_by(BLOCK) {
            let to = (from + BLOCK).min(rows.len());
            let (event, group) = (&rows.event[from..to], &groups_of[from..to]);
            let content = &rows.content[from..to];
            let index = &mut self.index[..to - from];
            for (((index, event), group), content) in
                index.iter_mut().zip(event).zip(group).zip(content)
            {
                let window = (f64::from(*event) / size) as u32;
                let cell = 1 + window * groups + u32::from(*group);
                let counts = events.start <= *event && *event < events.end && *content != skipped;
                *index = if counts { cell } else { 0 };
            }
            for cell in &*index {
                self.cells[*cell as usize] += 1;
            }
            if !by_content {
                for (cell, flags) in index.iter().zip(&rows.flags[from..to]) {
                    self.above[*cell as usize] += u64::from(flags & SUBSCRIBES);
                }
            }
        }
    }
}

/// When batches start and land. A batch that overruns its period delays the next.
#[derive(Clone, Debug)]
pub struct Timetable {
    period: i64,
    /// When the next batch starts, unless one runs then.
    next: i64,
    /// A batch out of turn was asked for at this time.
    asked: Option<i64>,
    /// Batches that are to be dropped.
    pub to_miss: u32,
    running: Option<Run>,
    /// Batches that have started.
    pub started: u32,
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number, from 1.
    pub number: u32,
    /// When it started: it takes what arrived before.
    pub started: i64,
    /// When its results are there.
    pub lands: i64,
    /// The first offset that it does not take.
    pub upto: u64,
    /// What it computes from; nothing when it is dropped.
    pub extent: Option<Extent>,
    /// Events that it processes.
    pub events: u64,
    /// The logic that it runs.
    pub logic: Logic,
    /// When it was asked for, if it is out of turn.
    pub asked: Option<i64>,
}

impl Run {
    /// Events a second that it moves.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.events as f64 * 1e3 / (self.lands - self.started).max(1) as f64
    }

    /// How far it is, 0 to 1.
    #[must_use]
    pub fn progress(&self, now: i64) -> f64 {
        (now - self.started) as f64 / (self.lands - self.started).max(1) as f64
    }
}

impl Timetable {
    /// Batches every `period`, the first after one period.
    #[must_use]
    pub const fn new(period: i64) -> Self {
        Self { period, next: period, asked: None, to_miss: 0, running: None, started: 0 }
    }

    /// When the next batch starts or lands.
    #[must_use]
    pub fn next_at(&self) -> i64 {
        self.running.as_ref().map_or_else(|| self.asked.unwrap_or(self.next), |run| run.lands)
    }

    /// Asks for a batch over everything as soon as none runs.
    pub fn ask(&mut self, now: i64) {
        self.asked = Some(now);
    }

    /// The batch that runs.
    #[must_use]
    pub const fn running(&self) -> Option<&Run> {
        self.running.as_ref()
    }

    /// When the next regular batch starts, if none overruns.
    #[must_use]
    pub const fn next_start(&self) -> i64 {
        self.next
    }

    /// The batch that has landed by `now`.
    pub fn landed(&mut self, now: i64) -> Option<Run> {
        let landed = self.running.take_if(|run| run.lands <= now)?;
        self.next = self.next.max(landed.lands);
        Some(landed)
    }

    /// Whether a batch is to start now, and whether it was asked for out of turn.
    pub fn starts(&mut self, now: i64) -> Option<Option<i64>> {
        if self.running.is_some() {
            return None;
        }
        if let Some(asked) = self.asked {
            self.asked = None;
            return Some(Some(asked));
        }
        (self.next <= now).then(|| {
            self.next = now + self.period;
            None
        })
    }

    /// The batch that [`Self::starts`] announced.
    pub fn start(&mut self, mut run: Run) {
        self.started += 1;
        run.number = self.started;
        self.running = Some(run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::store::{BAD, Click};
    use crate::rng::Seed;

    #[test]
    fn the_fold_equals_one_event_after_the_other() {
        let mut draws = Seed(5).stream("events");
        let mut store = Store::default();
        for i in 0..70_000_u32 {
            let click = Click {
                event: (i * 10).saturating_sub(draws.below(100_000)),
                user: draws.below(500),
                session: 0,
                content: draws.below(7) as u8,
                channel: draws.below(5) as u8,
                subscribes: draws.below(20) == 0,
            };
            store.push(i * 10, &click, if draws.below(50) == 0 { BAD } else { 0 });
        }
        for question in
            [Question::Clicks, Question::Users, Question::Conversion, Question::Sessions]
        {
            for window_ms in [0, 1, 7_000, 60_000] {
                if window_ms == 1 && question == Question::Users {
                    continue;
                }
                for (extent, logic) in [
                    (Extent::before(store.len()), Logic::mended(0)),
                    (Extent::before(store.len()), Logic::mended(30_000)),
                    (
                        Extent { offsets: 5..66_000, events: 12_345..600_001 },
                        Logic { buggy: true, ..Logic::FIRST },
                    ),
                ] {
                    let shape = Shape { question, window_ms, gap_ms: 5_000 };
                    let (mut fast, mut slow) = (View::new(shape), View::new(shape));
                    fold(&mut fast, &store, &extent, logic);
                    for rows in store.rows(extent.offsets.clone()) {
                        for i in 0..rows.len() {
                            let (event, content) = (rows.event[i], rows.content[i]);
                            let is_bad = rows.flags[i] & BAD != 0;
                            let is_unread =
                                is_bad && rows.offset + (i as u64) < logic.reads_bad_from;
                            if extent.events.contains(&i64::from(event))
                                && !is_unread
                                && !(logic.buggy && content == BUG_CONTENT)
                            {
                                let subscribes = rows.flags[i] & SUBSCRIBES != 0;
                                slow.add(event, rows.user[i], content, rows.channel[i], subscribes);
                            }
                        }
                    }
                    assert_eq!((fast.events(), fast.total()), (slow.events(), slow.total()));
                    for window in 0..slow.windows() {
                        for group in 0..shape.groups() {
                            assert_eq!(fast.cell(window, group), slow.cell(window, group));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_batch_that_overruns_delays_the_next() {
        let mut times = Timetable::new(10);
        let run = |now, lands| Run {
            number: 0,
            started: now,
            lands,
            upto: 0,
            extent: None,
            events: 0,
            logic: Logic::FIRST,
            asked: None,
        };
        assert_eq!((times.next_at(), times.starts(9)), (10, None));
        assert_eq!(times.starts(10), Some(None));
        times.start(run(10, 35));
        assert_eq!((times.next_at(), times.landed(34), times.starts(34)), (35, None, None));
        assert_eq!(times.landed(35).map(|run| run.number), Some(1));
        assert_eq!((times.next_at(), times.starts(35)), (35, Some(None)));
        times.start(run(35, 36));
        times.ask(36);
        assert!(times.landed(36).is_some());
        assert_eq!((times.starts(36), times.next_at()), (Some(Some(36)), 45));
    }
}
