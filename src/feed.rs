//! The generator's records on their way to a sink: as many as the sink has room for and the rate makes
//! due. Nothing is made that is not sent, and nothing that was made is dropped.
//!
//! Not here: requests, clocks and threads. The page (`web`) and the command line (`cli`) call
//! [`Feed::fill`] again and again.

use std::collections::VecDeque;

use crate::clickstream::{Generator, Sent, Sink, Stream};
use crate::sink::protocol::{RateSetting, Timestamps};
use crate::sink::rate::Pace;
use crate::sink::{Offered, Sender, retime};
use crate::time::Micros;

/// The generator's topics, by the names that settings have for them.
pub const STREAMS: [(&str, Stream); 3] =
    [("mixed", Stream::Mixed), ("orders", Stream::Orders), ("shipments", Stream::Shipments)];

/// The most records made before the caller has its turn.
const BATCH: u64 = 2_048;

/// What is sent, how fast and until when.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The generator's topics, by the places of their topics of Kafka in the settings.
    pub topics: Vec<Stream>,
    /// How fast.
    pub rate: RateSetting,
    /// What becomes of the event timestamps.
    pub timestamps: Timestamps,
    /// Where virtual time ends.
    pub end: Micros,
    /// How many records at most.
    pub most: u64,
}

/// A record that was made and waits for room: topic, key and value.
type Spilled = (u32, Option<Vec<u8>>, Vec<u8>);

/// A generator before a sink.
#[derive(Debug)]
pub struct Feed {
    generator: Generator,
    plan: Plan,
    pace: Pace,
    start: Micros,
    left: u64,
    taken: u64,
    spill: VecDeque<Spilled>,
    is_over: bool,
}

impl Feed {
    /// A feed that has sent nothing; its pace stands still.
    #[must_use]
    pub fn new(generator: Generator, plan: Plan) -> Self {
        let config = generator.config();
        let envelope = std::array::from_fn(|hour| config.expected_sessions(hour));
        Self {
            pace: Pace::new(plan.rate, envelope),
            start: generator.now(),
            left: plan.most,
            taken: 0,
            spill: VecDeque::new(),
            is_over: false,
            generator,
            plan,
        }
    }

    /// Lets time go on to `now`, in milliseconds on the sink's clock; `utc` is the time of day's clock.
    pub fn advance(&mut self, now: f64, utc: Micros) {
        self.pace.advance(now, utc.0 as f64 / 1e3);
    }

    /// Lets the pace stand still until the next [`Self::advance`]: a pause is not made up for.
    pub fn hold(&mut self) {
        self.pace.hold();
    }

    /// Makes those records that `wants` takes, as far as there is room and they are due; says whether
    /// any were.
    pub fn fill(
        &mut self,
        sender: &mut Sender,
        now: f64,
        utc: Micros,
        wants: &dyn Fn(&Sent<'_>) -> bool,
    ) -> bool {
        while let Some((topic, key, value)) = self.spill.front() {
            if sender.offer(*topic, key.as_deref(), Some(value), now) != Offered::Accepted {
                return false;
            }
            self.spill.pop_front();
        }
        let due = self.pace.records(self.taken).unwrap_or(u64::MAX);
        let most = sender.room().min(due).min(self.left).min(BATCH);
        if most == 0 || self.is_over {
            return false;
        }
        let end = self.plan.end;
        let until = self.pace.virtual_micros().map_or(end, |at| self.start.plus(at).min(end));
        let mut taker = Taker {
            sender,
            spill: &mut self.spill,
            topics: &self.plan.topics,
            timestamps: self.plan.timestamps,
            wants,
            now,
            utc,
            left: self.left,
            value: Vec::new(),
        };
        let delivered = self.generator.run(until, most, &mut taker);
        self.taken += self.left - taker.left;
        self.left = taker.left;
        let next = self.generator.next_step();
        self.is_over = delivered == 0 && next.is_none_or(|next| next >= end);
        delivered > 0
    }

    /// Whether everything was handed to the sink.
    #[must_use]
    pub fn is_done(&self) -> bool {
        (self.left == 0 || self.is_over) && self.spill.is_empty()
    }

    /// Whether the generator will never make the records that are still wanted.
    #[must_use]
    pub const fn has_run_dry(&self) -> bool {
        self.is_over && self.left > 0
    }

    /// Records made so far.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// By how many records the run is behind its rate (0 where the rate counts none), and by how many
    /// milliseconds.
    #[must_use]
    pub fn lag(&self) -> (u64, f64) {
        let virtual_micros = self.generator.now().0 - self.start.0;
        let records = self.pace.records(self.taken).unwrap_or(0).min(self.left);
        (records, self.pace.lag_ms(self.taken, virtual_micros))
    }
}

/// Hands records to the sink.
struct Taker<'a> {
    sender: &'a mut Sender,
    spill: &'a mut VecDeque<Spilled>,
    topics: &'a [Stream],
    timestamps: Timestamps,
    wants: &'a dyn Fn(&Sent<'_>) -> bool,
    now: f64,
    utc: Micros,
    left: u64,
    value: Vec<u8>,
}

