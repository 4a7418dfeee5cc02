//! Ticks of a value axis that begins at 0, and numbers as people read them. No time here.

/// Ticks at whole multiples of a step of 1, 2 or 5 times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticks {
    /// 1, 2 or 5.
    mantissa: u32,
    /// The power of ten.
    exponent: i32,
    /// Ticks above 0.
    intervals: u32,
}

/// The finest power of ten of a step. Smaller values are flat on the axis.
const FINEST: i32 = -9;

impl Ticks {
    /// The finest ticks from 0 to at least `max` with at most `most` intervals; whole numbers only
    /// if `whole`. There is at least one interval, so that an axis without data has a height.
    pub(super) fn covering(max: f64, most: u32, whole: bool) -> Self {
        let most = most.max(1);
        let finest = if whole { 0 } else { FINEST };
        // One power lower than needed: rounding of the logarithm must not skip a step.
        let guess = libm::floor(libm::log10((max / f64::from(most)).max(1e-9))) as i32 - 1;
        let (mut mantissa, mut exponent) = (1, guess.max(finest));
        loop {
            let mut ticks = Self { mantissa, exponent, intervals: 1 };
            ticks.intervals = (max / ticks.value(1)).ceil().clamp(1.0, f64::from(most)) as u32;
            if ticks.value(ticks.intervals) >= max {
                return ticks;
            }
            (mantissa, exponent) = match mantissa {
                1 => (2, exponent),
                2 => (5, exponent),
                _ => (1, exponent + 1),
            };
        }
    }

    /// Ticks above 0.
    pub(super) const fn intervals(self) -> u32 {
        self.intervals
    }

    /// The end of the axis.
    pub(super) fn max(self) -> f64 {
        self.value(self.intervals)
    }

    /// The value of tick `index`, the one at 0 being the first.
    pub(super) fn value(self, index: u32) -> f64 {
        let multiple = f64::from(index) * f64::from(self.mantissa);
        // A negative power of ten is no double: dividing by the positive one rounds once.
        let power = (0..self.exponent.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
        if self.exponent < 0 { multiple / power } else { multiple * power }
    }

    /// The label of tick `index`, with as many decimals as the step has.
    pub(super) fn label(self, index: u32) -> String {
        let decimals = if index == 0 { 0 } else { (-self.exponent).max(0) as usize };
        grouped(&format!("{:.decimals$}", self.value(index)))
    }
}

/// A value as the end of a bar shows it: whole, or with two decimals.
pub(super) fn number(value: f64) -> String {
    let decimals = if value.fract() == 0.0 { 0 } else { 2 };
    grouped(&format!("{value:.decimals$}"))
}

/// Writes a comma before every third digit from the decimal point. Takes digits with at most one
/// point, no sign.
fn grouped(digits: &str) -> String {
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = String::with_capacity(digits.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(max: f64, most: u32, whole: bool) -> Vec<String> {
        let ticks = Ticks::covering(max, most, whole);
        (0..=ticks.intervals()).map(|index| ticks.label(index)).collect()
    }

    #[test]
    fn labels_are_round_and_grouped() {
        assert_eq!(labels(0.0, 4, true), ["0", "1"]);
        assert_eq!(labels(3.0, 4, true), ["0", "1", "2", "3"]);
        assert_eq!(labels(1_000.0, 4, true), ["0", "500", "1,000"]);
        assert_eq!(labels(1_001.0, 4, true), ["0", "500", "1,000", "1,500"]);
        assert_eq!(labels(2.5e6, 3, true), ["0", "1,000,000", "2,000,000", "3,000,000"]);
        assert_eq!(labels(0.3, 3, false), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(labels(0.07, 4, false), ["0", "0.02", "0.04", "0.06", "0.08"]);
    }

    #[test]
    fn numbers_have_separators_and_at_most_two_decimals() {
        assert_eq!(number(0.0), "0");
        assert_eq!(number(999.0), "999");
        assert_eq!(number(1_000.0), "1,000");
        assert_eq!(number(1_234_567.891), "1,234,567.89");
        assert_eq!(number(0.5), "0.50");
    }

    proptest! {
        #[test]
        fn ticks_cover_the_range_in_few_round_steps(
            mantissa in 0.0..1.0_f64,
            exponent in -7..16_i32,
            most in 1..12_u32,
            whole: bool,
        ) {
            let max = mantissa * libm::exp10(f64::from(exponent));
            let ticks = Ticks::covering(max, most, whole);
            prop_assert!([1, 2, 5].contains(&ticks.mantissa));
            prop_assert!((1..=most).contains(&ticks.intervals));
            prop_assert!(ticks.max() >= max);
            // No interval is idle, and no finer step would have done.
            prop_assert!(ticks.intervals == 1 || ticks.value(ticks.intervals - 1) < max);
            prop_assert!(!whole || ticks.exponent >= 0);
            let finer = match ticks.mantissa {
                1 => Ticks { mantissa: 5, exponent: ticks.exponent - 1, intervals: most },
                5 => Ticks { mantissa: 2, intervals: most, ..ticks },
                _ => Ticks { mantissa: 1, intervals: most, ..ticks },
            };
            let finest = if whole { 0 } else { FINEST };
            prop_assert!(finer.exponent < finest || finer.max() < max);
        }

        #[test]
        fn labels_read_back_as_their_values(max in 0.0..1e12_f64, most in 1..12_u32) {
            let ticks = Ticks::covering(max, most, false);
            for index in 0..=ticks.intervals() {
                let label = ticks.label(index).replace(',', "");
                prop_assert_eq!(label.parse::<f64>().ok(), Some(ticks.value(index)));
            }
        }
    }
}
