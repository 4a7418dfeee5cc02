//! How long a log keeps events.

/// Segments of the log go as a whole, when their last event is older than the retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How long events are kept, milliseconds.
    pub ms: i64,
    /// How much time a segment holds, milliseconds.
    pub segment_ms: i64,
}

impl Retention {
    /// The first arrival that is kept at `now`.
    #[must_use]
    pub fn kept_from(self, now: i64) -> i64 {
        let oldest = (now - self.ms).max(0);
        oldest - oldest.rem_euclid(self.segment_ms.max(1))
    }

    /// From when on an event that arrived at `arrival` is gone.
    #[must_use]
    pub fn gone_at(self, arrival: i64) -> i64 {
        let segment = self.segment_ms.max(1);
        self.ms + (arrival.div_euclid(segment) + 1) * segment
    }
}

#[cfg(test)]
mod tests {
    use super::Retention;

    #[test]
    fn a_segment_goes_when_its_last_event_does() {
        let retention = Retention { ms: 50, segment_ms: 20 };
        for now in 0..300 {
            for arrival in 0..now {
                let kept = arrival >= retention.kept_from(now);
                assert_eq!(kept, now < retention.gone_at(arrival), "{arrival} at {now}");
            }
        }
        assert_eq!(
            [retention.gone_at(0), retention.gone_at(19), retention.gone_at(20)],
            [70, 70, 90]
        );
    }
}
