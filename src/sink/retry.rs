//! How long to wait before sending again. Not here: whether to.

use crate::rng::Stream;

/// Exponential back-off with jitter and a cap: after the n-th failure in a row between half and all of
/// `base · 2ⁿ⁻¹`, at most the cap, so that lanes which failed together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// The longest wait after the first failure, in milliseconds.
    pub base_ms: f64,
    /// The longest wait after any, in milliseconds.
    pub cap_ms: f64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { base_ms: 200.0, cap_ms: 30_000.0 }
    }
}

impl RetryPolicy {
    /// Milliseconds to wait after `failures` in a row, at least 1.
    pub fn delay_ms(&self, failures: u32, jitter: &mut Stream) -> f64 {
        let doublings = failures.saturating_sub(1).min(30);
        let longest = (self.base_ms * f64::from(1_u32 << doublings)).min(self.cap_ms);
        longest * jitter.uniform(0.5, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    #[test]
    fn waits_double_up_to_the_cap() {
        let (policy, mut jitter) = (RetryPolicy::default(), Seed(3).stream("retry"));
        for failures in 1..200 {
            let longest = (200.0 * libm::exp2(f64::from(failures - 1))).min(30_000.0);
            let delay = policy.delay_ms(failures, &mut jitter);
            assert!((longest / 2.0..=longest).contains(&delay), "{failures}: {delay}");
        }
    }
}
