//! Where events happen: the clickstream's site, or a plain process for which closed forms exist.
//! Both hand over columns; no JSON is written.

use std::sync::Arc;

use crate::architecture::store::{CHANNELS, Click};
use crate::clickstream::{ClickRow, Config, Generator, Sent, Setting, Sink};
use crate::rng::{Seed, Stream};
use crate::sim::MS_NS;
use crate::time::Micros;

/// What makes the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// The news site: sessions, users, the rhythm of a day.
    Clickstream,
    /// Independent events, exponential gaps.
    Poisson,
    /// Independent events, equal gaps.
    Constant,
}

/// Clicks on the subscription page among independent events.
const SUBSCRIBING: f64 = 0.02;

/// A source of events in the order in which they happen.
#[derive(Clone, Debug)]
pub struct Source {
    kind: Kind,
    /// Until when nothing happens.
    silent_until: i64,
}

#[derive(Clone, Debug)]
enum Kind {
    Site(Box<Site>),
    Plain(Plain),
}

#[derive(Debug)]
struct Site {
    generator: Generator,
    start: Micros,
    /// The state on which people subscribe.
    subscribe: Option<u8>,
    /// For each name of the generator its index in [`CHANNELS`].
    channels: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Plain {
    process: Process,
    mean_gap_ns: f64,
    next_ns: i64,
    users: u32,
    gaps: Stream,
    bodies: Stream,
}

impl Source {
    /// A source of `rate` events a second in the mean, by `users` users.
    ///
    /// # Panics
    /// When the built-in site is not valid: a bug.
    #[must_use]
    pub fn new(process: Process, rate: f64, users: u32, seed: Seed) -> Self {
        let kind = match process {
            Process::Clickstream => Kind::Site(Box::new(Site::new(rate, users, seed))),
            Process::Poisson | Process::Constant => {
                let mut plain = Plain {
                    process,
                    mean_gap_ns: 1e9 / rate,
                    next_ns: 0,
                    users,
                    gaps: seed.stream("plain gaps"),
                    bodies: seed.stream("plain events"),
                };
                plain.next_ns = plain.gap();
                Kind::Plain(plain)
            }
        };
        Self { kind, silent_until: i64::MIN }
    }

    /// Nothing happens until `until`.
    pub fn silence(&mut self, until: i64) {
        self.silent_until = self.silent_until.max(until);
    }

    /// Hands out what happens before `until`.
    pub fn run(&mut self, until: i64, mut each: impl FnMut(Click)) {
        let silent = self.silent_until;
        let mut each = |click: Click| {
            if i64::from(click.event) >= silent {
                each(click);
            }
        };
        match &mut self.kind {
            Kind::Plain(plain) => plain.run(until, &mut each),
            Kind::Site(site) => site.run(until, &mut each),
        }
    }
}

impl Plain {
    fn gap(&mut self) -> i64 {
        match self.process {
            Process::Constant => libm::round(self.mean_gap_ns) as i64,
            _ => self.gaps.exponential(self.mean_gap_ns) as i64,
        }
        .max(1)
    }

    fn run(&mut self, until: i64, each: &mut dyn FnMut(Click)) {
        let until = until.saturating_mul(MS_NS);
        while self.next_ns < until {
            let at = (self.next_ns / MS_NS) as u32;
            let user = self.bodies.below(self.users);
            let bits = self.bodies.bits();
            each(Click {
                event: at,
                user,
                session: user,
                content: (bits % 7) as u8,
                channel: (bits / 7 % 5) as u8,
                subscribes: self.bodies.chance(SUBSCRIBING),
            });
            self.next_ns += self.gap();
        }
    }
}

// The site is apart, so that it is loaded with the first experiment that has it
// (`xtask/src/wasm/doors.rs`).

impl Clone for Site {
    #[inline(never)]
    fn clone(&self) -> Self {
        let Self { generator, start, subscribe, channels } = self;
        Self {
            generator: generator.clone(),
            start: *start,
            subscribe: *subscribe,
            channels: channels.clone(),
        }
    }
}

impl Site {
    #[inline(never)]
    fn new(rate: f64, users: u32, seed: Seed) -> Self {
        let mut tree = Config::default().tree().clone();
        let general = tree.get_mut("General").and_then(|general| general.as_object_mut());
        let general = general.expect("the built-in site has it");
        general.insert("maxUsers".to_owned(), users.into());
        let (config, _) = Config::from_tree(&tree).expect("the built-in site with other users");
        let config = Arc::new(config);
        let start = config.start();
        let subscribe = config.states().position(|state| state == "subscribe").map(|at| at as u8);
        let per_session = config.clicks_per_session();
        let mut generator = Generator::new(config, seed);
        let rate = (rate / per_session).max(1e-6);
        generator.apply(&Setting::SessionRate(rate)).expect("a rate within bounds");
        let index = |name: u16| {
            let name = generator.name(name);
            CHANNELS.iter().position(|channel| *channel == name).unwrap_or(0) as u8
        };
        let channels = (0..256).map(index).collect();
        Self { generator, start, subscribe, channels }
    }

    #[inline(never)]
    fn run(&mut self, until: i64, each: &mut dyn FnMut(Click)) {
        let Self { generator, start, subscribe, channels } = self;
        let until = start.plus(until.saturating_mul(1_000));
        let mut rows = Rows { start: *start, subscribe: *subscribe, channels, each };
        generator.run(until, u64::MAX, &mut rows);
    }
}

/// Takes the site's clicks.
struct Rows<'a> {
    start: Micros,
    subscribe: Option<u8>,
    channels: &'a [u8],
    each: &'a mut dyn FnMut(Click),
}

impl Sink for Rows<'_> {
    fn record(&mut self, _record: &Sent<'_>) {}

    fn wants_records(&self) -> bool {
        false
    }

    fn wants_rows(&self) -> bool {
        true
    }

    fn row(&mut self, click: &ClickRow) {
        (self.each)(Click {
            event: ((click.event_time.0 - self.start.0) / 1_000) as u32,
            user: click.uid,
            session: click.sid as u32,
            content: click.section,
            channel: self.channels.get(usize::from(click.channel)).copied().unwrap_or(0),
            subscribes: Some(click.state) == self.subscribe,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clicks(process: Process, cut: i64) -> Vec<Click> {
        let mut source = Source::new(process, 20.0, 5_000, Seed(4));
        let mut clicks = Vec::new();
        let mut at = 0;
        while at < 3_600_000 {
            at = (at + cut).min(3_600_000);
            source.run(at, |click| clicks.push(click));
        }
        clicks
    }

    #[test]
    fn rates_are_kept_and_cuts_do_not_show() {
        for process in [Process::Clickstream, Process::Poisson, Process::Constant] {
            let whole = clicks(process, 3_600_000);
            assert!(whole.is_sorted_by_key(|click| click.event));
            assert_eq!(whole, clicks(process, 777), "{process:?}");
            // 08:00 is busier than the mean of a day but sessions have to open first.
            let expect =
                if process == Process::Constant { 71_999..=72_000 } else { 65_000..=79_000 };
            let n = whole.len();
            assert!(process == Process::Clickstream || expect.contains(&n), "{process:?}: {n}");
        }
    }
}
