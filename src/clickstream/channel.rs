//! The way from the source to the topics: faults, delay, outages and skew, and the records that wait to
//! arrive. Not here: the bytes of a record (`serializer.rs`).

use super::arrivals::Arrivals;
use super::config::Outage;
use super::counters::SourceCounters;
use super::draw::duration_micros;
use super::event::{Body, Event, SERVER};
use super::fault::{Fault, FaultDraws, FaultSet};
use super::live::Live;
use crate::murmur2::partition_for_key;
use crate::record::PartitionId;
use crate::rng::{Seed, Stream};
use crate::time::Micros;

/// Records without a key that go to one partition before the next one is drawn.
const STICKY: u32 = 64;
/// How much faster than it came what an outage held back arrives, once it is over.
const CATCH_UP: i64 = 64;

/// Who sent a record. Each origin has delays of its own, so that what a fault adds moves nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Site,
    Burst,
    Bot,
}

/// A record on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub time: Micros,
    pub key: u64,
    pub body: Body,
    pub bits: u32,
    /// The partition, if the record has no key.
    pub sticky: Option<PartitionId>,
    pub faults: FaultSet,
    pub origin: Origin,
}

#[derive(Clone, Debug)]
struct Delays {
    base: Stream,
    tail: Stream,
}

/// Everything between the source and the topics.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    partitions: u32,
    capacity: usize,
    /// For each origin.
    delays: [Delays; 3],
    copies: Delays,
    draws: FaultDraws,
    sticky: Stream,
    sticky_now: PartitionId,
    sticky_left: u32,
    /// When, in which order sent, and which of `slots`.
    arrivals: Arrivals,
    slots: Vec<Pending>,
    free: Vec<u32>,
    sent: u64,
    pub counters: SourceCounters,
}

impl Channel {
    pub(super) fn new(seed: Seed, partitions: u32, max_pending: u32) -> Self {
        let delays = |name: &str| Delays {
            base: seed.stream(&format!("{name} delay")),
            tail: seed.stream(&format!("{name} tail")),
        };
        Self {
            partitions,
            capacity: max_pending as usize,
            delays: [delays("site"), delays("burst"), delays("bot")],
            copies: delays("copy"),
            draws: FaultDraws::new(seed),
            sticky: seed.stream("sticky partition"),
            sticky_now: PartitionId(0),
            sticky_left: 0,
            arrivals: Arrivals::new(),
            slots: Vec::new(),
            free: Vec::new(),
            sent: 0,
            counters: SourceCounters::default(),
        }
    }

    /// When the next record arrives.
    pub(super) fn next(&self) -> Micros {
        self.arrivals.next().unwrap_or(super::population::NEVER)
    }

    /// The next record that arrives.
    pub(super) fn pop(&mut self) -> Option<Pending> {
        let (_, _, slot) = self.arrivals.pop()?;
        self.free.push(slot);
        self.counters.delivered += 1;
        Some(self.slots[slot as usize])
    }

    /// Sends what happened at `now`. Gives how many copies are on their way: 0, 1 or 2.
    pub(super) fn send(&mut self, live: &Live, now: Micros, event: &Event, origin: Origin) -> u32 {
        let faults = self.count_sent(&event.body, origin);
        // The delay is drawn before any fault, so that faults do not move when others arrive.
        let (after, tail) = self.delays[origin as usize].draw(live);
        let typed = !matches!(event.body, Body::Order(_) | Body::Shipment { .. });
        let verdict = self.draws.judge(&live.faults, now, faults, typed);
        if verdict.dropped {
            self.counters.dropped += 1;
            return 0;
        }
        let time = self.stated_time(live, event);
        self.count_faults(verdict.faults);
        self.counters.tail += u64::from(tail);
        let sticky = verdict.faults.contains(Fault::MissingKey).then(|| self.sticky());
        let pending = Pending {
            time,
            key: event.key,
            body: event.body,
            bits: verdict.bits,
            sticky,
            faults: verdict.faults,
            origin,
        };
        self.enqueue(live, now, after, pending);
        if !verdict.duplicated {
            return 1;
        }
        self.counters.duplicated += 1;
        let (again, _) = self.copies.draw(live);
        let faults = verdict.faults.with(Fault::Duplicate);
        self.enqueue(live, now, after + again, Pending { faults, ..pending });
        2
    }

