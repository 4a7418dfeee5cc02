//! What a stream job saves, what a crash leaves of it, and how other logic goes on from its state.

use super::{Guarantee, Skipped, StreamJob};
use crate::architecture::finals::Finals;
use crate::architecture::logic::Logic;
use crate::architecture::view::View;
use crate::sim::MS_NS;
use crate::sim::meter::AgeMeter;

/// What was saved at the last multiple of the interval.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    /// When, milliseconds.
    pub at: i64,
    position: u64,
    next_beat: i64,
    skipped: Skipped,
    state: Option<Kept>,
}

/// State as it was saved.
#[derive(Clone, Debug)]
struct Kept {
    task: Vec<u8>,
    table: View,
    newest: Option<i64>,
    beats: u64,
    finals: Finals,
}

impl Saved {
    /// What a job begins with.
    pub fn nothing(at: i64, position: u64, next_beat: i64) -> Self {
        Self { at, position, next_beat, skipped: Skipped::default(), state: None }
    }
}

impl StreamJob {
    /// Saves at `at` what its guarantee saves there.
    pub(super) fn save(&mut self, at: i64) {
        let with_state = self.setup.guarantee != Guarantee::AtLeastOnce;
        let state = with_state.then(|| {
            self.commit();
            self.kept()
        });
        let Self { position, next_beat, skipped, .. } = *self;
        self.saved = Saved { at, position, next_beat, skipped, state };
    }

    fn kept(&self) -> Kept {
        Kept {
            task: self.program.checkpoint(),
            table: self.table.clone(),
            newest: self.newest,
            beats: self.beats,
            finals: self.finals.clone(),
        }
    }

    /// The job crashes at `now` and is back after its start-up, with what its guarantee kept. Gives
    /// how many events it will count again, or has lost.
    ///
    /// # Panics
    /// When its own checkpoint cannot be read: a bug.
    pub fn crash(&mut self, now: i64, meter: Option<&mut AgeMeter>) -> u64 {
        self.commit();
        let passed = self.skipped.all() - self.saved.skipped.all();
        let since = self.position - self.saved.position - passed;
        let is_lossy = self.setup.guarantee == Guarantee::AtMostOnce;
        if self.setup.guarantee != Guarantee::AtLeastOnce {
            match &self.saved.state {
                Some(kept) => {
                    self.program.restore(&kept.task);
                    self.table.clone_from(&kept.table);
                    (self.newest, self.beats) = (kept.newest, kept.beats);
                    self.finals.clone_from(&kept.finals);
                }
                None => {
                    self.program.restart();
                    self.table = View::new(self.setup.shape);
                    (self.newest, self.beats) = (None, 0);
                    self.finals = Finals::default();
                }
            }
        }
        match self.setup.guarantee {
            Guarantee::AtMostOnce => self.lost += since,
            Guarantee::AtLeastOnce => self.doubled += since,
            Guarantee::ExactlyOnce => {}
        }
        if is_lossy {
            // The next crash loses what comes from here on, not this once more.
            (self.saved.position, self.saved.skipped) = (self.position, self.skipped);
        } else {
            (self.position, self.skipped) = (self.saved.position, self.saved.skipped);
        }
        if self.setup.guarantee == Guarantee::ExactlyOnce {
            self.next_beat = self.saved.next_beat;
        }
        self.down_until = now + self.setup.cost.startup_ms;
        self.server.block_until(self.down_until * MS_NS);
        if let Some(meter) = meter {
            meter.set(now * MS_NS, self.newest);
        }
        since
    }

    /// Deploys other logic on the running job, with the state that it has.
    ///
    /// # Panics
    /// When the new plan does not have the shape of the old one: a bug.
    pub fn deploy(&mut self, logic: Logic) {
        self.commit();
        (self.logic, self.is_redeployed) = (logic, true);
        self.program.redeploy(&self.setup, logic.buggy);
        if self.setup.guarantee != Guarantee::AtLeastOnce {
            let Self { position, next_beat, skipped, saved: Saved { at, .. }, .. } = *self;
            self.saved = Saved { at, position, next_beat, skipped, state: Some(self.kept()) };
        }
    }
}
