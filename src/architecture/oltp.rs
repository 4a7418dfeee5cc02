//! The OLTP store as a server: what analytic queries do to single writes.

use super::store::Store;
use crate::rng::{Seed, Stream};
use crate::sim::MS_NS;
use crate::sim::server::Server;

/// How the store is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OltpSetup {
    /// Analytic queries a second, as a Poisson process.
    pub query_rate: f64,
    /// Rows that a query scans.
    pub query_rows: f64,
    /// Rows that the store scans in a second.
    pub scan_rate: f64,
    /// Single writes that it takes in a second.
    pub write_capacity: f64,
}

impl OltpSetup {
    /// How long a write and a query take, nanoseconds.
    #[must_use]
    pub fn services_ns(&self) -> (i64, i64) {
        let query = 1e9 * self.query_rows / self.scan_rate;
        (libm::round(1e9 / self.write_capacity) as i64, libm::round(query) as i64)
    }
}

/// A store that takes writes, and queries or not.
#[derive(Clone, Debug)]
pub struct Oltp {
    setup: OltpSetup,
    draws: Stream,
    queries_at: Stream,
    /// Where within a millisecond the writes of it came.
    within: Vec<i64>,
    next_query: Option<i64>,
    /// With queries, and without: those go to a copy.
    servers: [Server; 2],
    waited: [i128; 2],
    position: u64,
    writes: u64,
    queries: u64,
}

impl Oltp {
    /// An idle store.
    #[must_use]
    pub fn new(setup: OltpSetup, seed: Seed) -> Self {
        let mut store = Self {
            setup,
            draws: seed.stream("write moments"),
            queries_at: seed.stream("analytic queries"),
            within: Vec::new(),
            next_query: None,
            servers: [Server::default(); 2],
            waited: [0; 2],
            position: 0,
            writes: 0,
            queries: 0,
        };
        store.next_query = store.query_after(0);
        store
    }

    fn query_after(&mut self, at: i64) -> Option<i64> {
        (self.setup.query_rate > 0.0).then(|| {
            let wait = self.queries_at.exponential(1e9 / self.setup.query_rate);
            at.saturating_add(wait.min(1e18) as i64)
        })
    }

    /// Takes the writes that arrived before `to`, and the queries between them. Events have whole
    /// milliseconds; where within one they came is drawn.
    #[inline(never)]
    pub fn advance(&mut self, to: i64, store: &Store) {
        let (write, query) = self.setup.services_ns();
        for rows in store.rows(self.position..store.len()) {
            let mut i = 0;
            while i < rows.len() {
                let same =
                    rows.arrival[i..].iter().take_while(|at| **at == rows.arrival[i]).count();
                let Self { within, draws, .. } = self;
                within.clear();
                within.extend((0..same).map(|_| (draws.unit() * MS_NS as f64) as i64));
                within.sort_unstable();
                for k in 0..same {
                    let at = i64::from(rows.arrival[i]) * MS_NS + self.within[k];
                    self.queries_before(at, query);
                    for (server, waited) in self.servers.iter_mut().zip(&mut self.waited) {
                        *waited += i128::from(server.take(at, write));
                    }
                }
                i += same;
                self.writes += same as u64;
                self.position += same as u64;
            }
        }
        self.queries_before(to.saturating_mul(MS_NS), query);
    }

    fn queries_before(&mut self, at: i64, service: i64) {
        while let Some(query) = self.next_query.filter(|query| *query < at) {
            self.servers[0].take(query, service);
            self.queries += 1;
            self.next_query = self.query_after(query);
        }
    }

    /// The mean wait of a write, milliseconds: with the queries on the store, and with a copy.
    #[must_use]
    pub fn mean_waits_ms(&self) -> Option<[f64; 2]> {
        (self.writes > 0)
            .then(|| self.waited.map(|waited| waited as f64 / self.writes as f64 / MS_NS as f64))
    }

    /// How long a write that came at `now` would wait, milliseconds, with the queries on the store.
    #[must_use]
    pub fn backlog_ms(&self, now: i64) -> i64 {
        (self.servers[0].free_at() / MS_NS - now).max(0)
    }

    /// Writes and queries so far.
    #[must_use]
    pub const fn taken(&self) -> (u64, u64) {
        (self.writes, self.queries)
    }
}
