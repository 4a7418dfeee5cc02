//! The people on the site: when sessions start, where they go and when they end. Not here: how their
//! records travel (`channel.rs`).
//!
//! There are two populations, which share nothing: the site's own, and the one that a burst adds.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::config::{LogNormal, Pacing, Span};
use super::counters::VisitCounters;
use super::draw::{content, duration_micros, settle};
use super::event::{Body, Click, Event, Order, SERVER, Traits, UserChange};
use super::live::Live;
use super::paged::Paged;
use super::serializer::CARRIERS;
use super::session::Session;
use super::site::Site;
use crate::rng::{Seed, Stream};
use crate::time::Micros;

/// Share of new users that are subscribers.
const SUBSCRIBERS: f64 = 0.05;
/// Prices of a subscription, in cents.
const SUBSCRIPTIONS: [u32; 4] = [499, 999, 1_999, 9_900];
/// Share of visits to `affiliateLink` that buy something, and for how much.
const AFFILIATE_ORDERS: f64 = 0.3;
const AFFILIATE_AMOUNT: LogNormal = LogNormal { median_seconds: 3_500.0, sigma: 0.8 };
/// Share of orders that are shipped, and after how long.
const SHIPPED: f64 = 0.95;
const SHIPPING: LogNormal = LogNormal { median_seconds: 1_800.0, sigma: 0.8 };
/// A session whose path has this many states is ended.
const LONGEST_PATH: u16 = 1_000;
/// Random picks wait at most a minute, so that a weight of 0 is a pause and not the end.
const LONGEST_WAIT: f64 = 60e6;
/// Never.
pub(super) const NEVER: Micros = Micros(i64::MAX);

/// One substream for each thing that is drawn.
#[derive(Clone, Debug)]
struct Draws {
    starts: Stream,
    visitors: Stream,
    users: Stream,
    attributes: Stream,
    path: Stream,
    dwell: Stream,
    content: Stream,
    orders: Stream,
}

impl Draws {
    fn new(seed: Seed, population: &str) -> Self {
        let stream = |name: &str| seed.stream(&format!("{population} {name}"));
        Self {
            starts: stream("starts"),
            visitors: stream("visitors"),
            users: stream("users"),
            attributes: stream("attributes"),
            path: stream("path"),
            dwell: stream("dwell"),
            content: stream("content"),
            orders: stream("orders"),
        }
    }
}

/// A user; version 0 is one that has not come yet.
#[derive(Clone, Debug, Default)]
struct User {
    version: u32,
    traits: Traits,
}

/// How sessions of a population start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub pacing: Pacing,
    /// Sessions a second for each unit of weight.
    pub per_weight: f64,
    pub span: Span,
}

/// Where the numbers of a population start, so that two never meet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    pub uid: u32,
    pub sid: u64,
    pub order: u64,
}

/// Users, sessions and what they do next.
#[derive(Clone, Debug)]
pub(super) struct Population {
    draws: Draws,
    numbers: Numbers,
    pace: Pace,
    users: Paged<User>,
    sessions: Paged<Session>,
    /// Slots that were used and are free, and how many were ever used.
    free: Vec<u32>,
    slots: u32,
    open: u32,
    /// The next click of each open session (pacing by dwell time). Ties go by sid, never by slot: which
    /// slot is free depends on when records arrive, and what happens must not.
    clicks: BinaryHeap<Reverse<(Micros, u64, u32)>>,
    /// The open sessions (pacing by random picks).
    turns: Vec<u32>,
    /// Shipments to come: when, which order, by whom.
    shipments: BinaryHeap<Reverse<(Micros, u64, u8)>>,
    /// The next start to consider, or the next step.
    next_start: Micros,
    pub counters: VisitCounters,
}

impl Population {
    pub(super) fn new(seed: Seed, name: &str, numbers: Numbers, pace: Pace) -> Self {
        Self {
            draws: Draws::new(seed, name),
            numbers,
            pace,
            users: Paged::new(),
            sessions: Paged::new(),
            free: Vec::new(),
            slots: 0,
            open: 0,
            clicks: BinaryHeap::new(),
            turns: Vec::new(),
            shipments: BinaryHeap::new(),
            next_start: NEVER,
            counters: VisitCounters::default(),
        }
    }

    /// From `now` on, sessions start at `pace`. A Poisson process has no memory: the next start is
    /// drawn anew.
    pub(super) fn set_pace(&mut self, site: &Site, pace: Pace, now: Micros) {
        self.pace = pace;
        let from = now.max(pace.span.from);
        self.next_start = match pace.pacing {
            Pacing::Dwell => self.candidate(site, from),
            Pacing::RandomPick => from,
        };
    }

    /// When something happens next.
    pub(super) fn next(&self) -> Micros {
        let click = self.clicks.peek().map_or(NEVER, |Reverse((at, _, _))| *at);
        let shipment = self.shipments.peek().map_or(NEVER, |Reverse((at, _, _))| *at);
        self.next_start.min(click).min(shipment)
    }

    /// How many sessions are open.
    pub(super) fn open(&self) -> u32 {
        self.open
    }

