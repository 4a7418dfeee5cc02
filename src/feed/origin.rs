//! Where the records that are sent come from: the generator as it is, or queries over it.

use std::fmt;

use crate::clickstream::{Generator, Sent, Sink, Stream};
use crate::lab::outlet::Outlet;
use crate::lab::run::Run;
use crate::time::Micros;

/// A record that was made.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// The place of its topic among those that are sent.
    pub topic: u32,
    /// The key's bytes.
    pub key: Option<&'a [u8]>,
    /// The value's bytes; nothing is a tombstone.
    pub value: Option<&'a [u8]>,
    /// When it happened.
    pub event_time: Micros,
    /// When it came.
    pub arrival: Micros,
}

/// A source of records in virtual time.
pub trait Origin: fmt::Debug {
    /// Where virtual time is.
    fn now(&self) -> Micros;

    /// Makes some records, at most `most` and up to `until`, and says whether anything was done.
    fn make(&mut self, until: Micros, most: u64, take: &mut dyn FnMut(&Made<'_>)) -> bool;

    /// Whether nothing more comes before `end`.
    fn is_over(&self, end: Micros) -> bool;

    /// Records that were gone before they could be taken.
    fn lost(&self) -> u64;
}

/// The generator's records as they are.
pub struct Raw<'a> {
    /// What makes them.
    pub generator: Generator,
    /// The topics that are sent.
    pub streams: Vec<Stream>,
    /// Whether a record is wanted.
    pub wants: &'a dyn Fn(&Sent<'_>) -> bool,
}

impl fmt::Debug for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw").field("streams", &self.streams).finish_non_exhaustive()
    }
}

impl Origin for Raw<'_> {
    fn now(&self) -> Micros {
        self.generator.now()
    }

    fn make(&mut self, until: Micros, most: u64, take: &mut dyn FnMut(&Made<'_>)) -> bool {
        let mut taker = Taker { streams: &self.streams, wants: self.wants, take };
        self.generator.run(until, most, &mut taker) > 0
    }

    fn is_over(&self, end: Micros) -> bool {
        self.generator.next_step().is_none_or(|next| next >= end)
    }

    fn lost(&self) -> u64 {
        0
    }
}

struct Taker<'a> {
    streams: &'a [Stream],
    wants: &'a dyn Fn(&Sent<'_>) -> bool,
    take: &'a mut dyn FnMut(&Made<'_>),
}

impl Sink for Taker<'_> {
    fn record(&mut self, record: &Sent<'_>) {
        let topic = self.streams.iter().position(|stream| *stream == record.stream);
        let Some(topic) = topic.filter(|_| (self.wants)(record)) else { return };
        (self.take)(&Made {
            topic: topic as u32,
            key: record.key,
            value: Some(record.value),
            event_time: record.event_time,
            arrival: record.arrival,
        });
    }
}

/// What queries write to topics.
#[derive(Debug)]
pub struct Queried {
    run: Run,
    outlet: Outlet,
}

impl Queried {
    /// What the topics of these names receive from the beginning of `run` on.
    ///
    /// # Errors
    /// A line for each name of which there is no topic.
    pub fn new<'n>(
        run: Run,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, Vec<String>> {
        let all = run.engine().topics();
        let outlet = Outlet::new(all, names).map_err(|missing| {
            let there: Vec<_> = all.iter().map(|(_, topic)| topic.name()).collect();
            let there = there.join(", ");
            let of = |name| format!("there is no topic `{name}`; there are {there}");
            missing.into_iter().map(of).collect::<Vec<_>>()
        })?;
        Ok(Self { run, outlet })
    }
}

impl Origin for Queried {
    fn now(&self) -> Micros {
        self.run.at().clock
    }

    fn make(&mut self, until: Micros, most: u64, take: &mut dyn FnMut(&Made<'_>)) -> bool {
        let topics = self.run.engine().topics();
        // What is there goes before a turn makes more, so that topics never fill up behind a slow proxy.
        let polled = self.outlet.poll(topics, most as usize, |topic, record| {
            let time = Micros::from_timestamp(record.timestamp);
            take(&Made {
                topic: topic as u32,
                key: record.key,
                value: record.value,
                event_time: time,
                arrival: time,
            });
        });
        if polled == 0 && self.run.next_grid() <= until {
            self.run.turn();
            return true;
        }
        polled > 0
    }

    fn is_over(&self, end: Micros) -> bool {
        self.run.next_grid() > end && self.outlet.lag(self.run.engine().topics()) == 0
    }

    fn lost(&self) -> u64 {
        self.outlet.lost_to_retention()
    }
}
