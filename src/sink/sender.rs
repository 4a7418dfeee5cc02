//! The sink as a machine without I/O: records go in, requests come out, answers go in.
//!
//! Records of one key go through one lane, and a lane has one request in flight: servers overtake
//! within a connection pool, so order holds only so. What a server refuses for now goes back to the
//! front of its lane. Every record that was taken ends as acknowledged, failed or unknown.

mod control;
mod outcome;
mod tell;

use std::collections::VecDeque;

use super::account::{Account, Fate, Kept};
use super::batch::{Batch, Entry};
use super::encode::{EncodeError, Form};
use super::protocol::{KeyForm, LogLevel, SinkState};
use super::request::{Action, Offered, Request};
use super::retry::RetryPolicy;
use super::settings::{MOST_BYTES, MOST_RECORD_BYTES, Target};
use crate::hash;
use crate::rng::{Seed, Stream};

/// The most records that are taken and have no outcome.
const MOST_HELD: u64 = 20_000;
/// The most bytes of them.
const MOST_HELD_BYTES: usize = 32 << 20;

#[derive(Debug, Default)]
struct Lane {
    topic: u32,
    queue: VecDeque<Batch>,
    busy: bool,
    /// Nothing is sent before, in milliseconds.
    ready: f64,
    /// Failures in a row.
    failures: u32,
    /// Why the last request did not do.
    reason: String,
}

#[derive(Debug)]
struct Flight {
    id: u64,
    lane: usize,
    batch: Batch,
    sent: f64,
}

/// The sink.
#[derive(Debug)]
pub struct Sender {
    target: Target,
    form: Form,
    /// The topics of Kafka, by their place in the settings.
    names: Vec<String>,
    urls: Vec<String>,
    lanes: Vec<Lane>,
    lanes_each: usize,
    flights: Vec<Flight>,
    account: Account,
    state: SinkState,
    policy: RetryPolicy,
    jitter: Stream,
    begun: f64,
    /// No request is sent before, in milliseconds, by a server's wish.
    not_before: f64,
    next_lane: usize,
    next_id: u64,
    held_bytes: usize,
    refused: u32,
    /// No more records are taken: what goes on after a pause or a halt is the rest.
    closed: bool,
}

impl Sender {
    /// A sink that runs. `cluster` is the cluster's id for v3, and not used for v2; `seed` feeds the
    /// jitter; `now` is the time in milliseconds on any clock that goes forward.
    #[must_use]
    pub fn new(target: Target, cluster: &str, seed: Seed, now: f64) -> Self {
        let names: Vec<_> = target.settings.topics.iter().map(|topic| topic.to.clone()).collect();
        let lanes_each = target.settings.connections as usize;
        let lane = |at| Lane { topic: (at / lanes_each) as u32, ..Lane::default() };
        Self {
            form: Form::of(&target),
            urls: names.iter().map(|name| target.produce_url(name, cluster)).collect(),
            lanes: (0..lanes_each * names.len()).map(lane).collect(),
            lanes_each,
            names,
            target,
            flights: Vec::new(),
            account: Account::default(),
            state: SinkState::Running,
            policy: RetryPolicy::default(),
            jitter: seed.stream("sink retry"),
            begun: now,
            not_before: f64::MIN,
            next_lane: 0,
            next_id: 0,
            held_bytes: 0,
            refused: 0,
            closed: false,
        }
    }

    /// Whether it sends.
    #[must_use]
    pub const fn state(&self) -> &SinkState {
        &self.state
    }

    /// How many more records may be offered now.
    #[must_use]
    pub fn room(&self) -> u64 {
        let open = matches!(self.state, SinkState::Running);
        if !open || self.held_bytes >= MOST_HELD_BYTES || self.account.is_full() {
            return 0;
        }
        MOST_HELD.saturating_sub(self.held())
    }

    fn held(&self) -> u64 {
        let counters = &self.account.counters;
        counters.buffered + counters.waiting + counters.in_flight
    }

    /// Offers a record for a topic, given by its place in the settings. What the proxy could not
    /// take is accepted and listed as failed at once.
    pub fn offer(
        &mut self,
        topic: u32,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        now: f64,
    ) -> Offered {
        match self.state {
            SinkState::Running => {}
            SinkState::Paused | SinkState::Halted { .. } => return Offered::Full,
            SinkState::Idle | SinkState::Draining | SinkState::Done => return Offered::Closed,
        }
        if self.room() == 0 {
            return Offered::Full;
        }
        let sequence = self.account.counters.accepted;
        self.account.counters.accepted += 1;
        let lengths = key.map_or(0, <[u8]>::len) + value.map_or(0, <[u8]>::len);
        let fits = self.encoded(key, value) + Form::AROUND <= MOST_BYTES as usize;
        let admitted = if lengths > MOST_RECORD_BYTES || !fits {
            Err(EncodeError::TooLarge)
        } else {
            self.form.admit(key, value)
        };
        if let Err(error) = admitted {
            self.account.counters.sent += 1;
            let kept = Kept {
                sequence,
                topic,
                key: key.map(<[u8]>::to_vec),
                value: value.map(<[u8]>::to_vec),
                tries: 0,
                fate: Fate::Failed,
                reordered: false,
                reason: error.to_string(),
            };
            let hash = self.key_hash(topic, key);
            self.account.keep(kept, hash);
            self.account.log(
                now - self.begun,
                LogLevel::Error,
                format!("record not sent: {error}"),
            );
            self.halt_if_full(now);
            return Offered::Accepted;
        }
        self.account.counters.buffered += 1;
        let entry = Entry::new(sequence, self.target.settings.retries);
        self.enqueue(topic, entry, key, value.unwrap_or_default(), now);
        Offered::Accepted
    }

