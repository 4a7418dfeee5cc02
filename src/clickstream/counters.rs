//! What the source did, counted by name.

use serde::{Deserialize, Serialize};

/// Counts of a run, from its start. `delivered + in_flight() = sent − dropped + duplicated` holds at
/// every moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCounters {
    /// Records that the source sent, with what bot and burst added, by type.
    pub sent: SentCounters,
    /// Records that got lost.
    pub dropped: u64,
    /// Second copies.
    pub duplicated: u64,
    /// Records that arrived.
    pub delivered: u64,
    /// Records cut short. This and the following count what was sent and not dropped; copies do not
    /// count again.
    pub malformed_cut: u64,
    /// Records with a text in place of a number.
    pub malformed_type: u64,
    /// Records of an unknown type.
    pub malformed_unknown: u64,
    /// Records without a key.
    pub missing_key: u64,
    /// Records with wrong numbers.
    pub poison: u64,
    /// Records of the bot.
    pub bot: u64,
    /// Records of a burst.
    pub burst: u64,
    /// Records with a long delay.
    pub tail: u64,
    /// Records that an outage held back.
    pub held_by_outage: u64,
    /// Records whose client's clock is wrong.
    pub skewed: u64,
    /// Records that were delivered without delay because too many were waiting to arrive.
    pub delay_cut: u64,
    /// Sessions of the site.
    pub sessions: VisitCounters,
    /// Sessions that a burst added.
    pub burst_sessions: VisitCounters,
}

/// Records by type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCounters {
    /// `click`
    pub clicks: u64,
    /// `session`
    pub sessions: u64,
    /// `user`
    pub users: u64,
    /// On the topic `orders`.
    pub orders: u64,
    /// On the topic `shipments`.
    pub shipments: u64,
}

/// What became of sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitCounters {
    /// Sessions that started.
    pub started: u64,
    /// Sessions that ended.
    pub ended: u64,
    /// Sessions that did not start because `maxSessions` were open.
    pub refused: u64,
    /// Sessions that were ended because their path had grown too long.
    pub cut: u64,
    /// Orders whose shipment was given up because too many were on their way.
    pub shipments_refused: u64,
}

impl SourceCounters {
    /// All records that were sent.
    #[must_use]
    pub const fn sent_total(&self) -> u64 {
        let sent = &self.sent;
        sent.clicks + sent.sessions + sent.users + sent.orders + sent.shipments
    }

    /// Records that are on their way: sent or copied, not dropped, not delivered yet.
    #[must_use]
    pub const fn in_flight(&self) -> u64 {
        self.sent_total() + self.duplicated - self.dropped - self.delivered
    }

    /// What went wrong at the source, or was left out, by name; also what is 0.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let both =
            |count: fn(&VisitCounters) -> u64| count(&self.sessions) + count(&self.burst_sessions);
        [
            ("dropped", self.dropped),
            ("duplicated", self.duplicated),
            ("cut short", self.malformed_cut),
            ("wrong type", self.malformed_type),
            ("unknown record type", self.malformed_unknown),
            ("without a key", self.missing_key),
            ("poisoned", self.poison),
            ("from the bot", self.bot),
            ("from a burst", self.burst),
            ("long delay", self.tail),
            ("held by an outage", self.held_by_outage),
            ("clock skew", self.skewed),
            ("delay cut", self.delay_cut),
            ("sessions refused", both(|counters| counters.refused)),
            ("sessions cut", both(|counters| counters.cut)),
            ("shipments refused", both(|counters| counters.shipments_refused)),
        ]
        .into_iter()
    }
}
