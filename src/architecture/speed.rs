//! Lambda's speed layer: its own, limited code. It counts event by event, sketches users where that
//! is set, and drops what comes after its grace. It keeps one real-time view for each batch that the
//! serving layer may show next.

use super::logic::{Fate, Logic};
use super::store::{Rows, SUBSCRIBES, Store};
use super::stream_job::{Guarantee, JobSetup};
use super::view::View;
use crate::sim::MS_NS;
use crate::sim::meter::AgeMeter;
use crate::sim::server::Server;

/// Where the batch view ends and the real-time view begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandOff {
    /// At the log offset that the batch read up to: exact.
    ByOffset,
    /// At the event time of the batch's boundary: exact but for events that arrive after it.
    ByBatchId,
    /// At the event time of the batch's boundary and some milliseconds: below 0 both count the
    /// events between, above 0 none does.
    ByEventTime(i64),
}

/// The end of what a batch covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Boundary {
    /// The first offset that the batch did not read.
    pub offset: u64,
    /// The event time at which the batch's last partition ends.
    pub event: i64,
}

impl HandOff {
    /// Whether the real-time view behind a boundary counts an event.
    #[must_use]
    pub const fn takes(self, boundary: Boundary, offset: u64, event: u32) -> bool {
        match self {
            Self::ByOffset => offset >= boundary.offset,
            Self::ByBatchId => event as i64 >= boundary.event,
            Self::ByEventTime(shift) => event as i64 >= boundary.event + shift,
        }
    }

    /// The earliest arrival of an event that the view counts.
    const fn earliest(self, boundary: Boundary) -> i64 {
        match self {
            Self::ByEventTime(shift) if shift < 0 => boundary.event + shift,
            _ => boundary.event,
        }
    }
}

/// What is behind one boundary.
#[derive(Clone, Debug)]
struct RealTime {
    boundary: Boundary,
    view: View,
}

/// What a crash goes back to.
#[derive(Clone, Debug, Default)]
struct Saved {
    at: i64,
    position: u64,
    /// Events before it are saved, or were counted as lost by a crash since.
    counted: u64,
    state: Option<State>,
}

#[derive(Clone, Debug, Default)]
struct State {
    views: Vec<RealTime>,
    stream_time: u32,
    newest: Option<i64>,
    late: u64,
}

/// The layer.
#[derive(Clone, Debug)]
pub struct SpeedLayer {
    /// How it runs.
    pub setup: JobSetup,
    /// How it hands over.
    pub hand_off: HandOff,
    /// The precision of its sketches; `None` keeps sets.
    sketch: Option<u8>,
    /// The deployed logic.
    pub logic: Logic,
    state: State,
    position: u64,
    server: Server,
    saved: Saved,
    /// Events processed, each as often as it was.
    pub processed: u64,
    /// Events that a crash counted twice.
    pub doubled: u64,
    /// Events that a crash lost.
    pub lost: u64,
    /// Until when it is down after a crash, milliseconds.
    pub down_until: i64,
}

impl SpeedLayer {
    /// A layer that starts with the log, before the first batch.
    #[must_use]
    pub fn new(setup: JobSetup, hand_off: HandOff, sketch: Option<u8>) -> Self {
        let view = View::sketched(setup.shape, sketch);
        // Before the first batch everything is the speed layer's, whatever the hand-off.
        let boundary = Boundary { offset: 0, event: i64::MIN / 2 };
        Self {
            setup,
            hand_off,
            sketch,
            logic: Logic::FIRST,
            state: State { views: vec![RealTime { boundary, view }], ..State::default() },
            position: 0,
            server: Server::default(),
            saved: Saved::default(),
            processed: 0,
            doubled: 0,
            lost: 0,
            down_until: 0,
        }
    }

    /// The offset of the next event that it processes.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Events that it dropped as late.
    #[must_use]
    pub const fn late(&self) -> u64 {
        self.state.late
    }

    /// The largest event time that it has seen.
    #[must_use]
    pub const fn stream_time(&self) -> u32 {
        self.state.stream_time
    }

    /// How long it worked, nanoseconds.
    #[must_use]
    pub const fn busy_ns(&self) -> i64 {
        self.server.busy
    }

