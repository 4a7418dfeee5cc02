//! How many distinct users there are, by a HyperLogLog sketch in few bytes. Not here: the aggregate
//! of queries, which is `aggregate::sketch`.
//!
//! While users are added it counts by its own history (HIP: D. Ting, "Streamed approximate counting of
//! distinct elements", 2014; relative standard error √(ln 2)/√m with m registers). A union has no
//! history: it is read from the registers (O. Ertl, "New cardinality estimation algorithms for
//! HyperLogLog sketches", 2017, algorithm 6; about 1.04/√m). Neither needs a table of corrections.

use crate::hash::hash_pair;

/// Sets the sketches' hash apart from those of other tables.
const SALT: u64 = 0x736b_6574_6368;
/// 1/(2 ln 2).
const ALPHA: f64 = 0.721_347_520_444_481_7;

/// A sketch of a set of users.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// Base-2 logarithm of the number of registers, 4 to 16.
    precision: u8,
    /// The registers that are not 0, by number, while they are few.
    few: Vec<(u16, u8)>,
    /// All of them, once they are not.
    all: Vec<u8>,
    /// The sum of 2^-register over all of them: what a new user's chance to be noticed is out of.
    unnoticed: f64,
    /// How many users there were, by the chance of each to be noticed.
    count: f64,
}

impl Sketch {
    /// Of nobody, with 2^`precision` registers, 4 to 16.
    #[must_use]
    pub fn new(precision: u8) -> Self {
        debug_assert!((4..=16).contains(&precision), "{precision}");
        let unnoticed = f64::from(1_u32 << precision);
        Self { precision, few: Vec::new(), all: Vec::new(), unnoticed, count: 0.0 }
    }

    /// Base-2 logarithm of the number of registers.
    #[must_use]
    pub const fn precision(&self) -> u8 {
        self.precision
    }

    const fn registers(&self) -> usize {
        1 << self.precision
    }

    /// Adds a user.
    pub fn insert(&mut self, user: u32) {
        let hash = hash_pair(SALT, u64::from(user));
        // The upper bits choose the register; the place of the first 1 in the others is its value.
        let register = (hash >> (64 - self.precision)) as u16;
        let rest = hash << self.precision | 1 << (self.precision - 1);
        let before = f64::from(self.registers() as u32) / self.unnoticed;
        if self.raise(register, rest.leading_zeros() as u8 + 1) {
            self.count += before;
        }
    }

    /// Makes a register at least `value`; whether it was less.
    fn raise(&mut self, register: u16, value: u8) -> bool {
        let old = if self.all.is_empty() {
            match self.few.binary_search_by_key(&register, |(register, _)| *register) {
                Ok(at) => &mut self.few[at].1,
                Err(at) => {
                    self.few.insert(at, (register, 0));
                    &mut self.few[at].1
                }
            }
        } else {
            &mut self.all[usize::from(register)]
        };
        let raised = value > *old;
        if raised {
            self.unnoticed += power(value) - power(*old);
            *old = value;
        }
        // From there on the list would be no smaller, and slow.
        if self.few.len() > self.registers() / 16 {
            self.all = vec![0; self.registers()];
            for (register, value) in std::mem::take(&mut self.few) {
                self.all[usize::from(register)] = value;
            }
        }
        raised
    }

    /// The number of users that were added, estimated.
    #[must_use]
    pub const fn estimate(&self) -> f64 {
        self.count
    }

    /// The number of users in this sketch or in `other`, of the same precision, estimated.
    #[must_use]
    pub fn estimate_with(&self, other: &Self) -> f64 {
        debug_assert!(self.precision == other.precision, "sketches of one lane");
        let mut both = self.clone();
        let all = (0..).zip(&other.all).map(|(register, value)| (register, *value));
        for (register, value) in other.few.iter().copied().chain(all) {
            both.raise(register, value);
        }
        both.read()
    }

