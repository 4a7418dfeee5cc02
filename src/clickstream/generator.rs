//! The generator: lets things happen on the virtual clock and hands out records in arrival order.

use std::sync::Arc;

use super::channel::{Channel, Origin, Pending};
use super::config::{Config, Pacing, Rate, Span};
use super::counters::SourceCounters;
use super::draw::content;
use super::event::{Body, Event, SERVER};
use super::fault::FaultSet;
use super::live::Live;
use super::population::{NEVER, Numbers, Pace, Population};
use super::row::ClickRow;
use super::serializer::{self, Item};
use super::session::Session;
use super::setting::{self, Redraw, Setting, SettingError};
use super::site::Site;
use super::writer::Writer;
use crate::record::PartitionId;
use crate::rng::{Seed, Stream as Draws};
use crate::time::Micros;

/// Which topic a record goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Clicks, sessions and users.
    Mixed,
    /// Orders.
    Orders,
    /// Shipments.
    Shipments,
}

/// What a record tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// A page was opened.
    Click,
    /// A session ended.
    Session,
    /// A user is new, or moved.
    User,
    /// Something was ordered.
    Order,
    /// An order was shipped.
    Shipment,
}

/// A record as it arrives at its topic.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The topic.
    pub stream: Stream,
    /// What its source meant it to be; a fault may have made it unreadable.
    pub kind: RecordKind,
    /// The key: a number in decimal digits.
    pub key: Option<&'a [u8]>,
    /// JSON, or what a fault left of it.
    pub value: &'a [u8],
    /// The time that the record states (before a fault touched its bytes).
    pub event_time: Micros,
    /// When it arrives.
    pub arrival: Micros,
    /// The partition of a record without a key. With a key it is that of [`crate::murmur2`].
    pub sticky: Option<PartitionId>,
    /// What is wrong with it.
    pub faults: FaultSet,
}

/// An event as it truly happened, without faults, delay or skew.
#[derive(Clone, Copy, Debug)]
pub struct Truth<'a> {
    /// The topic that its record is meant for.
    pub stream: Stream,
    /// The record's time: when it happened, for a session when it started.
    pub event_time: Micros,
    /// When it was sent: the order of truth. Differs from `event_time` for sessions only, which are
    /// sent when they end.
    pub sent: Micros,
    /// The fault-free JSON.
    pub value: &'a [u8],
}

