//! Virtual time. Not here: any clock. Only `main` and `web` know what time it is outside.

use serde::{Deserialize, Serialize};

/// Milliseconds in a second, a minute, an hour and a day.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in a day.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A point in event time or stream time: milliseconds since 1970-01-01T00:00:00Z, as in Kafka.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Before every record.
    pub const MIN: Self = Self(i64::MIN);

    /// This point moved by `ms`; stops at the ends of the range instead of wrapping.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this point.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A point on the generator's virtual clock: microseconds since 1970-01-01T00:00:00Z.
///
/// The clickstream's `timestamp` carries six digits after the point; Kafka's only three, so the
/// generator keeps the finer one and everything behind it sees [`Micros::timestamp`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// The first microsecond of a Kafka timestamp.
    #[must_use]
    pub const fn from_timestamp(timestamp: Timestamp) -> Self {
        Self(timestamp.0.saturating_mul(1_000))
    }

    /// The Kafka timestamp that contains this point (rounded towards the past).
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        Timestamp(self.0.div_euclid(1_000))
    }

    /// This point moved by `micros`; stops at the ends of the range instead of wrapping.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn micros_round_towards_the_past() {
        assert_eq!(Micros(1_999).timestamp(), Timestamp(1));
        assert_eq!(Micros(-1).timestamp(), Timestamp(-1));
        assert_eq!(Micros::from_timestamp(Timestamp(5)), Micros(5_000));
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Timestamp(i64::MAX).plus_ms(1), Timestamp(i64::MAX));
        assert_eq!(Timestamp(1).since_ms(Timestamp::MIN), i64::MAX);
    }
}
