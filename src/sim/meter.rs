//! The age of an answer over time, as an exact integral.

/// Now minus the time of the newest event in an answer: a line of slope 1 that falls back whenever a
/// newer event gets in. Its integral is kept in whole numbers, so that it does not depend on how a
/// run is cut into steps. Times are nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgeMeter {
    /// The newest event in the answer.
    newest: Option<i64>,
    /// Up to when the integral goes.
    at: i64,
    measuring: bool,
    since: i64,
    /// Twice the integral.
    doubled: i128,
    most: i64,
}

impl AgeMeter {
    /// Measures from `at` on; what was before is warm-up and forgotten.
    pub fn begin(&mut self, at: i64) {
        (self.measuring, self.since, self.at, self.doubled, self.most) = (true, at, at, 0, 0);
    }

    /// At `at` the newest event in the answer becomes `newest`, be it newer or (after a switch to
    /// another table) older.
    pub fn set(&mut self, at: i64, newest: Option<i64>) {
        self.go(at);
        self.newest = newest;
    }

    /// At `at` an event gets into the answer.
    #[inline]
    pub fn see(&mut self, at: i64, event: i64) {
        if self.newest.is_none_or(|newest| event > newest) {
            self.set(at, Some(event));
        }
    }

    /// Lets time pass until `at`.
    pub fn go(&mut self, at: i64) {
        if at <= self.at {
            return;
        }
        if let (true, Some(newest)) = (self.measuring, self.newest) {
            let (from, to) = (self.at - newest, at - newest);
            self.doubled += i128::from(to - from) * i128::from(to + from);
            self.most = self.most.max(to);
        }
        self.at = at;
    }

    /// Up to when time has passed, milliseconds.
    #[must_use]
    pub const fn at_ms(&self) -> i64 {
        self.at / super::MS_NS
    }

    /// The newest event in the answer.
    #[must_use]
    pub const fn newest(&self) -> Option<i64> {
        self.newest
    }

    /// The mean and the largest age since [`Self::begin`], milliseconds.
    #[must_use]
    pub fn mean_and_most_ms(&self) -> Option<(f64, i64)> {
        let span = self.at - self.since;
        (self.measuring && span > 0 && self.newest.is_some()).then(|| {
            let mean = self.doubled as f64 / (2.0 * span as f64);
            (mean / super::MS_NS as f64, self.most / super::MS_NS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::AgeMeter;
    use crate::sim::MS_NS;

    #[test]
    fn the_integral_is_exact_however_it_is_cut() {
        let ms = |t: i64| t * MS_NS;
        let mut whole = AgeMeter::default();
        whole.see(ms(10), ms(4));
        whole.begin(ms(10));
        let mut cut = whole;
        whole.see(ms(20), ms(18));
        for t in 11..20 {
            cut.go(ms(t));
        }
        cut.see(ms(20), ms(18));
        for meter in [&mut whole, &mut cut] {
            meter.see(ms(21), ms(3));
            meter.go(ms(30));
            // From 6 to 16 in 10 ms, then from 2 to 12 in 10 ms.
            assert_eq!(meter.mean_and_most_ms(), Some((9.0, 16)));
        }
    }
}
