//! The delivered events in columns, in the order in which they arrived: one store for all lanes.
//!
//! It only grows. Sealed segments are shared between a run and its checkpoints. An event is 21 bytes;
//! the cost model charges every lane for a copy of its own.

use std::ops::Range;
use std::sync::Arc;

/// Events in a segment.
const SEGMENT: usize = 1 << 16;

/// An event, as the source makes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Click {
    /// When it happened, milliseconds since the start of the run.
    pub event: u32,
    /// Who clicked.
    pub user: u32,
    /// In which session.
    pub session: u32,
    /// Index in [`CONTENTS`].
    pub content: u8,
    /// Index in [`CHANNELS`].
    pub channel: u8,
    /// Whether this is the page on which people subscribe.
    pub subscribes: bool,
}

/// What articles are about, by index: the clickstream's `contentId`.
pub const CONTENTS: [&str; 7] = ["News", "Comment", "World", "Business", "Sport", "Puzzle", "Law"];
/// Where visitors come from, by index: the clickstream's `channel`.
pub const CHANNELS: [&str; 5] =
    ["social media", "organic search", "paid search", "display", "affiliate"];

/// The event is on the page on which people subscribe.
pub const SUBSCRIBES: u8 = 1;
/// The event is a second copy.
pub const COPY: u8 = 2;
/// The event took longer than others.
pub const LATE: u8 = 4;
/// The event carries values that are not as agreed.
pub const BAD: u8 = 8;

/// Events in columns.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// When each happened, milliseconds since the start.
    pub event: Vec<u32>,
    /// When each arrived; never falls.
    pub arrival: Vec<u32>,
    /// Who.
    pub user: Vec<u32>,
    /// In which session.
    pub session: Vec<u32>,
    /// Index in [`CONTENTS`].
    pub content: Vec<u8>,
    /// Index in [`CHANNELS`].
    pub channel: Vec<u8>,
    /// Bits: [`SUBSCRIBES`], [`COPY`], [`LATE`], [`BAD`].
    pub flags: Vec<u8>,
    /// The largest event time in all segments before.
    stream_time: u32,
    /// Events in it that are [`BAD`].
    bad: u32,
}

/// Events that follow each other in one segment.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// The offset of the first.
    pub offset: u64,
    /// See [`Segment`].
    pub event: &'a [u32],
    /// See [`Segment`].
    pub arrival: &'a [u32],
    /// See [`Segment`].
    pub user: &'a [u32],
    /// See [`Segment`].
    pub session: &'a [u32],
    /// See [`Segment`].
    pub content: &'a [u8],
    /// See [`Segment`].
    pub channel: &'a [u8],
    /// See [`Segment`].
    pub flags: &'a [u8],
    /// Whether any event of the segment is [`BAD`].
    pub any_bad: bool,
}

impl Rows<'_> {
    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.event.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.event.is_empty()
    }
}

/// All delivered events.
#[derive(Clone, Debug, Default)]
pub struct Store {
    segments: Vec<Arc<Segment>>,
    len: u64,
    stream_time: u32,
}

impl Store {
    /// How many events there are: the offset of the next one.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether any event is [`BAD`].
    #[must_use]
    pub fn any_bad(&self) -> bool {
        self.segments.iter().any(|segment| segment.bad > 0)
    }

    /// Appends an event that arrives now.
    pub fn push(&mut self, arrival: u32, click: &Click, marks: u8) {
        if self.len.is_multiple_of(SEGMENT as u64) {
            let segment = Segment { stream_time: self.stream_time, ..Segment::default() };
            self.segments.push(Arc::new(segment));
        }
        let last = self.segments.last_mut().expect("one was just made if there was none");
        let segment = Arc::make_mut(last);
        segment.event.push(click.event);
        segment.arrival.push(arrival);
        segment.user.push(click.user);
        segment.session.push(click.session);
        segment.content.push(click.content);
        segment.channel.push(click.channel);
        segment.flags.push(marks | if click.subscribes { SUBSCRIBES } else { 0 });
        segment.bad += u32::from(marks & BAD != 0);
        self.stream_time = self.stream_time.max(click.event);
        self.len += 1;
    }

