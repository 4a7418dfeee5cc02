//! Records on their way to a sink: as many as the sink has room for and the rate makes due. Nothing is
//! made that is not sent, and nothing that was made is dropped.
//!
//! Not here: requests, clocks and threads. The page (`web`) and the command line (`cli`) call
//! [`Feed::fill`] again and again. Where records come from is in [`origin`].

pub mod origin;

use std::collections::VecDeque;

use crate::clickstream::{Config, Stream};
use crate::feed::origin::{Made, Origin};
use crate::sink::protocol::{RateSetting, Timestamps};
use crate::sink::rate::Pace;
use crate::sink::{Offered, Sender, retime};
use crate::time::Micros;

/// The generator's topics, by the names that settings have for them.
pub const STREAMS: [(&str, Stream); 3] =
    [("mixed", Stream::Mixed), ("orders", Stream::Orders), ("shipments", Stream::Shipments)];

/// The most records made before the caller has its turn.
const BATCH: u64 = 2_048;

/// How fast and until when.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
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
type Spilled = (u32, Option<Vec<u8>>, Option<Vec<u8>>);

/// A source of records before a sink.
#[derive(Debug)]
pub struct Feed<'a> {
    origin: Box<dyn Origin + 'a>,
    plan: Plan,
    pace: Pace,
    start: Micros,
    left: u64,
    taken: u64,
    spill: VecDeque<Spilled>,
    is_over: bool,
}

impl<'a> Feed<'a> {
    /// A feed that has sent nothing; its pace stands still. `config` has the site's envelope.
    #[must_use]
    pub fn new(origin: Box<dyn Origin + 'a>, config: &Config, plan: Plan) -> Self {
        let envelope = std::array::from_fn(|hour| config.expected_sessions(hour));
        Self {
            pace: Pace::new(plan.rate, envelope),
            start: origin.now(),
            left: plan.most,
            taken: 0,
            spill: VecDeque::new(),
            is_over: false,
            origin,
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

    /// Makes records as far as there is room and they are due; says whether any were.
    pub fn fill(&mut self, sender: &mut Sender, now: f64, utc: Micros) -> bool {
        while let Some((topic, key, value)) = self.spill.front() {
            if sender.offer(*topic, key.as_deref(), value.as_deref(), now) != Offered::Accepted {
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
            timestamps: self.plan.timestamps,
            now,
            utc,
            left: self.left,
            value: Vec::new(),
        };
        let busy = self.origin.make(until, most, &mut |made| taker.take(made));
        self.taken += self.left - taker.left;
        self.left = taker.left;
        self.is_over = !busy && self.origin.is_over(end);
        busy
    }

    /// Whether everything was handed to the sink.
    #[must_use]
    pub fn is_done(&self) -> bool {
        (self.left == 0 || self.is_over) && self.spill.is_empty()
    }

    /// Whether the records that are still wanted will never come.
    #[must_use]
    pub const fn has_run_dry(&self) -> bool {
        self.is_over && self.left > 0
    }

    /// Records made so far.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// Records that were gone before they could be taken.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.origin.lost()
    }

    /// By how many records the run is behind its rate (0 where the rate counts none), and by how many
    /// milliseconds.
    #[must_use]
    pub fn lag(&self) -> (u64, f64) {
        let virtual_micros = self.origin.now().0 - self.start.0;
        let records = self.pace.records(self.taken).unwrap_or(0).min(self.left);
        (records, self.pace.lag_ms(self.taken, virtual_micros))
    }
}

/// Hands records to the sink.
struct Taker<'a> {
    sender: &'a mut Sender,
    spill: &'a mut VecDeque<Spilled>,
    timestamps: Timestamps,
    now: f64,
    utc: Micros,
    left: u64,
    value: Vec<u8>,
}

impl Taker<'_> {
    fn take(&mut self, made: &Made<'_>) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let value = made.value.map(|value| {
            let moved = retime::moved(self.timestamps, made.event_time, made.arrival, self.utc);
            retime::rewrite(value, made.event_time, moved, &mut self.value);
            &*self.value
        });
        let waits = !self.spill.is_empty();
        if waits || self.sender.offer(made.topic, made.key, value, self.now) != Offered::Accepted {
            let key = made.key.map(<[u8]>::to_vec);
            self.spill.push_back((made.topic, key, value.map(<[u8]>::to_vec)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clickstream::Generator;
    use crate::feed::origin::Raw;
    use crate::rng::Seed;
    use crate::sink::protocol::{ConnectSettings, TopicMapping};
    use crate::sink::{Action, Outcome, Target};

    fn sender() -> Sender {
        let topic = TopicMapping { from: "mixed".to_owned(), to: "imply-news".to_owned() };
        let settings = ConnectSettings { topics: vec![topic], ..ConnectSettings::default() };
        Sender::new(Target::new(&settings).expect("valid"), "", Seed(1), 0.0)
    }

    fn feed(rate: RateSetting, most: u64) -> Feed<'static> {
        let config = Arc::new(Config::default());
        let timestamps = Timestamps::Simulated;
        let plan = Plan { rate, timestamps, end: Micros(i64::MAX), most };
        let generator = Generator::new(Arc::clone(&config), Seed(7));
        let raw = Raw { generator, streams: vec![Stream::Mixed], wants: &|_| true };
        Feed::new(Box::new(raw), &config, plan)
    }

    #[test]
    fn a_full_sink_holds_the_generator() {
        let (mut sender, mut feed) = (sender(), feed(RateSetting::AsFastAsPossible, u64::MAX));
        while feed.fill(&mut sender, 0.0, Micros(0)) {}
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
        while feed.fill(&mut sender, 0.0, Micros(0)) {}
        assert_eq!((feed.taken(), feed.lag().0), (100, 0));
        feed.hold();
        feed.advance(60_000.0, Micros(0));
        feed.advance(65_000.0, Micros(0));
        while feed.fill(&mut sender, 0.0, Micros(0)) {}
        assert_eq!(feed.taken(), 150);
        assert!(feed.is_done() && !feed.has_run_dry());
        sender.drain(0.0);
        while let Action::Send(request) = sender.poll(0.0) {
            sender.answer(request.id, Outcome::NotSent(String::new()), 0.0);
        }
        assert_eq!(sender.counters(0.0).accepted, 150);
    }
}
