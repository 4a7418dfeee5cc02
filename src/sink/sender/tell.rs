//! What a sender tells: figures, the log, and the records that did not arrive as they should.

use super::Sender;
use crate::sink::account::{Fate, Kept};
use crate::sink::protocol::{ListedFate, ListedRecord, LogLine, SinkCounters};

impl Sender {
    /// The figures. `lag` and `lag_ms` are those of the pace, which its keeper adds.
    pub fn counters(&mut self, now: f64) -> SinkCounters {
        self.account.counters.rate = self.account.rate(now, self.begun);
        self.account.counters.clone()
    }

    /// Records in requests that are not answered yet.
    #[must_use]
    pub const fn in_flight(&self) -> u64 {
        self.account.counters.in_flight
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
