//! The command log: everything that changed a run, stamped with where in the run it happened.
//!
//! Seed + configuration + command log = the run. A run is a sequence of turns, each of which ends
//! at a place that only the run itself determines; a change happens between two turns.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clickstream::Setting;
use crate::time::Micros;

/// What changes a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Change {
    /// A setting of the generator.
    Apply {
        /// The setting.
        setting: Setting,
    },
    /// A query stops reading.
    PauseQuery {
        /// Its name.
        query: String,
    },
    /// A query reads on.
    ResumeQuery {
        /// Its name.
        query: String,
    },
    /// SQL statements that change what is computed.
    Execute {
        /// The statements.
        script: String,
    },
    /// Results are coalesced per commit interval, or not.
    Coalesce {
        /// On or off.
        on: bool,
    },
}

/// A place in a run: after this many turns, at this virtual time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// Turns that were made before.
    pub turn: u64,
    /// The virtual clock then.
    pub clock: Micros,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Stamp,
    /// What.
    pub change: Change,
}

/// The log, in the order of the run, and how far the run has come in it.
#[derive(Clone, Debug, Default)]
pub struct CommandLog {
    /// Shared with what was saved of the run.
    entries: Arc<Vec<Entry>>,
    next: usize,
}

/// The most entries a log may have: a person cannot make as many, a hostile link could.
pub const MOST_ENTRIES: usize = 10_000;

impl CommandLog {
    /// All entries.
    #[must_use]
    pub const fn entries(&self) -> &Arc<Vec<Entry>> {
        &self.entries
    }

    /// A log whose changes are all due, each at its place.
    #[must_use]
    pub const fn due_from(entries: Arc<Vec<Entry>>) -> Self {
        Self { entries, next: 0 }
    }

    /// The next change that is due after `turn` turns, if there is one; it counts as made.
    pub fn due(&mut self, turn: u64) -> Option<Change> {
        let entry = self.entries.get(self.next).filter(|entry| entry.at.turn <= turn)?;
        self.next += 1;
        Some(entry.change.clone())
    }

    /// The generator's settings that hold: of those that were made, the last of each kind. Outages
    /// are over by themselves.
    #[must_use]
    pub fn settings(&self) -> Vec<Setting> {
        let mut held: Vec<Setting> = Vec::new();
        for entry in &self.entries[..self.next] {
            let Change::Apply { setting } = &entry.change else { continue };
            held.retain(|before| !setting.replaces(before));
            if !matches!(setting, Setting::Outage { .. }) {
                held.push(setting.clone());
            }
        }
        held
    }

    /// The SQL statements that were carried out up to where the run is.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        self.entries[..self.next].iter().filter_map(|entry| match &entry.change {
            Change::Execute { script } => Some(script.as_str()),
            _ => None,
        })
    }

    /// Whether it takes no more.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.next >= MOST_ENTRIES
    }

    /// Adds a change that is made now. What the log knew of the time after `at` is forgotten:
    /// history was changed.
    ///
    /// # Panics
    /// When the log is full: ask [`Self::is_full`] before the change is made.
    pub fn record(&mut self, at: Stamp, change: Change) {
        assert!(!self.is_full(), "a change that is not in the log would be lost in a replay");
        let entries = Arc::make_mut(&mut self.entries);
        entries.truncate(self.next);
        entries.push(Entry { at, change });
        self.next += 1;
    }

    /// Goes back (or ahead) to the place where `turn` turns have been made: changes stamped there
    /// or later are due again.
    pub fn rewind(&mut self, turn: u64) {
        self.next = self.entries.partition_point(|entry| entry.at.turn < turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clickstream::FaultKind;

    fn at(turn: u64) -> Stamp {
        Stamp { turn, clock: Micros(turn as i64 * 100_000) }
    }

    #[test]
    fn the_last_setting_of_each_kind_holds_where_the_run_is() {
        let mut log = CommandLog::default();
        let rate = |rate| Setting::SessionRate(rate);
        let fault = |kind, rate| Setting::Fault { kind, rate };
        let outage = Setting::Outage { partition: 0, seconds: 9.0 };
        let made = [
            rate(1.0),
            fault(FaultKind::Drop, 0.1),
            outage,
            fault(FaultKind::Poison, 0.2),
            rate(2.0),
            fault(FaultKind::Drop, 0.3),
        ];
        for (turn, setting) in (1..).zip(&made) {
            log.record(at(turn), Change::Apply { setting: setting.clone() });
        }
        let held = [fault(FaultKind::Poison, 0.2), rate(2.0), fault(FaultKind::Drop, 0.3)];
        assert_eq!(log.settings(), held);
        log.rewind(4);
        assert_eq!(log.settings(), [rate(1.0), fault(FaultKind::Drop, 0.1)]);
        log.rewind(0);
        assert_eq!(log.settings(), []);
    }

    #[test]
    fn statements_are_those_up_to_where_the_run_is() {
        let mut log = CommandLog::default();
        let execute = |script: &str| Change::Execute { script: script.into() };
        log.record(at(1), execute("CREATE STREAM a;"));
        log.record(at(2), Change::Coalesce { on: true });
        log.record(at(3), execute("DROP STREAM a;"));
        assert_eq!(log.statements().collect::<Vec<_>>(), ["CREATE STREAM a;", "DROP STREAM a;"]);
        log.rewind(2);
        assert_eq!(log.statements().collect::<Vec<_>>(), ["CREATE STREAM a;"]);
    }

    #[test]
    fn changes_come_again_after_a_rewind_until_history_changes() {
        let mut log = CommandLog::default();
        log.record(at(3), Change::Coalesce { on: false });
        log.record(at(5), Change::Coalesce { on: true });
        assert_eq!(log.due(9), None, "both were made when they were recorded");
        log.rewind(0);
        assert_eq!(log.due(2), None);
        assert_eq!(log.due(3), Some(Change::Coalesce { on: false }));
        assert_eq!(log.due(4), None);
        log.record(at(4), Change::PauseQuery { query: "q".into() });
        assert_eq!(log.due(100), None);
        assert_eq!(log.entries().len(), 2, "what was at turn 5 is gone");
    }
}
