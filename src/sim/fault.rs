//! The way from the source to the topic: delay, late shares, drops, duplicates, bad data, outages.
//!
//! What befalls one event is drawn from substreams of its own kind, so that a fault that is turned on
//! moves nothing else.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::NEVER;
use crate::rng::{Seed, Stream};

/// How long events take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delay {
    /// All the same.
    Constant(f64),
    /// Exponential with this mean, milliseconds: survival S(x) = e^(−x/mean).
    Exponential(f64),
    /// Uniform from 0 to twice the mean, milliseconds: S(x) = 1 − x/(2·mean).
    Uniform(f64),
    /// Log-normal with median, milliseconds, and standard deviation of the logarithm.
    LogNormal(f64, f64),
}

impl Delay {
    fn draw(self, stream: &mut Stream) -> f64 {
        match self {
            Self::Constant(ms) => ms,
            Self::Exponential(mean) => stream.exponential(mean),
            Self::Uniform(mean) => stream.uniform(0.0, 2.0 * mean),
            Self::LogNormal(median, sigma) => stream.log_normal(median, sigma),
        }
    }

    /// S(x): the probability that it is over `x` milliseconds.
    #[must_use]
    pub fn survival(self, x: f64) -> f64 {
        match self {
            _ if x <= 0.0 => 1.0,
            Self::Constant(ms) => f64::from(u8::from(x < ms)),
            Self::Exponential(mean) => libm::exp(-x / mean),
            Self::Uniform(mean) => (1.0 - x / (2.0 * mean)).max(0.0),
            Self::LogNormal(median, sigma) => upper_tail(libm::log(x / median) / sigma),
        }
    }

    /// ∫ from `x` to ∞ of S: the mean of what it is over `x`, milliseconds. Of a log-normal as in the
    /// formula of Black and Scholes (1973) for a call.
    #[must_use]
    pub fn excess(self, x: f64) -> f64 {
        match self {
            Self::Constant(ms) => (ms - x).max(0.0),
            Self::Exponential(mean) => mean * libm::exp(-x / mean),
            Self::Uniform(mean) => {
                let rest = (2.0 * mean - x).max(0.0);
                rest * rest / (4.0 * mean)
            }
            Self::LogNormal(median, sigma) => {
                let mean = median * libm::exp(sigma * sigma / 2.0);
                if x <= 0.0 {
                    return mean - x;
                }
                let z = libm::log(x / median) / sigma;
                mean * upper_tail(z - sigma) - x * upper_tail(z)
            }
        }
    }
}

/// The probability that a standard normal is over `z`.
fn upper_tail(z: f64) -> f64 {
    libm::erfc(z / core::f64::consts::SQRT_2) / 2.0
}

/// A share of events, until a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// 0 to 1.
    pub share: f64,
    /// When it ends.
    pub until: i64,
}

impl Share {
    /// Of all events.
    #[must_use]
    pub const fn always(share: f64) -> Self {
        Self { share, until: NEVER }
    }

    fn at(self, now: i64) -> f64 {
        if now < self.until { self.share } else { 0.0 }
    }
}

/// What befalls events on their way.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults {
    /// What every event takes.
    pub delay: Delay,
    /// Events that take longer, and what is added to their delay.
    pub late: (Share, Delay),
    /// Events that are never delivered.
    pub drops: Share,
    /// Events that are delivered twice; the copy takes a delay of its own.
    pub duplicates: Share,
    /// Events that carry wrong values.
    pub bad: Share,
    /// Until when nothing arrives; what waits arrives then.
    pub outage_until: i64,
}

impl Faults {
    /// No fault, no delay.
    pub const NONE: Self = Self {
        delay: Delay::Constant(0.0),
        late: (Share::always(0.0), Delay::Constant(0.0)),
        drops: Share::always(0.0),
        duplicates: Share::always(0.0),
        bad: Share::always(0.0),
        outage_until: i64::MIN,
    };
}

/// What was done to a delivered event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// It is a second copy.
    pub copy: bool,
    /// It took longer.
    pub late: bool,
    /// Its values are wrong.
    pub bad: bool,
}

/// What was done, counted. `delivered + waiting = sent − dropped + duplicated` at every moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WayCounts {
    /// Events that happened.
    pub sent: u64,
    /// Events that got lost.
    pub dropped: u64,
    /// Second copies.
    pub duplicated: u64,
    /// Events that arrived, copies among them.
    pub delivered: u64,
    /// Events that took longer.
    pub late: u64,
    /// Events with wrong values.
    pub bad: u64,
}

/// Events on their way.
#[derive(Clone, Debug)]
pub struct Way<T> {
    /// What befalls those that set out from now on.
    pub faults: Faults,
    waiting: BinaryHeap<Reverse<(i64, u64, usize)>>,
    slots: Vec<(T, Marks)>,
    free: Vec<usize>,
    number: u64,
    /// What was done so far.
    pub counts: WayCounts,
    draws: Draws,
}

#[derive(Clone, Debug)]
struct Draws {
    delay: Stream,
    late: Stream,
    tail: Stream,
    drop: Stream,
    duplicate: Stream,
    copy: Stream,
    bad: Stream,
}

impl<T: Copy> Way<T> {
    /// A way without anything on it.
    #[must_use]
    pub fn new(seed: Seed, faults: Faults) -> Self {
        let stream = |name: &str| seed.stream(&format!("way {name}"));
        Self {
            faults,
            waiting: BinaryHeap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            number: 0,
            counts: WayCounts::default(),
            draws: Draws {
                delay: stream("delay"),
                late: stream("late"),
                tail: stream("tail"),
                drop: stream("drop"),
                duplicate: stream("duplicate"),
                copy: stream("copy"),
                bad: stream("bad"),
            },
        }
    }

