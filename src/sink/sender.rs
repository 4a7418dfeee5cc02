//! The sink as a machine without I/O: records go in, requests come out, answers go in.
//!
//! Records of one key go through one lane, and a lane has one request in flight: servers overtake
//! within a connection pool, so order holds only so. What a server refuses for now goes back to the
//! front of its lane. Every record that was taken ends as acknowledged, failed or unknown.

use std::collections::{BTreeSet, VecDeque};

use super::account::{Account, Fate, Kept, beginning};
use super::answer::{self, clean};
use super::batch::{Batch, Entry};
use super::encode::{EncodeError, Form};
use super::protocol::{
    KeyForm, ListedFate, ListedRecord, LogLevel, LogLine, SinkCounters, SinkState,
};
use super::retry::RetryPolicy;
use super::settings::{MOST_BYTES, MOST_RECORD_BYTES, Target};
use super::verdict::{EntryVerdict, Verdict};
use crate::hash;
use crate::rng::{Seed, Stream};

/// The most records that are taken and have no outcome.
const MOST_HELD: u64 = 20_000;
/// The most bytes of them.
const MOST_HELD_BYTES: usize = 32 << 20;
/// Records refused one by one in a row after which the server is taken to refuse all.
const MOST_REFUSED: u32 = 20;

/// What became of an offered record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It was taken: from here on it is in the account.
    Accepted,
    /// There is no room: offer it again later.
    Full,
    /// The sink takes no more.
    Closed,
}

/// What to do next.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Send this, and bring the outcome to [`Sender::answer`].
    Send(Request),
    /// Nothing before this time in milliseconds, unless an answer or a record comes first. `None`:
    /// nothing without either.
    Wait(Option<f64>),
    /// Every record has its outcome, and no more are taken.
    Done,
}