    pub(super) fn session(&self, slot: u32) -> Option<&Session> {
        self.sessions.get(slot)
    }

    /// Lets whatever is next happen, at `now` = [`Self::next`].
    pub(super) fn step(
        &mut self,
        site: &Site,
        live: &mut Live,
        now: Micros,
        events: &mut Vec<Event>,
    ) {
        let mode = live.mode_at(site, now);
        let click = self.clicks.peek().map_or(NEVER, |Reverse((at, _, _))| *at);
        if click == now {
            self.click(site, mode, now, events);
        } else if self.next_start == now {
            match self.pace.pacing {
                Pacing::Dwell => self.arrive(site, mode, now, events),
                Pacing::RandomPick => self.pick(site, mode, now, events),
            }
        } else if let Some(Reverse((_, order, carrier))) = self.shipments.pop() {
            let body = Body::Shipment { order, carrier };
            events.push(Event { time: now, key: order, client: SERVER, body });
        }
    }

    /// Thinning (Lewis and Shedler 1979): candidates come at the highest rate, and one is a start with
    /// the probability that the rate of its moment is of the highest.
    fn candidate(&mut self, site: &Site, after: Micros) -> Micros {
        let rate = self.pace.per_weight * site.most_weight;
        if rate <= 0.0 {
            return NEVER;
        }
        let wait = self.draws.starts.exponential(1e6 / rate);
        // At least a microsecond, so that time goes on whatever the rate.
        let at = after.plus(wait.clamp(1.0, 1e18) as i64);
        if at < self.pace.span.until { at } else { NEVER }
    }

    fn arrive(&mut self, site: &Site, mode: usize, now: Micros, events: &mut Vec<Event>) {
        let weight = site.modes[mode].envelope.weight(now);
        let starts = self.draws.starts.chance(weight / site.most_weight);
        self.next_start = self.candidate(site, now);
        if !starts {
            return;
        }
        if let Some(slot) = self.start_session(site, mode, now, events) {
            let (sid, next) = self.dwell(site, slot, now);
            self.clicks.push(Reverse((next, sid, slot)));
        }
    }

    /// A step of the original's loop.
    fn pick(&mut self, site: &Site, mode: usize, now: Micros, events: &mut Vec<Event>) {
        let weight = site.modes[mode].envelope.weight(now);
        let (shortest, longest) = site.config.sleep;
        let wait = self.draws.starts.uniform(shortest, longest) * 1e9 / weight;
        self.next_start = now.plus(wait.clamp(1.0, LONGEST_WAIT) as i64);
        if weight <= 0.0 {
            return;
        }
        if self.draws.starts.chance(0.5)
            && let Some(slot) = self.start_session(site, mode, now, events)
        {
            self.turns.push(slot);
        }
        // At most `MOST_SESSIONS` are open.
        let open = self.turns.len() as u32;
        if open > 0 {
            let turn = self.draws.starts.below(open) as usize;
            if !self.advance(site, mode, self.turns[turn], now, events) {
                self.turns.swap_remove(turn);
            }
        }
    }

    /// The next click of the session whose turn it is.
    fn click(&mut self, site: &Site, mode: usize, now: Micros, events: &mut Vec<Event>) {
        let Some(Reverse((_, sid, slot))) = self.clicks.peek().copied() else { return };
        let goes_on = self.advance(site, mode, slot, now, events);
        let next = goes_on.then(|| self.dwell(site, slot, now).1);
        let Some(mut top) = self.clicks.peek_mut() else { return };
        match next {
            Some(next) => *top = Reverse((next, sid, slot)),
            None => drop(PeekMut::pop(top)),
        }
    }

    /// The sid, and when the session clicks next.
    fn dwell(&mut self, site: &Site, slot: u32, now: Micros) -> (u64, Micros) {
        let dwell = site.config.settings.dwell;
        let micros = duration_micros(&mut self.draws.dwell, dwell).max(1);
        (self.sessions.get(slot).map_or(0, |session| session.sid), now.plus(micros))
    }

