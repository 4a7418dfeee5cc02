//! The faults that a record can have, and the draws that decide it. Not here: what a fault does to the
//! bytes (`serializer.rs`).

use serde::{Deserialize, Serialize};

use super::config::{FaultRates, Rate};
use crate::rng::{Seed, Stream};
use crate::time::Micros;

/// A fault of a delivered record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Fault {
    /// The second copy of a record.
    Duplicate,
    /// JSON that ends too early.
    Cut,
    /// A number where a text stands.
    WrongType,
    /// A record type that does not exist.
    UnknownType,
    /// No key.
    MissingKey,
    /// Numbers that parse but are wrong.
    Poison,
    /// Sent by the bot.
    Bot,
    /// Part of a burst.
    Burst,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Duplicate,
        Self::Cut,
        Self::WrongType,
        Self::UnknownType,
        Self::MissingKey,
        Self::Poison,
        Self::Bot,
        Self::Burst,
    ];
}

/// The faults of one record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FaultSet(u8);

impl FaultSet {
    /// No fault.
    pub const NONE: Self = Self(0);

    /// Whether `fault` is among them.
    #[must_use]
    pub const fn contains(self, fault: Fault) -> bool {
        self.0 & (1 << fault as u8) != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// These and `fault`.
    #[must_use]
    pub const fn with(self, fault: Fault) -> Self {
        Self(self.0 | (1 << fault as u8))
    }

    /// Those that are there, in the order of [`Fault::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Fault> {
        Fault::ALL.into_iter().filter(move |fault| self.contains(*fault))
    }
}

/// What happens to one record at the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub dropped: bool,
    pub duplicated: bool,
    pub faults: FaultSet,
    /// Decides the details of a fault, such as where JSON is cut.
    pub bits: u32,
}

/// The draws of faults on records, each from its own substream: changing one rate moves no other fault.
#[derive(Clone, Debug)]
pub(super) struct FaultDraws {
    drop: Stream,
    duplicate: Stream,
    malformed: Stream,
    missing_key: Stream,
    poison: Stream,
}

impl FaultDraws {
    pub(super) fn new(seed: Seed) -> Self {
        Self {
            drop: seed.stream("fault drop"),
            duplicate: seed.stream("fault duplicate"),
            malformed: seed.stream("fault malformed"),
            missing_key: seed.stream("fault missing key"),
            poison: seed.stream("fault poison"),
        }
    }

    /// Decides about a record sent at `now`. `typed` is whether it has a record type to get wrong.
    pub(super) fn judge(
        &mut self,
        rates: &FaultRates,
        now: Micros,
        faults: FaultSet,
        typed: bool,
    ) -> Verdict {
        let mut verdict = Verdict { dropped: false, duplicated: false, faults, bits: 0 };
        verdict.dropped = strikes(&mut self.drop, rates.drop, now);
        verdict.duplicated = strikes(&mut self.duplicate, rates.duplicate, now);
        if strikes(&mut self.missing_key, rates.missing_key, now) {
            verdict.faults = verdict.faults.with(Fault::MissingKey);
        }
        if strikes(&mut self.poison, rates.poison, now) {
            verdict.faults = verdict.faults.with(Fault::Poison);
        }
        if strikes(&mut self.malformed, rates.malformed, now) {
            let kinds = [Fault::Cut, Fault::WrongType, Fault::UnknownType];
            let kind = self.malformed.below(if typed { 3 } else { 2 });
            verdict.faults = verdict.faults.with(kinds[kind as usize]);
            verdict.bits = self.malformed.bits() as u32;
        }
        verdict
    }
}

/// Nothing is drawn while a rate is 0 or its span has not come: faults that are off cost nothing.
fn strikes(stream: &mut Stream, rate: Rate, now: Micros) -> bool {
    rate.value > 0.0 && rate.span.contains(now) && stream.chance(rate.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        let set = FaultSet::NONE.with(Fault::Cut).with(Fault::Burst);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Fault::Cut, Fault::Burst]);
        assert!(FaultSet::NONE.is_empty() && !set.is_empty() && !set.contains(Fault::Bot));
    }

    #[test]
    fn one_rate_moves_no_other_fault() {
        let drops = |poison: f64| {
            let mut draws = FaultDraws::new(Seed(1));
            let rates = FaultRates {
                drop: Rate::always(0.1),
                poison: Rate::always(poison),
                ..FaultRates::NONE
            };
            let one = |_| draws.judge(&rates, Micros(0), FaultSet::NONE, true).dropped;
            (0..1_000).map(one).collect::<Vec<_>>()
        };
        assert_eq!(drops(0.0), drops(0.5));
        assert!((50..150).contains(&drops(0.0).iter().filter(|dropped| **dropped).count()));
    }
}
