//! The sender's half that a person steers: pause, resume, drain, abort, resend, and what stops it by itself.

use super::{Flight, Sender};
use crate::sink::account::Fate;
use crate::sink::batch::Entry;
use crate::sink::protocol::{LogLevel, SinkState};

impl Sender {
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

    pub(super) fn log(&mut self, now: f64, level: LogLevel, text: String) {
        self.account.log(now - self.begun, level, text);
    }

    pub(super) fn halt(&mut self, reason: String, now: f64) {
        self.log(now, LogLevel::Error, format!("stopped: {reason}"));
        self.state = SinkState::Halted { reason };
    }

    pub(super) fn halt_if_full(&mut self, now: f64) {
        if self.account.is_full() && matches!(self.state, SinkState::Running | SinkState::Draining)
        {
            let reason = "too many records were given up: save or resend them, then start anew";
            self.halt(reason.to_owned(), now);
        }
    }
}