    /// The events of some offsets, a segment at a time.
    pub fn rows(&self, offsets: Range<u64>) -> impl Iterator<Item = Rows<'_>> {
        let end = offsets.end.min(self.len);
        let mut at = offsets.start;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (segment, from) = ((at / SEGMENT as u64) as usize, (at % SEGMENT as u64) as usize);
            let to = (end - (at - from as u64)).min(SEGMENT as u64) as usize;
            let (offset, s) = (at, &*self.segments[segment]);
            at += (to - from) as u64;
            Some(Rows {
                offset,
                event: &s.event[from..to],
                arrival: &s.arrival[from..to],
                user: &s.user[from..to],
                session: &s.session[from..to],
                content: &s.content[from..to],
                channel: &s.channel[from..to],
                flags: &s.flags[from..to],
                any_bad: s.bad > 0,
            })
        })
    }

    /// The offset of the first event that arrived at `time` or later.
    #[must_use]
    pub fn first_arriving_at(&self, time: i64) -> u64 {
        let Ok(time) = u32::try_from(time.max(0)) else { return self.len };
        let before = |segment: &Arc<Segment>| segment.arrival.last().is_some_and(|at| *at < time);
        let segment = self.segments.partition_point(before);
        let Some(found) = self.segments.get(segment) else { return self.len };
        let within = found.arrival.partition_point(|at| *at < time);
        segment as u64 * SEGMENT as u64 + within as u64
    }

    /// When the event of an offset arrived.
    #[must_use]
    pub fn arrival(&self, offset: u64) -> Option<i64> {
        let segment = self.segments.get((offset / SEGMENT as u64) as usize)?;
        segment.arrival.get((offset % SEGMENT as u64) as usize).map(|at| i64::from(*at))
    }

    /// The largest event time below an offset: a job's stream time when it has read so far.
    #[must_use]
    pub fn stream_time_before(&self, offset: u64) -> u32 {
        let start = offset - offset % SEGMENT as u64;
        let Some(segment) = self.segments.get((start / SEGMENT as u64) as usize) else {
            return self.stream_time;
        };
        let within = (offset - start) as usize;
        segment.event[..within].iter().fold(segment.stream_time, |most, at| most.max(*at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_over_segments() {
        let mut store = Store::default();
        let n = 3 * SEGMENT as u32 / 2;
        for i in 0..n {
            let click = Click { event: i ^ 7, user: i, subscribes: i % 2 == 0, ..Click::default() };
            store.push(i / 4, &click, if i % 3 == 0 { COPY } else { 0 });
        }
        let from = SEGMENT as u64 - 10;
        let users: Vec<u32> =
            store.rows(from..from + 20).flat_map(|rows| rows.user.to_vec()).collect();
        assert_eq!(users, (from as u32..from as u32 + 20).collect::<Vec<_>>());
        assert_eq!(store.rows(0..u64::MAX).map(|rows| rows.len()).sum::<usize>(), n as usize);
        for time in [0, 1, 100, i64::from(n) / 4 - 1, i64::from(n), i64::MAX] {
            let expect = (0..n).filter(|i| i64::from(i / 4) < time).count() as u64;
            assert_eq!(store.first_arriving_at(time), expect, "{time}");
        }
        for offset in [0_u32, 1, 9, SEGMENT as u32, SEGMENT as u32 + 5, n] {
            let expect = (0..offset).map(|i| i ^ 7).max().unwrap_or(0);
            assert_eq!(store.stream_time_before(u64::from(offset)), expect, "{offset}");
        }
        let shared = store.clone();
        store.push(n, &Click::default(), 0);
        assert_eq!((shared.len() + 1, shared.arrival(u64::from(n))), (store.len(), None));
    }
}