/// Takes what a generator makes.
pub trait Sink {
    /// A record arrives.
    fn record(&mut self, record: &Sent<'_>);

    /// Whether [`Self::record`] is to be called. What happens is the same without records.
    fn wants_records(&self) -> bool {
        true
    }

    /// Whether [`Self::row`] is to be called.
    fn wants_rows(&self) -> bool {
        false
    }

    /// A click of the site happened, in the order in which they happen: the values behind
    /// [`Self::truth`], without writing it.
    fn row(&mut self, _click: &ClickRow) {}

    /// Whether [`Self::truth`] is to be called. It costs writing every event once more.
    fn wants_truth(&self) -> bool {
        false
    }

    /// Something happened, in the order in which it happened. Events are told before their records
    /// arrive, and whether or not they ever do.
    fn truth(&mut self, _event: &Truth<'_>) {}
}

/// The clickstream as a function of configuration, seed and settings applied.
///
/// A clone is a checkpoint: it goes on exactly as the original does. Tables of users and sessions are
/// shared until one side changes them.
#[derive(Clone, Debug)]
pub struct Generator {
    site: Arc<Site>,
    live: Live,
    now: Micros,
    people: Population,
    crowd: Population,
    bot: Bot,
    channel: Channel,
    events: Vec<Event>,
    out: Writer,
}

impl Generator {
    /// A generator at the start of its virtual time.
    #[must_use]
    pub fn new(config: Arc<Config>, seed: Seed) -> Self {
        let site = Site::new(config);
        let (settings, users) = (&site.config.settings, site.config.max_users);
        let live = Live::new(&site);
        let idle = Pace { pacing: Pacing::Dwell, per_weight: 0.0, span: Span::ALWAYS };
        let people = Numbers { uid: 0, sid: 1, order: 1 };
        let crowd = Numbers { uid: users, sid: CROWD, order: CROWD };
        let mut generator = Self {
            people: Population::new(seed, "site", people, idle),
            crowd: Population::new(seed, "burst", crowd, idle),
            bot: Bot::new(&site, seed),
            channel: Channel::new(seed, settings.partitions, settings.max_pending),
            now: settings.start,
            live,
            site: Arc::new(site),
            events: Vec::new(),
            out: Writer::default(),
        };
        generator.redraw(Redraw::Starts);
        generator.redraw(Redraw::Bot);
        generator
    }

    /// The virtual time up to which everything has happened. It never goes back.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.now
    }

    /// A time before which nothing more arrives: the next arrival or the next event, whichever is
    /// first. `None` when nothing will ever happen.
    #[must_use]
    pub fn next_step(&self) -> Option<Micros> {
        let next = self.next_event().min(self.channel.next());
        (next < NEVER).then_some(next)
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Arc<Config> {
        &self.site.config
    }

    /// The name behind an index of a [`ClickRow`].
    #[must_use]
    pub fn name(&self, index: u16) -> &str {
        self.site.names.get(usize::from(index)).map_or("", |quoted| quoted.trim_matches('"'))
    }

    /// What the source did so far.
    #[must_use]
    pub fn counters(&self) -> SourceCounters {
        let (sessions, burst_sessions) = (self.people.counters, self.crowd.counters);
        SourceCounters { sessions, burst_sessions, ..self.channel.counters }
    }

    /// About how many bytes a clone takes that shares nothing: open sessions and records on their way.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let session = size_of::<Session>() as u64 + 64;
        u64::from(self.open_sessions()) * session
            + self.counters().in_flight() * size_of::<Pending>() as u64
    }

    /// Sessions that are open now, with those of a burst.
    #[must_use]
    pub fn open_sessions(&self) -> u32 {
        self.people.open() + self.crowd.open()
    }

    /// Runs until before `until` (arrival time), but for at most `max_records` records. Gives how many
    /// arrived. What comes out does not depend on how a run is cut into calls.
    pub fn run<S: Sink>(&mut self, until: Micros, max_records: u64, sink: &mut S) -> u64 {
        let mut delivered = 0;
        while delivered < max_records {
            let (event, arrival) = (self.next_event(), self.channel.next());
            let next = event.min(arrival);
            if next >= until {
                // Without an end, time stops at the last step.
                if until < NEVER {
                    self.now = self.now.max(until);
                }
                break;
            }
            self.now = next;
            // An arrival comes before what happens in the same microsecond.
            if arrival <= event {
                self.deliver(sink);
                delivered += 1;
            } else {
                self.happen(sink);
            }
        }
        delivered
    }

    /// Changes a setting from [`Self::now`] on.
    ///
    /// # Errors
    /// Why the setting is refused; nothing has changed then.
    pub fn apply(&mut self, setting: &Setting) -> Result<(), SettingError> {
        let redraw = setting::apply(setting, &self.site, &mut self.live, self.now)?;
        self.redraw(redraw);
        Ok(())
    }

    fn redraw(&mut self, redraw: Redraw) {
        let (site, now) = (&self.site, self.now);
        let per_weight = self.live.sessions_per_weight;
        if redraw == Redraw::Starts {
            let pacing = site.config.settings.pacing;
            self.people.set_pace(site, Pace { pacing, per_weight, span: Span::ALWAYS }, now);
        }
        if matches!(redraw, Redraw::Starts | Redraw::Burst) {
            let Rate { value: factor, span } = self.live.faults.burst;
            let per_weight = per_weight * (factor - 1.0);
            self.crowd.set_pace(site, Pace { pacing: Pacing::Dwell, per_weight, span }, now);
        }
        if redraw == Redraw::Bot {
            self.bot.set_rate(self.live.faults.bot, now);
        }
    }

    fn next_event(&self) -> Micros {
        self.people.next().min(self.crowd.next()).min(self.bot.next)
    }

    /// Lets what is next happen. Ties between origins go in a fixed order; they share nothing that one
    /// could take from the other.
    fn happen<S: Sink>(&mut self, sink: &mut S) {
        let now = self.now;
        self.events.clear();
        let origin = if self.people.next() == now {
            self.people.step(&self.site, &mut self.live, now, &mut self.events);
            Origin::Site
        } else if self.crowd.next() == now {
            self.crowd.step(&self.site, &mut self.live, now, &mut self.events);
            Origin::Burst
        } else {
            self.bot.step(&mut self.events);
            Origin::Bot
        };
        if origin == Origin::Site && sink.wants_truth() {
            self.tell(sink);
        }
        if origin == Origin::Site && sink.wants_rows() {
            self.tell_rows(sink);
        }
        let wants_records = sink.wants_records();
        for event in &self.events {
            let copies =
                if wants_records { self.channel.send(&self.live, now, event, origin) } else { 0 };
            if let Some(slot) = slot_of(&event.body) {
                let last = matches!(event.body, Body::Session { .. });
                population(&mut self.people, &mut self.crowd, origin).hold(slot, copies, last);
            }
        }
    }

    fn tell_rows<S: Sink>(&self, sink: &mut S) {
        for event in &self.events {
            let Body::Click(click) = &event.body else { continue };
            let Some(session) = self.people.session(click.slot) else { continue };
            sink.row(&ClickRow {
                event_time: event.time,
                sid: session.sid,
                uid: session.uid,
                state: session.path.first(click.visited).next_back().unwrap_or(0),
                section: click.content.section,
                channel: session.channel,
            });
        }
    }

    fn tell<S: Sink>(&mut self, sink: &mut S) {
        for event in &self.events {
            let session = slot_of(&event.body).and_then(|slot| self.people.session(slot));
            let item = Item {
                time: event.time,
                body: &event.body,
                session,
                faults: FaultSet::NONE,
                bits: 0,
            };
            serializer::write(&mut self.out, &self.site, item);
            sink.truth(&Truth {
                stream: stream_of(&event.body),
                event_time: event.time,
                sent: self.now,
                value: self.out.written(),
            });
        }
    }

    fn deliver<S: Sink>(&mut self, sink: &mut S) {
        let Some(pending) = self.channel.pop() else { return };
        let Pending { time, key, body, bits, sticky, faults, origin } = pending;
        let slot = slot_of(&body);
        let session = match origin {
            Origin::Site => slot.and_then(|slot| self.people.session(slot)),
            Origin::Burst => slot.and_then(|slot| self.crowd.session(slot)),
            Origin::Bot => Some(&self.bot.session),
        };
        serializer::write(
            &mut self.out,
            &self.site,
            Item { time, body: &body, session, faults, bits },
        );
        let mut digits = itoa::Buffer::new();
        let key = sticky.is_none().then(|| digits.format(key).as_bytes());
        sink.record(&Sent {
            stream: stream_of(&body),
            kind: kind_of(&body),
            key,
            value: self.out.written(),
            event_time: time,
            arrival: self.now,
            sticky,
            faults,
        });
        if let Some(slot) = slot {
            population(&mut self.people, &mut self.crowd, origin).release(slot);
        }
    }
}

fn population<'a>(
    people: &'a mut Population,
    crowd: &'a mut Population,
    origin: Origin,
) -> &'a mut Population {
    if origin == Origin::Burst { crowd } else { people }
}

