//! What a query that emits a window once, when it closes, has shown of what it read: `EMIT FINAL`.
//!
//! It follows the engine's rules, so that ages are those of what has really been emitted: a window
//! closes when stream time reaches its end and the grace; one that starts more than its size and grace
//! before the newest one has been dropped by its store and is never emitted.

use super::question::Shape;
use crate::sim::MS_NS;

/// Windows that are open, and how long closed ones waited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finals {
    stream_time: i64,
    /// Windows in ascending order, with the newest event of each, milliseconds. Few: those of a grace.
    open: Vec<(u32, u32)>,
    /// The longest time from the end of a window until it could be seen, nanoseconds.
    pub longest_wait: i64,
    /// Windows that could be seen.
    pub shown: u64,
    /// Windows that came to nothing.
    pub lost: u64,
}

impl Finals {
    /// An event counts.
    pub fn count(&mut self, shape: Shape, event: u32) {
        let window = shape.window(event);
        match self.open.binary_search_by_key(&window, |open| open.0) {
            Ok(at) => self.open[at].1 = event.max(self.open[at].1),
            Err(at) => self.open.insert(at, (window, event)),
        }
    }

    /// Stream time is at least `time` now, and the effect can be seen at `seen`, nanoseconds. Gives
    /// the newest event of what closed.
    pub fn pass(&mut self, shape: Shape, grace_ms: i64, time: i64, seen: i64) -> Option<i64> {
        self.stream_time = self.stream_time.max(time);
        let size = i64::from(shape.window_ms).max(1);
        let lost_below = self.stream_time - self.stream_time.rem_euclid(size) - size - grace_ms;
        let mut newest = None;
        let is_closed = |window| shape.window_end(window) + grace_ms <= self.stream_time;
        let closed = self.open.iter().take_while(|open| is_closed(open.0)).count();
        for (window, event) in self.open.drain(..closed) {
            let end = shape.window_end(window);
            if end - size < lost_below {
                self.lost += 1;
                continue;
            }
            self.shown += 1;
            self.longest_wait = self.longest_wait.max(seen - end * MS_NS);
            newest = newest.max(Some(i64::from(event) * MS_NS));
        }
        newest
    }

    /// Whether an event comes too late for its window.
    #[must_use]
    pub fn is_late(&self, shape: Shape, grace_ms: i64, event: u32) -> bool {
        shape.closes(event).saturating_add(grace_ms) <= self.stream_time
    }
}