    fn encoded(&self, key: Option<&[u8]>, value: Option<&[u8]>) -> usize {
        self.form.size(key.map_or(0, <[u8]>::len), value.map_or(0, <[u8]>::len))
    }

    /// What order is kept by: topic and key.
    fn key_hash(&self, topic: u32, key: Option<&[u8]>) -> Option<u64> {
        let key = key.filter(|_| self.target.settings.keys != KeyForm::None)?;
        Some(hash::finish(hash::add_bytes(hash::add(0, u64::from(topic)), key)))
    }

    fn enqueue(&mut self, topic: u32, entry: Entry, key: Option<&[u8]>, value: &[u8], now: f64) {
        let settings = &self.target.settings;
        let spread =
            self.key_hash(topic, key).unwrap_or(entry.sequence / u64::from(settings.batch_records));
        let lane = topic as usize * self.lanes_each + (spread % self.lanes_each as u64) as usize;
        let size = self.encoded(key, Some(value));
        let queue = &mut self.lanes[lane].queue;
        let most = settings.batch_bytes as usize;
        let is_full = queue.back().is_none_or(|batch| {
            batch.entries.len() >= settings.batch_records as usize
                || batch.encoded + size + Form::AROUND > most
        });
        if is_full {
            queue.push_back(Batch::open(now));
        }
        if let Some(batch) = queue.back_mut() {
            batch.push(entry, key, value, size);
        }
        self.held_bytes += key.map_or(0, <[u8]>::len) + value.len();
    }

    /// What to do now. Call it again until it says to wait.
    pub fn poll(&mut self, now: f64) -> Action {
        let sends = matches!(self.state, SinkState::Running | SinkState::Draining);
        if self.state == SinkState::Done {
            return Action::Done;
        }
        if self.state == SinkState::Draining && self.held() == 0 {
            self.state = SinkState::Done;
            return Action::Done;
        }
        if !sends || self.flights.len() >= self.target.settings.connections as usize {
            return Action::Wait(None);
        }
        let mut wake: Option<f64> = None;
        for step in 0..self.lanes.len() {
            let lane = (self.next_lane + step) % self.lanes.len();
            let Some(due) = self.due(lane) else { continue };
            if due <= now {
                self.next_lane = (lane + 1) % self.lanes.len();
                return Action::Send(self.send(lane, now));
            }
            wake = Some(wake.map_or(due, |wake| wake.min(due)));
        }
        Action::Wait(wake)
    }

    /// When the first batch of a lane may go.
    fn due(&self, lane: usize) -> Option<f64> {
        let lane = &self.lanes[lane];
        let first = lane.queue.front().filter(|_| !lane.busy)?;
        let settings = &self.target.settings;
        let is_whole = lane.queue.len() > 1
            || self.state == SinkState::Draining
            || first.entries.len() >= settings.batch_records as usize
            || first.entries.iter().any(|entry| entry.tries > 0);
        let linger = if is_whole { 0.0 } else { f64::from(settings.linger_ms) };
        Some((first.opened + linger).max(lane.ready).max(self.not_before))
    }

    fn send(&mut self, at: usize, now: f64) -> Request {
        let lane = &mut self.lanes[at];
        let mut batch = lane.queue.pop_front().unwrap_or_default();
        lane.busy = true;
        let mut body = Vec::with_capacity(batch.encoded + Form::AROUND);
        self.form.begin(&mut body);
        for (place, entry) in batch.entries.iter().enumerate() {
            self.form.record(&mut body, batch.key(entry), batch.value(entry), place == 0);
        }
        self.form.end(&mut body);
        let counters = &mut self.account.counters;
        for entry in &mut batch.entries {
            if entry.tries == 0 {
                counters.sent += 1;
                counters.buffered -= 1;
            } else {
                counters.waiting -= 1;
                counters.retried += 1;
                if entry.maybe_written && !entry.duplicate {
                    entry.duplicate = true;
                    counters.possible_duplicates += 1;
                }
            }
            entry.tries += 1;
            counters.in_flight += 1;
        }
        counters.requests += 1;
        counters.bytes += body.len() as u64;
        let id = self.next_id;
        self.next_id += 1;
        let url = self.urls[lane.topic as usize].clone();
        self.flights.push(Flight { id, lane: at, batch, sent: now });
        Request {
            id,
            url,
            content_type: self.form.content_type(),
            accept: self.form.accept(),
            body,
            timeout_ms: self.target.settings.timeout_ms,
        }
    }
}