    /// The estimate from the registers alone. A register is full only after 2^64 / m users, which
    /// nobody has: so the correction for full ones is left out.
    fn read(&self) -> f64 {
        let mut of_value = [0_u32; 65];
        if self.all.is_empty() {
            of_value[0] = (self.registers() - self.few.len()) as u32;
        }
        let few = self.few.iter().map(|(_, value)| value);
        few.chain(&self.all).for_each(|value| of_value[usize::from(*value)] += 1);
        let m = f64::from(self.registers() as u32);
        let z = of_value[1..].iter().rev().fold(0.0, |z, n| 0.5 * (z + f64::from(*n)));
        ALPHA * m * m / (z + m * sigma(f64::from(of_value[0]) / m))
    }
}

/// x + Σ x^(2^k) 2^(k−1), k from 1; endless for 1, where the estimate is 0.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut sum, mut weight) = (x, 1.0);
    loop {
        x *= x;
        let next = sum + x * weight;
        if next == sum {
            return sum;
        }
        sum = next;
        weight *= 2.0;
    }
}

/// 2^-value.
fn power(value: u8) -> f64 {
    1.0 / (1_u64 << value.min(63)) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(precision: u8, users: std::ops::Range<u32>) -> Sketch {
        let mut sketch = Sketch::new(precision);
        users.for_each(|user| sketch.insert(user));
        sketch
    }

    /// The root of the mean square of relative errors, over sets of `users` that share nobody.
    fn error(users: u32, estimate: impl Fn(std::ops::Range<u32>) -> f64) -> f64 {
        const SETS: u32 = 400;
        let of_set = |set: u32| estimate(set * users..(set + 1) * users) / f64::from(users) - 1.0;
        let squares: f64 = (0..SETS).map(|set| of_set(set) * of_set(set)).sum();
        (squares / f64::from(SETS)).sqrt()
    }

    #[test]
    fn its_history_errs_by_the_root_of_ln_2_over_the_registers() {
        let expected = (std::f64::consts::LN_2 / 256.0).sqrt();
        // The error of an error out of 400 sets is 1 in √800.
        for users in [2_000, 10_000] {
            let measured = error(users, |users| of(8, users).estimate());
            assert!((measured / expected - 1.0).abs() < 4.0 / 800_f64.sqrt(), "{measured}");
        }
        assert!(error(50, |users| of(8, users).estimate()) < expected, "few users are seen better");
    }

    #[test]
    fn a_union_errs_by_what_its_registers_tell() {
        let expected = 1.04 / 256_f64.sqrt();
        let measured = error(6_000, |users| {
            let (third, start) = (2_000, users.start);
            let (a, b) = (of(8, start..start + 2 * third), of(8, start + third..users.end));
            a.estimate_with(&b)
        });
        assert!((measured / expected - 1.0).abs() < 4.0 / 800_f64.sqrt(), "{measured}");
        let few = error(40, |users| of(8, users.clone()).estimate_with(&of(8, users)));
        assert!(few < expected, "{few}");
    }

    #[test]
    fn whom_it_knows_changes_nothing() {
        let (once, mut twice) = (of(10, 0..5_000), of(10, 0..5_000));
        (0..5_000).rev().for_each(|user| twice.insert(user));
        assert_eq!((once.count.to_bits(), &once.all), (twice.count.to_bits(), &twice.all));
        assert_eq!(once.estimate_with(&twice).to_bits(), once.read().to_bits());
    }

    #[test]
    fn nobody_is_nobody_and_one_is_one() {
        let (nobody, one) = (Sketch::new(4), of(16, 7..8));
        assert_eq!((nobody.estimate(), nobody.estimate_with(&Sketch::new(4))), (0.0, 0.0));
        assert_eq!(one.estimate(), 1.0);
        assert!((one.estimate_with(&Sketch::new(16)) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_sum_of_registers_stays_what_it_is_afresh() {
        let sketch = of(12, 0..300_000);
        let afresh: f64 = sketch.all.iter().map(|value| power(*value)).sum();
        assert!((sketch.unnoticed / afresh - 1.0).abs() < 1e-9);
    }
}
