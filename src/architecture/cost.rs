//! The cost model: what time and storage take. The only thing that is modelled, not done.

use crate::sim::MS_NS;

/// Constants of the model. Each is a knob, whose help names the source of the default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// μ: events that a worker processes in a second.
    pub rate: f64,
    /// p: workers of a job.
    pub workers: u32,
    /// u: how long a job's workers take to start, milliseconds.
    pub startup_ms: i64,
    /// Price of a worker for an hour, dollars.
    pub worker_hour: f64,
    /// Price of a gigabyte for 30 days, dollars.
    pub gigabyte_month: f64,
    /// Size of an event in a store, bytes.
    pub event_bytes: f64,
    /// How many events of the real stream one simulated event stands for.
    pub scale: u32,
}

impl Cost {
    /// How long a job works on one simulated event, nanoseconds.
    #[must_use]
    pub fn service_ns(&self) -> i64 {
        let per_second = self.rate * f64::from(self.workers);
        libm::round(1e9 * f64::from(self.scale) / per_second) as i64
    }

    /// How long a batch over `events` simulated events takes, milliseconds: u + N/(pμ).
    #[must_use]
    pub fn batch_ms(&self, events: u64) -> i64 {
        let work = self.service_ns() as f64 * events as f64 / MS_NS as f64;
        self.startup_ms + libm::round(work) as i64
    }

    /// Bytes of stored events.
    #[must_use]
    pub fn stored(&self, events: u64) -> u64 {
        libm::round(self.event_bytes * events as f64 * f64::from(self.scale)) as u64
    }

    /// Dollars for a job that works for `busy_ns` in all, on all its workers.
    #[must_use]
    pub fn work_price(&self, busy_ns: i64) -> f64 {
        busy_ns as f64 / 3.6e12 * f64::from(self.workers) * self.worker_hour
    }

    /// Dollars for bytes held over a time.
    #[must_use]
    pub fn storage_price(&self, bytes: u64, for_ms: i64) -> f64 {
        bytes as f64 / 1e9 * self.gigabyte_month * for_ms as f64 / 2.592e9
    }
}
