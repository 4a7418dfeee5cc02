//! How many records are due. Not here: making them, and what the proxy holds.

use super::protocol::RateSetting;

/// The longest step of time that is made up for: after a sleep of the machine, or of a hidden page,
/// records are not sent all at once.
const LONGEST_STEP_MS: f64 = 60_000.0;
const DAY_MS: f64 = 86_400_000.0;

/// Keeps account of the rate that was asked for.
#[derive(Clone, Debug)]
pub struct Pace {
    rate: RateSetting,
    /// Weights of the hours of a day in UTC.
    envelope: [f64; 24],
    mean: f64,
    /// When it was last asked, in milliseconds; `None` while it stands still.
    last: Option<f64>,
    /// Records due so far; with replay, microseconds of virtual time.
    due: f64,
}

impl Pace {
    /// A pace that stands still. `envelope` has the weights of the hours of a day, which are linear
    /// in between; without any weight it is flat.
    #[must_use]
    pub fn new(rate: RateSetting, envelope: [f64; 24]) -> Self {
        let mean = envelope.iter().sum::<f64>() / 24.0;
        let flat = !(mean > 0.0 && mean.is_finite());
        let envelope = if flat { [1.0; 24] } else { envelope };
        Self { rate, envelope, mean: if flat { 1.0 } else { mean }, last: None, due: 0.0 }
    }

    /// Lets time go on to `now` (milliseconds); `utc_ms` is the time of day's clock.
    pub fn advance(&mut self, now: f64, utc_ms: f64) {
        let step = (now - self.last.unwrap_or(now)).clamp(0.0, LONGEST_STEP_MS) / 1e3;
        self.last = Some(now);
        self.due += step
            * match self.rate {
                RateSetting::AsFastAsPossible => 0.0,
                RateSetting::Constant { per_second } => per_second,
                RateSetting::Envelope { per_second } => {
                    per_second * self.weight(utc_ms) / self.mean
                }
                RateSetting::Replay { speed } => speed * 1e6,
            };
    }

    /// Stands still until the next [`Self::advance`].
    pub fn hold(&mut self) {
        self.last = None;
    }

    fn weight(&self, utc_ms: f64) -> f64 {
        let hours = utc_ms.rem_euclid(DAY_MS) / 3_600_000.0;
        let hour = (hours as usize).min(23);
        let part = hours - hour as f64;
        self.envelope[hour] * (1.0 - part) + self.envelope[(hour + 1) % 24] * part
    }

    /// How many more records are due after `taken`; `None` when that does not depend on the pace.
    #[must_use]
    pub fn records(&self, taken: u64) -> Option<u64> {
        match self.rate {
            RateSetting::AsFastAsPossible | RateSetting::Replay { .. } => None,
            RateSetting::Constant { .. } | RateSetting::Envelope { .. } => {
                Some((self.due as u64).saturating_sub(taken))
            }
        }
    }

    /// Up to which virtual time, in microseconds since the beginning, records are due; `None` when
    /// that does not depend on the pace.
    #[must_use]
    pub fn virtual_micros(&self) -> Option<i64> {
        matches!(self.rate, RateSetting::Replay { .. }).then_some(self.due as i64)
    }

    /// By how many milliseconds a run is behind that has taken `taken` records and come to
    /// `virtual_micros` since its beginning.
    #[must_use]
    pub fn lag_ms(&self, taken: u64, virtual_micros: i64) -> f64 {
        match self.rate {
            RateSetting::AsFastAsPossible => 0.0,
            RateSetting::Constant { per_second } | RateSetting::Envelope { per_second } => {
                self.records(taken).unwrap_or(0) as f64 * 1e3 / per_second
            }
            RateSetting::Replay { speed } => {
                (self.due - virtual_micros as f64).max(0.0) / (speed * 1e3)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_rate_shows_its_lag() {
        let mut pace = Pace::new(RateSetting::Constant { per_second: 100.0 }, [0.0; 24]);
        pace.advance(5_000.0, 0.0);
        pace.advance(7_000.0, 0.0);
        assert_eq!(pace.records(150), Some(50));
        assert_eq!(pace.lag_ms(150, 0), 500.0);
        pace.hold();
        pace.advance(99_000.0, 0.0);
        assert_eq!(pace.records(150), Some(50), "time that it stood still is not made up for");
    }

    #[test]
    fn an_envelope_gives_its_mean_over_a_day() {
        let mut hours = [1.0; 24];
        hours[12] = 25.0;
        let mut pace = Pace::new(RateSetting::Envelope { per_second: 2.0 }, hours);
        for minute in 0..=24 * 60 {
            let at = f64::from(minute) * 60_000.0;
            pace.advance(at, at);
        }
        let due = pace.records(0).unwrap_or(0);
        assert!((due as f64 - 172_800.0).abs() < 500.0, "{due}");
    }

    #[test]
    fn a_replay_follows_virtual_time() {
        let mut pace = Pace::new(RateSetting::Replay { speed: 60.0 }, [1.0; 24]);
        pace.advance(0.0, 0.0);
        pace.advance(1_000.0, 0.0);
        assert_eq!(pace.virtual_micros(), Some(60_000_000));
        assert_eq!(pace.lag_ms(0, 30_000_000), 500.0);
        assert_eq!(pace.records(0), None);
    }
}