impl Sink for Taker<'_> {
    fn record(&mut self, record: &Sent<'_>) {
        let topic = self.topics.iter().position(|stream| *stream == record.stream);
        let Some(topic) = topic.filter(|_| self.left > 0 && (self.wants)(record)) else { return };
        let (event, arrival) = (record.event_time, record.arrival);
        let moved = retime::moved(self.timestamps, event, arrival, self.utc);
        retime::rewrite(record.value, event, moved, &mut self.value);
        self.left -= 1;
        let topic = topic as u32;
        let waits = !self.spill.is_empty();
        if waits
            || self.sender.offer(topic, record.key, Some(&self.value), self.now)
                != Offered::Accepted
        {
            self.spill.push_back((topic, record.key.map(<[u8]>::to_vec), self.value.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clickstream::Config;
    use crate::rng::Seed;
    use crate::sink::protocol::{ConnectSettings, TopicMapping};
    use crate::sink::{Action, Outcome, Target};

    fn sender() -> Sender {
        let topic = TopicMapping { from: "mixed".to_owned(), to: "imply-news".to_owned() };
        let settings = ConnectSettings { topics: vec![topic], ..ConnectSettings::default() };
        Sender::new(Target::new(&settings).expect("valid"), "", Seed(1), 0.0)
    }

    fn feed(rate: RateSetting, most: u64) -> Feed {
        let plan = Plan {
            topics: vec![Stream::Mixed],
            rate,
            timestamps: Timestamps::Simulated,
            end: Micros(i64::MAX),
            most,
        };
        Feed::new(Generator::new(Arc::new(Config::default()), Seed(7)), plan)
    }

    #[test]
    fn a_full_sink_holds_the_generator() {
        let (mut sender, mut feed) = (sender(), feed(RateSetting::AsFastAsPossible, u64::MAX));
        while feed.fill(&mut sender, 0.0, Micros(0), &|_| true) {}
        assert_eq!(sender.room(), 0);
        assert_eq!(sender.counters(0.0).accepted + feed.spill.len() as u64, feed.taken());
        assert!(!feed.is_done());
    }

    #[test]
    fn a_limit_is_met_exactly_and_a_pause_is_not_made_up_for() {
        let rate = RateSetting::Constant { per_second: 100.0 };
        let (mut sender, mut feed) = (sender(), feed(rate, 150));
        feed.advance(0.0, Micros(0));
        feed.advance(1_000.0, Micros(0));
        assert_eq!(feed.lag(), (100, 1_000.0));
        while feed.fill(&mut sender, 0.0, Micros(0), &|_| true) {}
        assert_eq!((feed.taken(), feed.lag().0), (100, 0));
        feed.hold();
        feed.advance(60_000.0, Micros(0));
        feed.advance(65_000.0, Micros(0));
        while feed.fill(&mut sender, 0.0, Micros(0), &|_| true) {}
        assert_eq!(feed.taken(), 150);
        assert!(feed.is_done() && !feed.has_run_dry());
        sender.drain(0.0);
        while let Action::Send(request) = sender.poll(0.0) {
            sender.answer(request.id, Outcome::NotSent(String::new()), 0.0);
        }
        assert_eq!(sender.counters(0.0).accepted, 150);
    }
}
