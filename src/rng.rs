//! Seeds, named random substreams and the distributions that the simulation draws from.
//!
//! Every draw in the crate comes from here. Logarithms and exponentials go through `libm`, so that a
//! stream gives the same bits on native and on wasm; no range depends on the width of `usize`.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// The largest seed that a person can choose: JavaScript holds all numbers up to it exactly.
pub const MOST_SEED: u64 = (1 << 53) - 1;

/// The one number that, with a configuration and a command log, determines a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl Seed {
    /// The substream called `name`. Drawing from one substream never moves another.
    #[must_use]
    pub fn stream(self, name: &str) -> Stream {
        Stream(Xoshiro256PlusPlus::seed_from_u64(splitmix(self.0 ^ fnv1a(name.as_bytes()))))
    }

    /// The substream called `name` that belongs to entity `id`, for draws that must not depend on
    /// the order in which entities are met.
    #[must_use]
    pub fn stream_of(self, name: &str, id: u64) -> Stream {
        let mixed = splitmix(self.0 ^ fnv1a(name.as_bytes())).wrapping_add(splitmix(id));
        Stream(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): spreads close seeds apart.
const fn splitmix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One random substream.
#[derive(Clone, Debug)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `[0, 1)`, 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform in `[low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in `0..bound`. `bound` must not be 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.0.random_range(0..bound)
    }

    /// True with probability `p`. Always one draw, so that a changed `p` shifts nothing behind it.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Exponential with the given mean, by inversion.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.unit())
    }

    /// Standard normal by Marsaglia's polar method (1964). Its second value is not kept: a stream's
    /// state is then its generator alone.
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let s = x * x + y * y;
            if s > 0.0 && s < 1.0 {
                return x * (-2.0 * libm::log(s) / s).sqrt();
            }
        }
    }

    /// Log-normal with the given median and the standard deviation `sigma` of its logarithm.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * libm::exp(sigma * self.normal())
    }
}

/// Draws an index by weight in constant time: Walker's alias method as Vose (1991) builds it.
#[derive(Clone, Debug)]
pub struct Weighted {
    /// For each column: the share that stays, and the index that takes the rest.
    columns: Vec<(f64, u32)>,
}

impl Weighted {
    /// `None` when there is no weight, a negative or non-finite one, or their sum is 0.
    #[must_use]
    pub fn new(weights: &[f64]) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        let valid = weights.iter().all(|w| w.is_finite() && *w >= 0.0);
        if !valid || !total.is_finite() || total <= 0.0 || u32::try_from(weights.len()).is_err() {
            return None;
        }
        let n = weights.len();
        let mut scaled: Vec<f64> = weights.iter().map(|w| w * n as f64 / total).collect();
        let mut columns: Vec<(f64, u32)> = (0..n).map(|i| (1.0, i as u32)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..n).partition(|&i| scaled[i] < 1.0);
        while let (Some(less), Some(&more)) = (small.pop(), large.last()) {
            columns[less] = (scaled[less], more as u32);
            scaled[more] -= 1.0 - scaled[less];
            if scaled[more] < 1.0 {
                large.pop();
                small.push(more);
            }
        }
        // What rounding left in `small` keeps its whole column.
        Some(Self { columns })
    }

    /// An index, with probability proportional to its weight.
    pub fn pick(&self, stream: &mut Stream) -> usize {
        let at = stream.unit() * self.columns.len() as f64;
        let column = (at as usize).min(self.columns.len() - 1);
        let (stays, other) = self.columns[column];
        if at - column as f64 <= stays && stays > 0.0 { column } else { other as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn substreams_are_independent_and_reproducible() {
        let (mut a, mut b) = (Seed(7).stream("clicks"), Seed(7).stream("clicks"));
        assert_eq!(a.bits(), b.bits());
        assert_ne!(Seed(7).stream("clicks").bits(), Seed(7).stream("users").bits());
        assert_ne!(Seed(7).stream("clicks").bits(), Seed(8).stream("clicks").bits());
        assert_ne!(Seed(7).stream_of("user", 1).bits(), Seed(7).stream_of("user", 2).bits());
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut s = Seed(1).stream("moments");
        let n = 200_000;
        let mean = (0..n).map(|_| s.exponential(3.0)).sum::<f64>() / f64::from(n);
        assert!((mean - 3.0).abs() < 0.03, "{mean}");
        let squares = (0..n).map(|_| s.normal()).map(|x| x * x).sum::<f64>() / f64::from(n);
        assert!((squares - 1.0).abs() < 0.02, "{squares}");
        let mut draws: Vec<f64> = (0..n).map(|_| s.log_normal(25.0, 1.0)).collect();
        draws.sort_by(f64::total_cmp);
        let median = draws[draws.len() / 2];
        assert!((median - 25.0).abs() < 0.4, "{median}");
    }

    #[test]
    fn weighted_picks_by_weight() {
        let weights = [0.0, 0.1, 0.5, 0.4, 0.0];
        let table = Weighted::new(&weights).expect("valid weights");
        let mut s = Seed(2).stream("weights");
        let mut seen = [0_u32; 5];
        for _ in 0..100_000 {
            seen[table.pick(&mut s)] += 1;
        }
        for (count, weight) in seen.iter().zip(weights) {
            assert!((f64::from(*count) / 100_000.0 - weight).abs() < 0.01, "{seen:?}");
        }
        assert_eq!(seen[0] + seen[4], 0, "a weight of 0 is never picked");
    }

    #[test]
    fn weights_that_mean_nothing_are_refused() {
        for weights in [&[][..], &[0.0, 0.0], &[1.0, -1.0], &[f64::NAN], &[f64::INFINITY]] {
            assert!(Weighted::new(weights).is_none(), "{weights:?}");
        }
    }
}
