//! The account of every record: figures, and the records that were given up. Not here: deciding it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::protocol::{ListedFate, ListedRecord, LogLevel, LogLine, ReasonCount, SinkCounters};

/// The most records that are kept after they were given up; the sink halts before it gives up more.
pub(super) const MOST_KEPT: usize = 50_000;
/// The most bytes of them.
pub(super) const MOST_KEPT_BYTES: usize = 64 << 20;
/// The most reordered records that are listed; all are counted.
const MOST_REORDERED: usize = 10_000;
/// The most different reasons that are counted by name.
const MOST_REASONS: usize = 50;
/// The most lines of the log that wait to be taken.
const MOST_LINES: usize = 500;
/// The span over which the rate is taken, in milliseconds.
const RATE_MS: f64 = 5_000.0;
/// Characters of a value in a list.
const SHOWN: usize = 1_024;

/// How a record that was given up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is certainly not written.
    Failed,
    /// It may be written.
    Unknown,
}

/// A record that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place among the records taken.
    pub sequence: u64,
    /// The topic, by its place in the settings.
    pub topic: u32,
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// How often it was sent.
    pub tries: u32,
    /// How it ended.
    pub fate: Fate,
    /// Whether it was counted as reordered.
    pub reordered: bool,
    /// Why.
    pub reason: String,
}

/// Figures and lists of a sink.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub counters: SinkCounters,
    pub kept: Vec<Kept>,
    pub kept_bytes: usize,
    reordered: Vec<ListedRecord>,
    /// By the hash of topic and key: where records that were given up are in `kept`.
    gone: BTreeMap<u64, Vec<u64>>,
    lines: VecDeque<LogLine>,
    last: Option<(String, f64)>,
    acknowledged: VecDeque<(f64, u64)>,
}

impl Account {
    /// Keeps a record that was given up, which has left all other figures.
    pub(super) fn keep(&mut self, kept: Kept, key_hash: Option<u64>) {
        match kept.fate {
            Fate::Failed => self.counters.failed += 1,
            Fate::Unknown => self.counters.unknown += 1,
        }
        self.reason(&kept.reason);
        self.kept_bytes += size(&kept);
        if let Some(hash) = key_hash.filter(|_| !kept.reordered) {
            self.gone.entry(hash).or_default().push(kept.sequence);
        }
        self.kept.push(kept);
    }

    /// Whether no more may be given up.
    pub(super) fn is_full(&self) -> bool {
        self.kept.len() >= MOST_KEPT || self.kept_bytes >= MOST_KEPT_BYTES
    }

    /// Takes the records of a list that were sent at least once out of the account; what a proxy
    /// could never take stays.
    pub(super) fn take(&mut self, fate: Fate) -> Vec<Kept> {
        let (taken, left): (Vec<_>, _) = std::mem::take(&mut self.kept)
            .into_iter()
            .partition(|kept| kept.fate == fate && kept.tries > 0);
        self.kept = left;
        self.kept_bytes -= taken.iter().map(size).sum::<usize>();
        match fate {
            Fate::Failed => self.counters.failed -= taken.len() as u64,
            Fate::Unknown => self.counters.unknown -= taken.len() as u64,
        }
        let sequences: BTreeSet<u64> = taken.iter().map(|kept| kept.sequence).collect();
        for gone in self.gone.values_mut() {
            gone.retain(|at| !sequences.contains(at));
        }
        self.gone.retain(|_, sequences| !sequences.is_empty());
        taken
    }

    /// Whether a record of some key was given up.
    pub(super) fn has_gone(&self) -> bool {
        !self.gone.is_empty()
    }

    /// A record of the key was written: those given up before it were overtaken.
    pub(super) fn written(&mut self, key_hash: u64, sequence: u64, names: &[String]) {
        let Some(sequences) = self.gone.get_mut(&key_hash) else { return };
        let overtaken: Vec<u64> = sequences.extract_if(.., |at| *at < sequence).collect();
        if sequences.is_empty() {
            self.gone.remove(&key_hash);
        }
        for at in overtaken {
            self.counters.reordered += 1;
            let Some(kept) = self.kept.iter_mut().find(|kept| kept.sequence == at) else {
                continue;
            };
            kept.reordered = true;
            let mut row = listed(kept, names);
            row.reason = format!("given up, and record {sequence} of its key was written later");
            push_bounded(&mut self.reordered, row);
        }
    }

