//! The events of a run, made once more from the named random streams: by the definition of the source
//! and the faults, and by nothing of `architecture` or `experiment`.

use streamglass::rng::Seed;

/// An event and what befell it.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// When it happened, milliseconds.
    pub event: i64,
    /// When it arrived.
    pub arrival: i64,
    /// Who.
    pub user: u32,
    /// The section.
    pub content: u64,
    /// Whether it is on the page on which people subscribe.
    pub subscribes: bool,
    /// Whether it cannot be read.
    pub bad: bool,
    /// Whether it took longer.
    pub late: bool,
}

/// How late events are delayed.
#[derive(Clone, Copy, Debug)]
pub enum Lateness {
    Exponential,
    Uniform,
    Constant,
    /// With a standard deviation of the logarithm of 1.
    LogNormal,
}

/// What a world is like.
#[derive(Clone, Copy, Debug)]
pub struct World {
    pub rate: f64,
    pub steady: bool,
    pub users: u32,
    pub late: (f64, f64, Lateness),
    pub bad: f64,
}

impl World {
    pub const STEADY: Self = Self {
        rate: 10.0,
        steady: true,
        users: 100_000,
        late: (0.0, 1.0, Lateness::Constant),
        bad: 0.0,
    };

    /// All that happens before `until`, in the order of arrival; of the tests' seed.
    pub fn events(&self, until: i64) -> Vec<Event> {
        let seed = Seed(7);
        let (mut gaps, mut bodies) = (seed.stream("plain gaps"), seed.stream("plain events"));
        let (mut lates, mut tails) = (seed.stream("way late"), seed.stream("way tail"));
        let mut bads = seed.stream("way bad");
        let mean = 1e9 / self.rate;
        let mut gap = || if self.steady { mean } else { gaps.exponential(mean).max(1.0) } as i64;
        let (mut at, mut all) = (gap(), Vec::new());
        while at / 1_000_000 < until {
            let user = bodies.below(self.users);
            let content = bodies.bits() % 7;
            let subscribes = bodies.chance(0.02);
            let (share, mean, kind) = self.late;
            let late = lates.chance(share);
            let tail = match kind {
                Lateness::Exponential => tails.exponential(mean),
                Lateness::Uniform => tails.uniform(0.0, 2.0 * mean),
                Lateness::Constant => mean,
                Lateness::LogNormal => tails.log_normal(mean / libm::exp(0.5), 1.0),
            };
            let event = at / 1_000_000;
            let arrival = event + if late { tail as i64 } else { 0 };
            all.push(Event {
                event,
                arrival,
                user,
                content,
                subscribes,
                late,
                bad: bads.chance(self.bad),
            });
            at += gap();
        }
        all.sort_by_key(|event| event.arrival);
        all
    }
}

/// How many events there are for which something holds.
pub fn count(events: &[Event], holds: impl Fn(&Event) -> bool) -> f64 {
    events.iter().filter(|event| holds(event)).count() as f64
}

/// Whether a stream path with a lag of a second, that takes half a millisecond an event and keeps up,
/// shows at `now` what arrived at `arrival`.
pub fn seen(arrival: i64, now: i64) -> bool {
    2 * arrival + 1 + 2_000 < 2 * now
}
