//! How fast virtual time runs. It turns wall time, which a shell passes in, into a point that the
//! run may reach; nothing that the run computes depends on it.

use crate::time::Micros;

/// The most wall time that one slice makes up for, milliseconds: a tab that slept does not rush.
const MOST_CATCH_UP_MS: f64 = 250.0;
/// A run that is behind for so long, milliseconds of wall time, is said to be: one slow slice is not.
const SAID_AFTER_MS: f64 = 1_000.0;

/// Playing or paused, and the speed.
#[derive(Clone, Debug)]
pub struct Playback {
    /// Whether virtual time runs.
    pub playing: bool,
    /// Virtual seconds in a second; `None` is as fast as possible.
    pub speed: Option<f64>,
    /// Where virtual time should be by now.
    due: Micros,
    /// For how long the run has not held the speed, milliseconds of wall time.
    behind_ms: f64,
}

impl Playback {
    /// Paused at `clock`, at `speed`.
    #[must_use]
    pub const fn new(clock: Micros, speed: Option<f64>) -> Self {
        Self { playing: false, speed, due: clock, behind_ms: 0.0 }
    }

    /// Goes on from `clock`, whatever was due before: after a seek, a step or a change of speed.
    pub const fn rebase(&mut self, clock: Micros) {
        self.due = clock;
        self.behind_ms = 0.0;
    }

    /// Whether the engine cannot hold the speed.
    #[must_use]
    pub const fn behind(&self) -> bool {
        self.behind_ms >= SAID_AFTER_MS
    }

    /// How far the run may go, `elapsed_ms` of wall time after the last call. `None` while paused;
    /// the end of time at unlimited speed.
    pub fn target(&mut self, clock: Micros, elapsed_ms: f64) -> Option<Micros> {
        if !self.playing {
            return None;
        }
        let Some(speed) = self.speed else { return Some(Micros(i64::MAX)) };
        let wall_ms = elapsed_ms.clamp(0.0, MOST_CATCH_UP_MS);
        let most_behind = (MOST_CATCH_UP_MS * speed * 1_000.0) as i64;
        let is_behind = self.due.0.saturating_sub(clock.0) >= most_behind;
        self.behind_ms = if is_behind { self.behind_ms + wall_ms } else { 0.0 };
        self.due = self.due.max(clock.plus(-most_behind)).plus((wall_ms * speed * 1_000.0) as i64);
        self.due = self.due.min(clock.plus(most_behind.saturating_mul(2)));
        Some(self.due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_becomes_virtual_time() {
        let mut playback = Playback::new(Micros(0), Some(60.0));
        assert_eq!(playback.target(Micros(0), 16.0), None, "paused");
        playback.playing = true;
        assert_eq!(playback.target(Micros(0), 100.0), Some(Micros(6_000_000)));
        assert_eq!(playback.target(Micros(6_000_000), 100.0), Some(Micros(12_000_000)));
        playback.speed = None;
        assert_eq!(playback.target(Micros(0), 1.0), Some(Micros(i64::MAX)));
    }

    #[test]
    fn a_run_that_cannot_follow_is_behind_and_owes_a_bounded_time() {
        let mut playback = Playback::new(Micros(0), Some(1.0));
        playback.playing = true;
        for _ in 0..10 {
            playback.target(Micros(0), 100.0);
        }
        assert!(!playback.behind(), "a slow moment");
        for _ in 0..10 {
            playback.target(Micros(0), 100.0);
        }
        assert!(playback.behind());
        assert!(playback.target(Micros(0), 0.0).is_some_and(|due| due.0 <= 500_000));
        playback.rebase(Micros(0));
        assert!(!playback.behind());
        assert_eq!(playback.target(Micros(0), 10_000.0), Some(Micros(250_000)), "a tab that slept");
    }
}
