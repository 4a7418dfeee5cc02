//! #0: analytics on the OLTP store slow its writes.

use super::knob::later;
use super::protocol::Expected;
use super::source::Process;
use super::{Experiment, Simulation};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 0,
    name: "oltp-direct",
    title: "Analytics on the OLTP store",
    question: "Why not simply query the database that takes the writes?",
    text: later!(
        "The store is one server: a query that scans many rows holds up every write behind it. The mean wait follows Pollaczek and Khinchine, λE[S²] / 2(1 − ρ): long queries count by their square, and at ρ ≥ 1 the wait grows without bound. With an OLAP copy the queries disturb no write, and the price is the age that the next experiment shows."
    ),
    for_ms: 6 * 3_600_000,
    primary: &["query-rate", "query-rows", "rate", "scan-rate", "write-capacity"],
    operations: &[],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 50.0;
        s.query_rate = 5.0;
        s.query_rows = 100_000.0;
    },
    script: |_| Vec::new(),
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let s = &run.settings;
    let Some([direct, copy]) = run.oltp.mean_waits_ms() else { return Vec::new() };
    // In seconds.
    let (write, query) = (1.0 / s.write_capacity, s.query_rows / s.scan_rate);
    let wait = |queries: f64| {
        let busy = s.rate * write + queries * query;
        let squares = s.rate * write * write + queries * query * query;
        (busy < 1.0).then(|| 1e3 * squares / (2.0 * (1.0 - busy)))
    };
    let busy = s.rate * write + s.query_rate * query;
    // A queue that grows without bound has a backlog of (ρ − 1) of the time.
    let grows =
        run.oltp.backlog_ms(run.clock_ms()) as f64 > 0.5 * (busy - 1.0) * run.clock_ms() as f64;
    let direct = if busy >= 1.0 && grows { None } else { Some(direct) };
    let tolerance = |wait: Option<f64>| wait.unwrap_or(0.0) * 0.08 + 0.001;
    let name = "mean wait of a write with the queries on the store, ms: λE[S²] / 2(1 − ρ)";
    let beside = "mean wait of a write with the queries on a copy, ms: λ_w·s_w² / 2(1 − ρ_w)";
    vec![
        Expected::new(name, wait(s.query_rate), direct, tolerance(wait(s.query_rate))),
        Expected::new(beside, wait(0.0), copy, tolerance(wait(0.0))),
    ]
}