/// A request to send by POST. The `Authorization` header is the sender's business.
#[derive(Debug, PartialEq)]
pub struct Request {
    /// Names it in [`Sender::answer`].
    pub id: u64,
    /// The address.
    pub url: String,
    /// The header of that name.
    pub content_type: &'static str,
    /// The header of that name.
    pub accept: &'static str,
    /// The body.
    pub body: Vec<u8>,
    /// How long to wait for the whole answer, in milliseconds.
    pub timeout_ms: u32,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer came.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The header `Retry-After`.
        retry_after: Option<String>,
        /// The body, as far as it came.
        body: Vec<u8>,
        /// Whether all of it came.
        complete: bool,
    },
    /// Nothing was sent: no such host, no connection, no TLS.
    NotSent(String),
    /// It broke off after it may have been sent.
    Broken(String),
    /// No answer came in time.
    TimedOut,
}

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

    /// Takes the outcome of a request. One that was given up meanwhile is ignored.
    pub fn answer(&mut self, id: u64, outcome: Outcome, now: f64) {
        let Some(place) = self.flights.iter().position(|flight| flight.id == id) else { return };
        let Flight { lane, batch, sent, .. } = self.flights.swap_remove(place);
        self.lanes[lane].busy = false;
        let count = batch.entries.len();
        let counters = &mut self.account.counters;
        counters.in_flight -= count as u64;
        let took = now - sent;
        counters.latency_ms +=
            (took - counters.latency_ms) * if counters.requests < 5 { 0.5 } else { 0.1 };
        let verdict = match outcome {
            Outcome::Answer { status, retry_after, body, complete } => answer::read(
                self.target.settings.api,
                status,
                &body,
                complete,
                count,
                retry_after.as_deref(),
            ),
            Outcome::NotSent(reason) => {
                let reason = format!("no connection: {}", clean(&reason));
                Verdict::Retry { reason, maybe_written: false, after_ms: None }
            }
            Outcome::Broken(reason) => {
                let reason = format!("the connection broke: {}", clean(&reason));
                Verdict::Retry { reason, maybe_written: true, after_ms: None }
            }
            Outcome::TimedOut => {
                let reason = format!("no answer within {} ms", self.target.settings.timeout_ms);
                Verdict::Retry { reason, maybe_written: true, after_ms: None }
            }
        };
        self.judge(lane, batch, verdict, now);
        self.halt_if_full(now);
    }

    fn judge(&mut self, lane: usize, batch: Batch, verdict: Verdict, now: f64) {
        let count = batch.entries.len();
        match verdict {
            Verdict::Entries { entries, note } => {
                if let Some(note) = note {
                    self.log(now, LogLevel::Warning, note);
                }
                self.settle(lane, &batch, entries, now);
            }
            Verdict::Retry { reason, maybe_written, after_ms } => {
                self.log(now, LogLevel::Warning, format!("{reason}; {count} records wait"));
                if let Some(after) = after_ms {
                    self.not_before = self.not_before.max(now + after);
                }
                let one = EntryVerdict::Retry { reason, maybe_written };
                self.settle(lane, &batch, vec![one; count], now);
            }
            Verdict::Split(reason) if count == 1 => {
                self.refused += 1;
                self.settle(lane, &batch, vec![EntryVerdict::Failed(reason.clone())], now);
                if self.refused >= MOST_REFUSED {
                    self.halt(format!("the proxy refuses every record: {reason}"), now);
                }
            }
            Verdict::Split(reason) => {
                self.log(
                    now,
                    LogLevel::Warning,
                    format!("{reason}; {count} records are sent in halves"),
                );
                let (form, half) = (self.form, count.div_ceil(2));
                let size = |key, value| form.size(key, value);
                self.account.counters.waiting += count as u64;
                let lane = &mut self.lanes[lane];
                lane.reason = reason;
                lane.queue.push_front(batch.select(batch.entries[half..].iter().copied(), size));
                lane.queue.push_front(batch.select(batch.entries[..half].iter().copied(), size));
            }
            Verdict::Halt { reason, maybe_written } => {
                let mut batch = batch;
                for entry in &mut batch.entries {
                    entry.maybe_written |= maybe_written;
                }
                self.account.counters.waiting += count as u64;
                self.lanes[lane].reason.clone_from(&reason);
                self.lanes[lane].queue.push_front(batch);
                self.halt(reason, now);
            }
        }
    }

    /// Gives each record of a batch its verdict; what is to be sent again goes to the front.
    fn settle(&mut self, at: usize, batch: &Batch, verdicts: Vec<EntryVerdict>, now: f64) {
        let topic = self.lanes[at].topic;
        let all = verdicts.iter().all(|verdict| *verdict == EntryVerdict::Acknowledged);
        let later = if all { Vec::new() } else { self.overtaken(topic, batch, &verdicts) };
        let mut again = Vec::new();
        let (mut written, mut halted) = (0, None);
        for (place, (entry, verdict)) in batch.entries.iter().zip(verdicts).enumerate() {
            let mut entry = *entry;
            let (key, value) = (batch.key(&entry), batch.value(&entry));
            if later.get(place).is_some_and(|later| *later) && !entry.reordered {
                entry.reordered = true;
                self.account.overtaken(ListedRecord {
                    sequence: entry.sequence,
                    topic: self.names[topic as usize].clone(),
                    key: key.map(|key| String::from_utf8_lossy(key).into_owned()),
                    value: beginning(value),
                    attempts: entry.tries,
                    reason: "a later record of its key in the same request was written first"
                        .to_owned(),
                });
            }
            let reason = match verdict {
                EntryVerdict::Acknowledged => {
                    written += 1;
                    self.held_bytes -= key.map_or(0, <[u8]>::len) + value.len();
                    if self.account.has_gone()
                        && let Some(hash) = self.key_hash(topic, key)
                    {
                        self.account.written(hash, entry.sequence, &self.names);
                    }
                    continue;
                }
                EntryVerdict::Failed(reason) => {
                    self.give_up(topic, batch, &entry, reason);
                    continue;
                }
                EntryVerdict::Unknown(reason) => {
                    entry.maybe_written = true;
                    reason
                }
                EntryVerdict::Retry { reason, maybe_written } => {
                    entry.maybe_written |= maybe_written;
                    reason
                }
                EntryVerdict::Halt(reason) => {
                    halted = Some(reason.clone());
                    // It waits for the cause to be mended: that is not one of its tries.
                    entry.left += 1;
                    reason
                }
            };
            let gives_up = entry.maybe_written && !self.target.settings.retry_unknown;
            if entry.left == 0 || gives_up {
                self.give_up(topic, batch, &entry, reason);
                continue;
            }
            entry.left -= 1;
            self.account.counters.waiting += 1;
            self.lanes[at].reason = reason;
            again.push(entry);
        }
        if written > 0 {
            self.refused = 0;
            self.account.acknowledged(now, written);
        }
        let form = self.form;
        let lane = &mut self.lanes[at];
        if again.is_empty() {
            lane.failures = 0;
        } else {
            lane.failures += 1;
            lane.ready = now + self.policy.delay_ms(lane.failures, &mut self.jitter);
            lane.queue.push_front(batch.select(again.into_iter(), |k, v| form.size(k, v)));
        }
        if let Some(reason) = halted {
            self.halt(reason, now);
        }
    }

    /// For each record, whether a later one of its key was written by the same request while it was
    /// not.
    fn overtaken(&self, topic: u32, batch: &Batch, verdicts: &[EntryVerdict]) -> Vec<bool> {
        let mut written = BTreeSet::new();
        let mut later = vec![false; batch.entries.len()];
        for (place, entry) in batch.entries.iter().enumerate().rev() {
            let Some(hash) = self.key_hash(topic, batch.key(entry)) else { continue };
            if verdicts.get(place) == Some(&EntryVerdict::Acknowledged) {
                written.insert(hash);
            } else {
                later[place] = written.contains(&hash);
            }
        }
        later
    }

    fn give_up(&mut self, topic: u32, batch: &Batch, entry: &Entry, reason: String) {
        let (key, value) = (batch.key(entry), batch.value(entry));
        self.held_bytes -= key.map_or(0, <[u8]>::len) + value.len();
        let kept = Kept {
            sequence: entry.sequence,
            topic,
            key: key.map(<[u8]>::to_vec),
            value: Some(value.to_vec()),
            tries: entry.tries,
            fate: if entry.maybe_written { Fate::Unknown } else { Fate::Failed },
            reordered: entry.reordered,
            reason,
        };
        let hash = self.key_hash(topic, key);
        self.account.keep(kept, hash);
    }

    fn log(&mut self, now: f64, level: LogLevel, text: String) {
        self.account.log(now - self.begun, level, text);
    }

    fn halt(&mut self, reason: String, now: f64) {
        self.log(now, LogLevel::Error, format!("stopped: {reason}"));
        self.state = SinkState::Halted { reason };
    }

    fn halt_if_full(&mut self, now: f64) {
        if self.account.is_full() && matches!(self.state, SinkState::Running | SinkState::Draining)
        {
            let reason = "too many records were given up: save or resend them, then start anew";
            self.halt(reason.to_owned(), now);
        }
    }

    /// Sends nothing new until it is resumed.
    pub fn pause(&mut self, now: f64) {
        if matches!(self.state, SinkState::Running | SinkState::Draining) {
            self.state = SinkState::Paused;
            self.log(now, LogLevel::Info, "paused".to_owned());
        }
    }

    /// Goes on after a pause or a halt; with the rest only, if it was to take no more records.
    pub fn resume(&mut self, now: f64) {
        if matches!(self.state, SinkState::Paused | SinkState::Halted { .. }) {
            self.state = if self.closed { SinkState::Draining } else { SinkState::Running };
            self.refused = 0;
            self.log(now, LogLevel::Info, "resumed".to_owned());
            self.halt_if_full(now);
        }
    }

    /// Takes no more records and sends what it has. A sink that is halted stays so until resumed.
    pub fn drain(&mut self, now: f64) {
        self.closed = true;
        if matches!(self.state, SinkState::Running | SinkState::Paused) {
            self.state = SinkState::Draining;
            self.log(now, LogLevel::Info, "sends the rest".to_owned());
        }
    }

    /// Stops at once: what is in flight is unknown, what waits for another try is given up, and what
    /// was never sent is withdrawn. Answers that come later are ignored.
    pub fn abort(&mut self, now: f64) {
        for Flight { lane, batch, .. } in std::mem::take(&mut self.flights) {
            self.account.counters.in_flight -= batch.entries.len() as u64;
            self.lanes[lane].busy = false;
            for entry in &batch.entries {
                let mut entry = *entry;
                entry.maybe_written = true;
                let reason = "given up before an answer came".to_owned();
                self.give_up(self.lanes[lane].topic, &batch, &entry, reason);
            }
        }
        for at in 0..self.lanes.len() {
            let (topic, reason) = (self.lanes[at].topic, self.lanes[at].reason.clone());
            for batch in std::mem::take(&mut self.lanes[at].queue) {
                for entry in &batch.entries {
                    if entry.tries == 0 {
                        self.account.counters.buffered -= 1;
                        self.account.counters.withdrawn += 1;
                        let (key, value) = (batch.key(entry), batch.value(entry));
                        self.held_bytes -= key.map_or(0, <[u8]>::len) + value.len();
                    } else {
                        self.account.counters.waiting -= 1;
                        self.give_up(topic, &batch, entry, reason.clone());
                    }
                }
            }
        }
        self.state = SinkState::Done;
        self.log(now, LogLevel::Info, "stopped".to_owned());
    }

    /// Sends the records of a list again, in their order, but for those that a proxy could never take.
    /// Says how many it is.
    pub fn resend(&mut self, fate: Fate, now: f64) -> usize {
        let mut count = 0;
        for kept in self.account.take(fate) {
            let value = kept.value.as_deref().unwrap_or_default();
            count += 1;
            self.account.counters.waiting += 1;
            let mut entry = Entry::new(kept.sequence, self.target.settings.retries);
            entry.tries = kept.tries;
            entry.maybe_written = kept.fate == Fate::Unknown;
            entry.reordered = kept.reordered;
            self.enqueue(kept.topic, entry, kept.key.as_deref(), value, now);
        }
        if count > 0 && self.state == SinkState::Done {
            self.state = SinkState::Draining;
        }
        self.log(now, LogLevel::Info, format!("sends {count} records again"));
        count
    }

    /// The figures. `lag` and `lag_ms` are those of the pace, which its keeper adds.
    pub fn counters(&mut self, now: f64) -> SinkCounters {
        self.account.counters.rate = self.account.rate(now, self.begun);
        self.account.counters.clone()
    }

    /// The lines of the log since the last time.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        self.account.take_lines()
    }

    /// A part of a list, and how long the list is.
    #[must_use]
    pub fn list(&self, fate: ListedFate, from: usize, count: usize) -> (usize, Vec<ListedRecord>) {
        self.account.list(fate, from, count, &self.names)
    }

    /// A record that was given up as a line of NDJSON, without the line's end.
    #[must_use]
    pub fn line(&self, kept: &Kept) -> String {
        let text = |bytes: &Option<Vec<u8>>| {
            bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        let fate = match kept.fate {
            Fate::Failed => "failed",
            Fate::Unknown => "unknown",
        };
        let topic = self.names.get(kept.topic as usize);
        serde_json::json!({
            "fate": fate, "reason": kept.reason, "topic": topic,
            "key": text(&kept.key), "value": text(&kept.value),
        })
        .to_string()
    }

    /// A list as NDJSON: the records that were given up whole, those that were overtaken as they are
    /// listed.
    #[must_use]
    pub fn ndjson(&self, fate: ListedFate) -> String {
        let mut text = String::new();
        let mut push = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        let wanted = match fate {
            ListedFate::Failed => Fate::Failed,
            ListedFate::Unknown => Fate::Unknown,
            ListedFate::Reordered => {
                let (_, rows) = self.list(fate, 0, usize::MAX);
                // Texts and numbers can always be written.
                rows.iter()
                    .filter_map(|row| serde_json::to_string(row).ok())
                    .for_each(|l| push(&l));
                return text;
            }
        };
        self.kept().iter().filter(|kept| kept.fate == wanted).for_each(|k| push(&self.line(k)));
        text
    }

    /// The records that were given up.
    #[must_use]
    pub fn kept(&self) -> &[Kept] {
        &self.account.kept
    }
}