    /// The time that the record states: the client's clock may be wrong.
    fn stated_time(&mut self, live: &Live, event: &Event) -> Micros {
        let skewed = event.client != SERVER
            && f64::from(event.client) < live.skew.share * f64::from(u32::MAX);
        if !skewed {
            return event.time;
        }
        self.counters.skewed += 1;
        event.time.plus(live.skew.offset_micros)
    }

    fn enqueue(&mut self, live: &Live, now: Micros, after: i64, pending: Pending) {
        let full = self.arrivals.len() >= self.capacity;
        self.counters.delay_cut += u64::from(full);
        let undisturbed = now.plus(if full { 0 } else { after });
        let arrival = if live.outages.is_empty() || full {
            undisturbed
        } else {
            let partition = pending.sticky.unwrap_or_else(|| self.partition(pending.key));
            self.held_back(live, undisturbed, partition)
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = pending;
                slot
            }
            None => {
                self.slots.push(pending);
                // `max_pending` bounds it.
                (self.slots.len() - 1) as u32
            }
        };
        self.arrivals.push((arrival, self.sent, slot));
        self.sent += 1;
    }

    fn partition(&self, key: u64) -> PartitionId {
        partition_for_key(itoa::Buffer::new().format(key).as_bytes(), self.partitions)
    }

    /// What would arrive in an outage arrives after it, faster than it came. Until that has caught up,
    /// what comes later queues behind it: an outage keeps the order of its partition.
    fn held_back(&mut self, live: &Live, mut arrival: Micros, partition: PartitionId) -> Micros {
        let undisturbed = arrival;
        for Outage { span, .. } in live.outages.iter().filter(|o| o.partition == partition.0) {
            let length = span.until.0 - span.from.0;
            let caught_up = span.until.plus(length / (CATCH_UP - 1));
            if span.from <= arrival && arrival < caught_up {
                arrival = span.until.plus((arrival.0 - span.from.0) / CATCH_UP);
            }
        }
        self.counters.held_by_outage += u64::from(arrival != undisturbed);
        arrival
    }

    fn sticky(&mut self) -> PartitionId {
        if self.sticky_left == 0 {
            self.sticky_now = PartitionId(self.sticky.below(self.partitions));
            self.sticky_left = STICKY;
        }
        self.sticky_left -= 1;
        self.sticky_now
    }

    fn count_sent(&mut self, body: &Body, origin: Origin) -> FaultSet {
        let counters = &mut self.counters;
        match body {
            Body::Click(_) | Body::Bot { .. } => counters.sent.clicks += 1,
            Body::Session { .. } => counters.sent.sessions += 1,
            Body::User(_) => counters.sent.users += 1,
            Body::Order(_) => counters.sent.orders += 1,
            Body::Shipment { .. } => counters.sent.shipments += 1,
        }
        match origin {
            Origin::Site => FaultSet::NONE,
            Origin::Burst => FaultSet::NONE.with(Fault::Burst),
            Origin::Bot => FaultSet::NONE.with(Fault::Bot),
        }
    }

    fn count_faults(&mut self, faults: FaultSet) {
        if faults.is_empty() {
            return;
        }
        let counters = &mut self.counters;
        for fault in faults.iter() {
            match fault {
                // Copies are counted where they are made.
                Fault::Duplicate => {}
                Fault::Cut => counters.malformed_cut += 1,
                Fault::WrongType => counters.malformed_type += 1,
                Fault::UnknownType => counters.malformed_unknown += 1,
                Fault::MissingKey => counters.missing_key += 1,
                Fault::Poison => counters.poison += 1,
                Fault::Bot => counters.bot += 1,
                Fault::Burst => counters.burst += 1,
            }
        }
    }
}

impl Delays {
    /// Microseconds, and whether the long tail is part of them.
    fn draw(&mut self, live: &Live) -> (i64, bool) {
        let base = duration_micros(&mut self.base, live.delay);
        if live.tail.share > 0.0 && self.tail.chance(live.tail.share) {
            (base + duration_micros(&mut self.tail, live.tail.delay), true)
        } else {
            (base, false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clickstream::session::Session;

    /// Millions of these may exist at once.
    #[test]
    fn what_waits_is_small() {
        assert!(size_of::<Pending>() <= 72, "{}", size_of::<Pending>());
        assert!(size_of::<Session>() <= 128, "{}", size_of::<Session>());
    }
}