    /// An event sets out at `now`.
    pub fn send(&mut self, now: i64, event: T) {
        let Self { faults, draws, counts, .. } = self;
        counts.sent += 1;
        let mut after = faults.delay.draw(&mut draws.delay);
        let late = draws.late.chance(faults.late.0.at(now));
        // Drawn for every event, so that a changed share shifts nothing behind it.
        let tail = faults.late.1.draw(&mut draws.tail);
        if late {
            after += tail;
        }
        let dropped = draws.drop.chance(faults.drops.at(now));
        let twice = draws.duplicate.chance(faults.duplicates.at(now));
        let bad = draws.bad.chance(faults.bad.at(now));
        if dropped {
            counts.dropped += 1;
            return;
        }
        counts.late += u64::from(late);
        counts.bad += u64::from(bad);
        let marks = Marks { copy: false, late, bad };
        let copy = twice.then(|| self.faults.delay.draw(&mut self.draws.copy));
        self.wait(now, after, event, marks);
        if let Some(copy) = copy {
            self.counts.duplicated += 1;
            // A copy never overtakes its original.
            self.wait(now, after + copy, event, Marks { copy: true, ..marks });
        }
    }

    fn wait(&mut self, now: i64, after: f64, event: T, marks: Marks) {
        let at = now.saturating_add(after.clamp(0.0, 1e15) as i64);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push((event, marks));
            self.slots.len() - 1
        });
        self.slots[slot] = (event, marks);
        self.waiting.push(Reverse((at, self.number, slot)));
        self.number += 1;
    }

    /// Hands out what arrives before `until`, in the order of arrival. While an outage lasts nothing
    /// arrives; what waited then arrives at its end.
    pub fn arrive(&mut self, until: i64, mut each: impl FnMut(i64, T, Marks)) {
        let outage = self.faults.outage_until;
        if until <= outage {
            return;
        }
        while let Some(Reverse((at, _, slot))) = self.waiting.peek().copied() {
            let at = at.max(outage);
            if at >= until {
                break;
            }
            self.waiting.pop();
            self.free.push(slot);
            self.counts.delivered += 1;
            let (event, marks) = self.slots[slot];
            each(at, event, marks);
        }
    }

    /// Events that are on their way.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.waiting.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(faults: &Faults, n: i64) -> (Vec<(i64, i64, Marks)>, WayCounts) {
        let mut way = Way::new(Seed(3), faults.clone());
        let mut out = Vec::new();
        for t in 0..n {
            way.send(t, t);
            way.arrive(t + 1, |at, event, marks| out.push((at, event, marks)));
        }
        way.arrive(NEVER, |at, event, marks| out.push((at, event, marks)));
        (out, way.counts)
    }

    #[test]
    fn survival_and_excess_are_those_of_the_draws() {
        for delay in [
            Delay::Constant(400.0),
            Delay::Exponential(300.0),
            Delay::Uniform(500.0),
            Delay::LogNormal(200.0, 1.0),
        ] {
            let mut stream = Seed(9).stream("delays");
            let draws: Vec<f64> = (0..200_000).map(|_| delay.draw(&mut stream)).collect();
            for x in [0.0, 100.0, 350.0, 900.0] {
                let n = draws.len() as f64;
                let over = draws.iter().filter(|draw| **draw > x).count() as f64 / n;
                let excess = draws.iter().map(|draw| (draw - x).max(0.0)).sum::<f64>() / n;
                let spread = 4.0 * (over * (1.0 - over) / n).sqrt() + 1e-9;
                assert!((delay.survival(x) - over).abs() <= spread, "{delay:?} at {x}");
                assert!((delay.excess(x) - excess).abs() <= 8.0, "{delay:?} at {x}: {excess}");
            }
        }
    }

    #[test]
    fn without_faults_everything_arrives_at_once() {
        let (out, counts) = arrivals(&Faults::NONE, 100);
        assert!(out.iter().all(|(at, event, marks)| at == event && *marks == Marks::default()));
        assert_eq!((counts.sent, counts.delivered), (100, 100));
    }

    #[test]
    fn counts_add_up_and_faults_do_not_move_each_other() {
        let base = Faults { delay: Delay::Exponential(20.0), ..Faults::NONE };
        let bad = Faults {
            drops: Share::always(0.1),
            duplicates: Share { share: 0.2, until: 5_000 },
            bad: Share::always(0.05),
            ..base.clone()
        };
        let ((plain, _), (faulty, counts)) = (arrivals(&base, 10_000), arrivals(&bad, 10_000));
        assert_eq!(counts.delivered, counts.sent - counts.dropped + counts.duplicated);
        assert!((900..1_100).contains(&counts.dropped), "{counts:?}");
        assert!((800..1_000).contains(&counts.duplicated), "{counts:?}");
        assert!(faulty.is_sorted_by_key(|(at, _, _)| *at));
        let at_of: std::collections::BTreeMap<_, _> =
            plain.iter().map(|(at, event, _)| (event, at)).collect();
        for (at, event, _) in faulty.iter().filter(|(_, _, marks)| !marks.copy) {
            assert_eq!(at, at_of[event], "the same delay with and without faults");
        }
    }

    #[test]
    fn an_outage_holds_back_and_loses_nothing() {
        let mut way = Way::new(Seed(1), Faults::NONE);
        way.faults.outage_until = 50;
        let mut out = Vec::new();
        for t in 0..100 {
            way.send(t, t);
            way.arrive(t + 1, |at, event, _| out.push((at, event)));
        }
        assert_eq!(out.len(), 100);
        assert!(out.iter().all(|(at, event)| *at == (*event).max(50)));
    }
}