    /// A record that waits was overtaken by a later one of its key.
    pub(super) fn overtaken(&mut self, row: ListedRecord) {
        self.counters.reordered += 1;
        push_bounded(&mut self.reordered, row);
    }

    fn reason(&mut self, reason: &str) {
        let reasons = &mut self.counters.reasons;
        let other = "other reasons";
        let name = if reasons.len() < MOST_REASONS { reason } else { other };
        match reasons.iter_mut().find(|count| count.reason == reason || count.reason == name) {
            Some(count) => count.count += 1,
            None => reasons.push(ReasonCount { reason: name.to_owned(), count: 1 }),
        }
    }

    /// Adds a line to the log; the same one is not said twice within a second.
    pub(super) fn log(&mut self, at_ms: f64, level: LogLevel, text: String) {
        if let Some((last, when)) = &self.last
            && *last == text
            && at_ms - when < 1_000.0
        {
            return;
        }
        self.last = Some((text.clone(), at_ms));
        if self.lines.len() == MOST_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(LogLine { at_ms, level, text });
    }

    /// The lines since the last time.
    pub(super) fn take_lines(&mut self) -> Vec<LogLine> {
        self.lines.drain(..).collect()
    }

    /// Notes acknowledged records for the rate.
    pub(super) fn acknowledged(&mut self, now: f64, count: u64) {
        self.counters.acknowledged += count;
        self.acknowledged.push_back((now, count));
        self.forget(now);
    }

    fn forget(&mut self, now: f64) {
        while self.acknowledged.front().is_some_and(|(at, _)| now - at > RATE_MS) {
            self.acknowledged.pop_front();
        }
    }

    /// Records acknowledged a second, over the last seconds of a sink that began at `begun`.
    pub(super) fn rate(&mut self, now: f64, begun: f64) -> f64 {
        self.forget(now);
        let count: u64 = self.acknowledged.iter().map(|(_, count)| count).sum();
        count as f64 * 1e3 / (now - begun).clamp(1.0, RATE_MS)
    }

    /// A part of a list, and how long the list is.
    pub(super) fn list(
        &self,
        fate: ListedFate,
        from: usize,
        count: usize,
        names: &[String],
    ) -> (usize, Vec<ListedRecord>) {
        let wanted = match fate {
            ListedFate::Reordered => {
                let part = self.reordered.iter().skip(from).take(count).cloned().collect();
                return (self.reordered.len(), part);
            }
            ListedFate::Failed => Fate::Failed,
            ListedFate::Unknown => Fate::Unknown,
        };
        let all = || self.kept.iter().filter(|kept| kept.fate == wanted);
        (all().count(), all().skip(from).take(count).map(|kept| listed(kept, names)).collect())
    }
}

fn push_bounded(list: &mut Vec<ListedRecord>, row: ListedRecord) {
    if list.len() < MOST_REORDERED {
        list.push(row);
    }
}

fn size(kept: &Kept) -> usize {
    64 + kept.key.as_ref().map_or(0, Vec::len) + kept.value.as_ref().map_or(0, Vec::len)
}

fn listed(kept: &Kept, names: &[String]) -> ListedRecord {
    ListedRecord {
        sequence: kept.sequence,
        topic: names.get(kept.topic as usize).cloned().unwrap_or_default(),
        key: kept.key.as_deref().map(|key| String::from_utf8_lossy(key).into_owned()),
        value: beginning(kept.value.as_deref().unwrap_or_default()),
        attempts: kept.tries,
        reason: kept.reason.clone(),
    }
}

/// The beginning of a value as text.
pub(super) fn beginning(value: &[u8]) -> String {
    let cut = &value[..value.len().min(4 * SHOWN)];
    String::from_utf8_lossy(cut).chars().take(SHOWN).collect()
}
