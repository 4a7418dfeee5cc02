//! What expectations reckon with: events by their columns and a queue in front of a job, one event
//! after the other and by none of the lanes' code.

use super::simulation::Simulation;
use crate::architecture::store::BAD;
use crate::sim::MS_NS;

/// An event, as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its place in the log.
    pub offset: u64,
    /// When it happened.
    pub event: i64,
    /// When it arrived.
    pub arrival: i64,
    /// Who.
    pub user: u32,
    /// The section.
    pub content: u8,
    /// Whether its values are not as agreed.
    pub is_bad: bool,
}

/// All events that have arrived.
pub fn rows(run: &Simulation) -> impl Iterator<Item = Row> {
    run.store.rows(0..run.store.len()).flat_map(|rows| {
        (0..rows.len()).map(move |i| Row {
            offset: rows.offset + i as u64,
            event: i64::from(rows.event[i]),
            arrival: i64::from(rows.arrival[i]),
            user: rows.user[i],
            content: rows.content[i],
            is_bad: rows.flags[i] & BAD != 0,
        })
    })
}

/// How many events there are for which something holds.
pub fn count(run: &Simulation, holds: impl Fn(Row) -> bool) -> u64 {
    rows(run).filter(|row| holds(*row)).count() as u64
}

/// The same of those below an offset, in their order: what holds may depend on the ones before.
pub fn count_to(run: &Simulation, offset: u64, mut holds: impl FnMut(Row) -> bool) -> u64 {
    rows(run).take_while(|row| row.offset < offset).filter(|row| holds(*row)).count() as u64
}

/// How long a job works on one simulated event, nanoseconds.
pub fn service_ns(run: &Simulation) -> i64 {
    libm::round(1e9 * run.settings.sample / run.settings.capacity()) as i64
}

/// How many events a stream job that never crashed has processed so that it can be seen before
/// `until`: one after the other, each when it came or later.
pub fn processed(run: &Simulation, until: i64) -> u64 {
    let (service, lag) = (service_ns(run), run.settings.stream_lag * MS_NS);
    let mut free = 0_i64;
    rows(run)
        .take_while(|row| {
            free = free.max(row.arrival * MS_NS) + service;
            free + lag < until * MS_NS
        })
        .count() as u64
}
