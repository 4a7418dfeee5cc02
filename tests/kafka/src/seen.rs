//! What a proxy saw: counters, and whether two requests with one key were in flight at once.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex};

use serde::Serialize;

use crate::batch::Batch;

/// Counters since the proxy's start. Requests are those that produce.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Requests whose body was read to its end.
    pub requests: u64,
    /// Records in them.
    pub records: u64,
    /// Records that the broker has.
    pub written: u64,
    /// The most requests that were in flight at once.
    pub most_in_flight: u64,
    /// Keys of a request that another one in flight had too: order is at risk.
    pub key_overlaps: u64,
    /// Requests of any kind with an Authorization header.
    pub authorized: u64,
}

/// Counters and what is in flight.
#[derive(Default)]
pub struct Seen {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    counters: Counters,
    in_flight: u64,
    keys: HashMap<u64, u64>,
}

impl Seen {
    /// The counters now.
    pub fn counters(&self) -> Counters {
        self.state.lock().expect("no panic").counters.clone()
    }

    /// Notes a request with credentials.
    pub fn authorized(&self) {
        self.state.lock().expect("no panic").counters.authorized += 1;
    }

    /// Notes that records were written.
    pub fn written(&self, count: u64) {
        self.state.lock().expect("no panic").counters.written += count;
    }

    /// Notes a request; it is in flight until what is returned is dropped.
    pub fn begin(self: &Arc<Self>, batch: &Batch) -> InFlight {
        let mut keys: Vec<u64> = batch
            .rows
            .iter()
            .filter_map(|row| batch.slice(&row.key))
            .map(|key| {
                let mut hasher = DefaultHasher::new();
                key.hash(&mut hasher);
                hasher.finish()
            })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let mut state = self.state.lock().expect("no panic");
        state.in_flight += 1;
        for key in &keys {
            let requests = state.keys.entry(*key).or_default();
            *requests += 1;
            if *requests > 1 {
                state.counters.key_overlaps += 1;
            }
        }
        let in_flight = state.in_flight;
        let counters = &mut state.counters;
        counters.requests += 1;
        counters.records += batch.rows.len() as u64;
        counters.most_in_flight = counters.most_in_flight.max(in_flight);
        InFlight { seen: Arc::clone(self), keys }
    }
}

/// A request in flight.
pub struct InFlight {
    seen: Arc<Seen>,
    keys: Vec<u64>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.seen.state.lock().expect("no panic");
        state.in_flight -= 1;
        for key in &self.keys {
            if let Some(requests) = state.keys.get_mut(key) {
                *requests -= 1;
                if *requests == 0 {
                    state.keys.remove(key);
                }
            }
        }
    }
}