    /// Opens a session with its first click. `None` when too many are open.
    fn start_session(
        &mut self,
        site: &Site,
        mode: usize,
        now: Micros,
        events: &mut Vec<Event>,
    ) -> Option<u32> {
        if self.open >= site.config.max_sessions {
            self.counters.refused += 1;
            return None;
        }
        let (uid, user) = self.visitor(site, mode, now, events);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots += 1;
            self.slots - 1
        });
        let sid = self.numbers.sid + self.counters.started;
        let draws = &mut self.draws.attributes;
        let session = self.sessions.get_mut(slot);
        session.sid = sid;
        session.start = now;
        session.uid = uid;
        session.user = user;
        session.channel = site.modes[mode].channel.pick(draws);
        session.campaign = site.modes[mode].campaign.pick(draws);
        session.agent = site.agent_weights.pick(draws) as u16;
        session.client = draws.bits() as u32;
        session.open = true;
        session.path.clear();
        self.open += 1;
        self.counters.started += 1;
        self.visit(site, slot, 0, now, events);
        Some(slot)
    }

    /// Who comes: any user is as likely as any other. New users and moves make a user record.
    fn visitor(
        &mut self,
        site: &Site,
        mode: usize,
        now: Micros,
        events: &mut Vec<Event>,
    ) -> (u32, Traits) {
        let at = self.draws.visitors.below(site.config.max_users);
        let moves = self.draws.visitors.chance(site.config.user_change_probability);
        let user = self.users.get_mut(at);
        let uid = self.numbers.uid + at;
        let draws = &mut self.draws.users;
        if user.version == 0 {
            user.traits.gender = site.modes[mode].gender.pick(draws);
            user.traits.age = site.modes[mode].age.pick(draws);
            user.traits.subscriber = draws.chance(SUBSCRIBERS);
        } else if !moves {
            return (uid, user.traits);
        }
        settle(site, draws, &mut user.traits);
        user.version += 1;
        let change = UserChange { uid, version: user.version, user: user.traits };
        let body = Body::User(change);
        events.push(Event { time: now, key: u64::from(uid), client: SERVER, body });
        (uid, change.user)
    }

    /// Moves the session to its next state. False when it ended.
    fn advance(
        &mut self,
        site: &Site,
        mode: usize,
        slot: u32,
        now: Micros,
        events: &mut Vec<Event>,
    ) -> bool {
        let rows = &site.modes[mode].rows;
        let path = self.sessions.get(slot).map(|session| &session.path);
        let state = path.and_then(super::session::Path::last).unwrap_or(0);
        // A state that has a row in one mode may be an exit in the one that came since.
        if let Some(row) = &rows[usize::from(state)] {
            let next = row.pick(&mut self.draws.path);
            let visited = self.visit(site, slot, next as u8, now, events);
            if rows[next].is_some() && visited < LONGEST_PATH {
                return true;
            }
            self.counters.cut += u64::from(rows[next].is_some());
        }
        self.end_session(slot, events);
        false
    }

    /// A click on `state`, and what is bought there. Gives the length of the path.
    fn visit(
        &mut self,
        site: &Site,
        slot: u32,
        state: u8,
        now: Micros,
        events: &mut Vec<Event>,
    ) -> u16 {
        let session = self.sessions.get_mut(slot);
        session.path.push(state);
        let visited = session.path.len();
        let (sid, uid, client) = (session.sid, session.uid, session.client);
        let content = content(&mut self.draws.content);
        let body = Body::Click(Click { slot, visited, content });
        events.push(Event { time: now, key: sid, client, body });
        if let Some(amount) = self.purchase(site, state) {
            self.order(site, Order { order: 0, sid, uid, amount }, now, events);
        }
        visited
    }

    /// Cents, if something is bought on `state`.
    fn purchase(&mut self, site: &Site, state: u8) -> Option<u32> {
        let draws = &mut self.draws.orders;
        if site.subscribe == Some(state) {
            return Some(SUBSCRIPTIONS[draws.below(SUBSCRIPTIONS.len() as u32) as usize]);
        }
        if site.affiliate != Some(state) || !draws.chance(AFFILIATE_ORDERS) {
            return None;
        }
        let LogNormal { median_seconds: cents, sigma } = AFFILIATE_AMOUNT;
        Some(draws.log_normal(cents, sigma).clamp(100.0, 1e7) as u32)
    }

    fn order(&mut self, site: &Site, order: Order, now: Micros, events: &mut Vec<Event>) {
        let number = self.numbers.order;
        self.numbers.order += 1;
        let body = Body::Order(Order { order: number, ..order });
        events.push(Event { time: now, key: number, client: SERVER, body });
        let draws = &mut self.draws.orders;
        let (ships, after) = (draws.chance(SHIPPED), duration_micros(draws, SHIPPING));
        let carrier = draws.below(CARRIERS.len() as u32) as u8;
        if self.shipments.len() >= site.config.settings.max_pending as usize {
            self.counters.shipments_refused += 1;
        } else if ships {
            self.shipments.push(Reverse((now.plus(after), number, carrier)));
        }
    }

    fn end_session(&mut self, slot: u32, events: &mut Vec<Event>) {
        let session = self.sessions.get_mut(slot);
        session.open = false;
        let (key, client, time) = (session.sid, session.client, session.start);
        events.push(Event { time, key, client, body: Body::Session { slot } });
        self.open -= 1;
        self.counters.ended += 1;
    }

    /// `copies` more records that mention the session of `slot` are on their way (perhaps none).
    /// `last` is the session's own record: no other one follows.
    pub(super) fn hold(&mut self, slot: u32, copies: u32, last: bool) {
        let session = self.sessions.get_mut(slot);
        session.records += copies;
        if last && session.records == 0 {
            self.free.push(slot);
        }
    }

    /// A record that mentions the session of `slot` has arrived.
    pub(super) fn release(&mut self, slot: u32) {
        let session = self.sessions.get_mut(slot);
        session.records -= 1;
        if session.records == 0 && !session.open {
            self.free.push(slot);
        }
    }
}