    /// The view that the serving layer reads now.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.state.views[0].view
    }

    /// Processes what is done and can be seen before `to`.
    pub fn advance(&mut self, to: i64, store: &Store, meter: &mut AgeMeter) {
        loop {
            let next_save = self.saved.at.saturating_add(self.setup.interval_ms);
            self.run(to.min(next_save).saturating_mul(MS_NS), store, meter);
            if to < next_save {
                break;
            }
            let with_state = self.setup.guarantee != Guarantee::AtLeastOnce;
            let state = with_state.then(|| self.state.clone());
            let position = self.position;
            self.saved = Saved { at: next_save, position, counted: position, state };
        }
        meter.go(to.saturating_mul(MS_NS));
    }

    fn run(&mut self, until: i64, store: &Store, meter: &mut AgeMeter) {
        let service = self.setup.cost.service_ns();
        let lag = self.setup.lag_ms * MS_NS;
        for rows in store.rows(self.position..store.len()) {
            for i in 0..rows.len() {
                let arrival = i64::from(rows.arrival[i]) * MS_NS;
                let done = self.server.done(arrival, service);
                if done + lag >= until {
                    return;
                }
                self.server.take(arrival, service);
                let event = i64::from(rows.event[i]) * MS_NS;
                if self.state.newest.is_none_or(|newest| event > newest) {
                    self.state.newest = Some(event);
                    meter.see(done + lag, event);
                }
                self.position += 1;
                self.processed += 1;
                self.count(Row::of(&rows, i));
            }
        }
    }

    fn count(&mut self, row: Row) {
        let Self { setup, hand_off, logic, state, .. } = self;
        state.stream_time = state.stream_time.max(row.event);
        if row.is_late(*setup, state.stream_time) {
            state.late += 1;
            return;
        }
        for RealTime { boundary, view } in &mut state.views {
            if hand_off.takes(*boundary, row.offset, row.event) {
                row.add_to(view, *logic);
            }
        }
    }

    /// A batch has started: from now on there is a view behind its boundary too. It begins with what
    /// the log already has behind it.
    pub fn open(&mut self, boundary: Boundary, store: &Store) {
        let view = self.behind(boundary, self.position, store);
        self.state.views.push(RealTime { boundary, view });
    }

    /// What the log has behind a boundary, up to an offset.
    fn behind(&self, boundary: Boundary, upto: u64, store: &Store) -> View {
        let mut view = View::sketched(self.setup.shape, self.sketch);
        let from = match self.hand_off {
            HandOff::ByOffset => boundary.offset,
            _ => store.first_arriving_at(self.hand_off.earliest(boundary)),
        };
        if from >= upto {
            return view;
        }
        let mut stream_time = store.stream_time_before(from);
        for rows in store.rows(from..upto) {
            for row in (0..rows.len()).map(|i| Row::of(&rows, i)) {
                stream_time = stream_time.max(row.event);
                let counts = self.hand_off.takes(boundary, row.offset, row.event)
                    && !row.is_late(self.setup, stream_time);
                if counts {
                    row.add_to(&mut view, self.logic);
                }
            }
        }
        view
    }

    /// The batch of a boundary has landed: what is behind older boundaries is not needed any more.
    pub fn land(&mut self, boundary: Boundary) {
        let drop_older = |views: &mut Vec<RealTime>| {
            if let Some(at) = views.iter().position(|view| view.boundary == boundary) {
                views.drain(..at);
            }
        };
        drop_older(&mut self.state.views);
        if let Some(saved) = &mut self.saved.state {
            drop_older(&mut saved.views);
        }
    }

    /// The layer crashes at `now` and is back after its start-up, with what its guarantee kept. Gives
    /// how many events it will count again, or has lost.
    pub fn crash(&mut self, now: i64, store: &Store, meter: &mut AgeMeter) -> u64 {
        let since = self.position - self.saved.counted;
        if self.setup.guarantee != Guarantee::AtLeastOnce {
            let saved = self.saved.state.clone().unwrap_or_default();
            let views = std::mem::take(&mut self.state.views);
            let views = views.into_iter().map(|RealTime { boundary, .. }| {
                let before = saved.views.iter().find(|view| view.boundary == boundary);
                // A view that was opened since begins again with what the log has.
                let anew = || self.behind(boundary, self.saved.position, store);
                RealTime { boundary, view: before.map_or_else(anew, |view| view.view.clone()) }
            });
            let views = views.collect();
            self.state = State { views, ..saved };
        }
        match self.setup.guarantee {
            Guarantee::AtMostOnce => {
                self.lost += since;
                self.saved.counted = self.position;
            }
            Guarantee::AtLeastOnce => {
                self.doubled += since;
                self.position = self.saved.position;
            }
            Guarantee::ExactlyOnce => self.position = self.saved.position,
        }
        self.down_until = now + self.setup.cost.startup_ms;
        self.server.block_until(self.down_until * MS_NS);
        meter.set(now * MS_NS, self.state.newest);
        since
    }

    /// Bytes of its views.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.state.views.iter().map(|view| view.view.bytes()).sum()
    }
}

/// What the layer reads of an event.
#[derive(Clone, Copy)]
struct Row {
    offset: u64,
    event: u32,
    user: u32,
    content: u8,
    channel: u8,
    flags: u8,
}

impl Row {
    fn of(rows: &Rows<'_>, i: usize) -> Self {
        Self {
            offset: rows.offset + i as u64,
            event: rows.event[i],
            user: rows.user[i],
            content: rows.content[i],
            channel: rows.channel[i],
            flags: rows.flags[i],
        }
    }

    fn is_late(self, setup: JobSetup, stream_time: u32) -> bool {
        setup.shape.closes(self.event).saturating_add(setup.grace_ms) <= i64::from(stream_time)
    }

    fn add_to(self, view: &mut View, logic: Logic) {
        match logic.fate(self.offset, self.content, self.flags) {
            Fate::Counts => {
                let subscribes = self.flags & SUBSCRIBES != 0;
                view.add(self.event, self.user, self.content, self.channel, subscribes);
            }
            Fate::LeftOut => {}
            Fate::Unread => view.add_unread(self.event),
        }
    }
}
