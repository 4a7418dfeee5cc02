//! The sender's half that takes the outcomes of requests: each record gets its verdict, and what is to be
//! sent again goes back to the front of its lane. Not here: what an answer means (`answer.rs`).

use std::collections::BTreeSet;

use super::{Flight, Sender};
use crate::sink::account::{Fate, Kept, beginning};
use crate::sink::answer::{self, clean};
use crate::sink::batch::{Batch, Entry};
use crate::sink::protocol::{ListedRecord, LogLevel};
use crate::sink::request::Outcome;
use crate::sink::verdict::{EntryVerdict, Verdict};

/// Records refused one by one in a row after which the server is taken to refuse all.
const MOST_REFUSED: u32 = 20;

impl Sender {
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

    pub(super) fn give_up(&mut self, topic: u32, batch: &Batch, entry: &Entry, reason: String) {
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
}
