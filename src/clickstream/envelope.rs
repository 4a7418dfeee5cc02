//! The time envelope: 24 hourly weights joined by a periodic cubic spline, clamped at 0. Not here: how
//! sessions are drawn from it (`population.rs`).

use crate::time::{DAY_MS, HOUR_MS, Micros};

const HOURS: usize = 24;
const HOUR_MICROS: f64 = HOUR_MS as f64 * 1e3;
const DAY_MICROS: i64 = DAY_MS * 1_000;
/// Pieces of an hour in the integral. Simpson's rule is exact for cubics, so only the piece in which
/// the clamp sets in is approximate.
const PIECES: u32 = 64;

/// A weight for each moment of a day, in UTC.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Envelope {
    /// For each hour the cubic's coefficients, of `(t − hour)⁰` to `(t − hour)³`, in hours.
    pieces: [[f64; 4]; HOURS],
}

impl Envelope {
    pub(super) fn new(values: &[f64; HOURS]) -> Self {
        let second = second_derivatives(values);
        let piece = |hour: usize| {
            let next = (hour + 1) % HOURS;
            let slope = values[next] - values[hour] - (2.0 * second[hour] + second[next]) / 6.0;
            [values[hour], slope, second[hour] / 2.0, (second[next] - second[hour]) / 6.0]
        };
        Self { pieces: std::array::from_fn(piece) }
    }

    /// The weight at `at`.
    pub(super) fn weight(&self, at: Micros) -> f64 {
        self.at_hours(at.0.rem_euclid(DAY_MICROS) as f64 / HOUR_MICROS)
    }

    fn at_hours(&self, hours: f64) -> f64 {
        let hour = (hours as usize).min(HOURS - 1);
        let [a, b, c, d] = self.pieces[hour];
        let t = hours - hour as f64;
        (a + t * (b + t * (c + t * d))).max(0.0)
    }

    /// The integral of the weight over `hour` (0–23), in weight × hours.
    pub(super) fn hour_integral(&self, hour: usize) -> f64 {
        let step = 1.0 / f64::from(PIECES);
        let piece = |i: u32| {
            let at = |part: f64| {
                // The end of a day is the end of its last hour, not the start of its first.
                let [a, b, c, d] = self.pieces[hour];
                let t = (f64::from(i) + part) * step;
                (a + t * (b + t * (c + t * d))).max(0.0)
            };
            (at(0.0) + 4.0 * at(0.5) + at(1.0)) * step / 6.0
        };
        (0..PIECES).map(piece).sum()
    }

    /// The mean weight of a day.
    pub(super) fn mean(&self) -> f64 {
        (0..HOURS).map(|hour| self.hour_integral(hour)).sum::<f64>() / HOURS as f64
    }

    /// A bound that the weight never exceeds, and reaches up to rounding.
    pub(super) fn most(&self) -> f64 {
        let peaks = self.pieces.iter().map(|piece| peak(*piece));
        peaks.fold(0.0, f64::max) * (1.0 + 1e-9)
    }
}

/// The largest value of a cubic on `[0, 1]`: at an end, or where the slope is 0.
fn peak([a, b, c, d]: [f64; 4]) -> f64 {
    let value = |t: f64| a + t * (b + t * (c + t * d));
    let root = (c * c - 3.0 * b * d).max(0.0).sqrt();
    let turns = [(-c + root) / (3.0 * d), (-c - root) / (3.0 * d), -b / (2.0 * c)];
    let inside = turns.into_iter().filter(|t| (0.0..=1.0).contains(t)).map(value);
    inside.fold(value(0.0).max(value(1.0)), f64::max)
}

/// The second derivatives of the periodic spline at its knots, an hour apart: `m₋ + 4m + m₊ =
/// 6(y₋ − 2y + y₊)` (de Boor, A Practical Guide to Splines). The system is diagonally dominant, so
/// elimination needs no pivots.
fn second_derivatives(y: &[f64; HOURS]) -> [f64; HOURS] {
    let mut rows = [[0.0; HOURS + 1]; HOURS];
    for i in 0..HOURS {
        let (before, after) = ((i + HOURS - 1) % HOURS, (i + 1) % HOURS);
        rows[i][i] = 4.0;
        rows[i][before] = 1.0;
        rows[i][after] = 1.0;
        rows[i][HOURS] = 6.0 * (y[before] - 2.0 * y[i] + y[after]);
    }
    for i in 0..HOURS {
        let pivot = rows[i];
        for row in rows.iter_mut().skip(i + 1) {
            let factor = row[i] / pivot[i];
            for (cell, above) in row.iter_mut().zip(pivot) {
                *cell -= factor * above;
            }
        }
    }
    let mut m = [0.0; HOURS];
    for i in (0..HOURS).rev() {
        let known: f64 = (i + 1..HOURS).map(|j| rows[i][j] * m[j]).sum();
        m[i] = (rows[i][HOURS] - known) / rows[i][i];
    }
    m
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clickstream::Config;

    fn news() -> Envelope {
        Envelope::new(&Config::default().modes[0].envelope)
    }

    #[test]
    fn it_passes_through_the_hourly_values_and_joins_smoothly() {
        let values = Config::default().modes[0].envelope;
        let envelope = news();
        for (hour, value) in values.iter().enumerate() {
            assert!((envelope.at_hours(hour as f64) - value).abs() < 1e-9);
            let ([_, b, c, d], [_, b2, c2, _]) =
                (envelope.pieces[hour], envelope.pieces[(hour + 1) % HOURS]);
            assert!((b + 2.0 * c + 3.0 * d - b2).abs() < 1e-9, "slope at the end of {hour}");
            assert!((2.0 * c + 6.0 * d - 2.0 * c2).abs() < 1e-9, "curvature at the end of {hour}");
        }
    }

    #[test]
    fn it_is_never_negative_nor_above_its_bound() {
        let mut spiky = [0.0; HOURS];
        spiky[3] = 1000.0;
        for envelope in [news(), Envelope::new(&spiky)] {
            let weights = (0..24 * 600).map(|i| envelope.at_hours(f64::from(i) / 600.0));
            let (low, high) = weights.fold((f64::MAX, 0.0_f64), |(l, h), w| (l.min(w), h.max(w)));
            assert!(low >= 0.0);
            assert!(high <= envelope.most() && high > 0.999 * envelope.most());
        }
        // Beside a peak the spline dips below 0, and is clamped there.
        assert_eq!(Envelope::new(&spiky).at_hours(1.5), 0.0);
    }

    #[test]
    fn integrals_agree_with_a_fine_sum() {
        let mut spiky = [0.0; HOURS];
        spiky[3] = 1000.0;
        for envelope in [news(), Envelope::new(&spiky)] {
            for hour in 0..HOURS {
                let sum: f64 = (0..20_000)
                    .map(|i| envelope.at_hours(hour as f64 + (f64::from(i) + 0.5) / 20_000.0))
                    .sum();
                let integral = envelope.hour_integral(hour);
                assert!((integral - sum / 20_000.0).abs() < 0.01, "{hour}: {integral}");
            }
        }
        let flat = Envelope::new(&[500.0; HOURS]);
        assert!((flat.mean() - 500.0).abs() < 1e-9 && (flat.most() - 500.0).abs() < 1e-3);
    }
}