fn slot_of(body: &Body) -> Option<u32> {
    match body {
        Body::Click(click) => Some(click.slot),
        Body::Session { slot } => Some(*slot),
        Body::User(_) | Body::Order(_) | Body::Shipment { .. } | Body::Bot { .. } => None,
    }
}

const fn kind_of(body: &Body) -> RecordKind {
    match body {
        Body::Click(_) | Body::Bot { .. } => RecordKind::Click,
        Body::Session { .. } => RecordKind::Session,
        Body::User(_) => RecordKind::User,
        Body::Order(_) => RecordKind::Order,
        Body::Shipment { .. } => RecordKind::Shipment,
    }
}

fn stream_of(body: &Body) -> Stream {
    match body {
        Body::Click(_) | Body::Session { .. } | Body::User(_) | Body::Bot { .. } => Stream::Mixed,
        Body::Order(_) => Stream::Orders,
        Body::Shipment { .. } => Stream::Shipments,
    }
}

/// Where the numbers of a burst's sessions and orders start, and the bot's session: far beyond what a
/// run can reach.
const CROWD: u64 = 1_000_000_000_000;
const BOT_SID: u64 = 2_000_000_000_000;

/// A client that asks for the front page again and again, in one session that never ends.
#[derive(Clone, Debug)]
struct Bot {
    draws: Draws,
    session: Session,
    rate: Rate,
    next: Micros,
}

impl Bot {
    fn new(site: &Site, seed: Seed) -> Self {
        let mut session = Session {
            sid: BOT_SID,
            uid: 2 * site.config.max_users,
            agent: (site.agents.len() - 1) as u16,
            open: true,
            ..Session::default()
        };
        session.path.push(0);
        Self { draws: seed.stream("fault bot"), session, rate: Rate::always(0.0), next: NEVER }
    }

    fn set_rate(&mut self, rate: Rate, now: Micros) {
        self.rate = rate;
        self.wait(now.max(rate.span.from));
    }

    fn wait(&mut self, from: Micros) {
        self.next = NEVER;
        if self.rate.value > 0.0 {
            let at = from.plus(self.draws.exponential(1e6 / self.rate.value).min(1e18) as i64);
            if at < self.rate.span.until {
                self.next = at;
            }
        }
    }

    fn step(&mut self, events: &mut Vec<Event>) {
        let content = content(&mut self.draws);
        let time = self.next;
        let body = Body::Bot { content };
        events.push(Event { time, key: BOT_SID, client: SERVER, body });
        self.wait(time);
    }
}
