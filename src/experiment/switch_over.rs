//! #7: when kappa's readers go over to the new table.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation};
use crate::architecture::{Operation, Path, SwitchWhen};
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 7,
    name: "switch-over",
    title: "Switching to the new table",
    question: "The replay runs. When may readers go over to its table, and what if that was too early?",
    text: later!(
        "A switch before the replay has caught up shows exactly the events that it has not replayed as missing. While the old job lives a revert brings them back at once and costs no replay. At catch-up nobody notices the switch. Until the old job is dropped, both work and both tables are stored."
    ),
    for_ms: 4 * HOUR_MS,
    primary: &["at", "after", "throughput", "workers", "rate"],
    operations: &["fix-reprocess", "switch-now", "revert", "switch", "drop-old"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 20.0;
        s.throughput = 100.0;
        s.at = 2 * HOUR_MS;
        s.after = 10 * MINUTE_MS;
    },
    script: |s| {
        let at = |step: i64, operation| Logged::scripted(s.at + step * s.after, operation);
        let paths = || vec![Path::Stream];
        let bug = Logged::scripted(s.at / 2, Operation::DeployBug { paths: paths() });
        vec![
            bug,
            at(0, Operation::Fix { paths: paths(), reprocess: true }),
            at(1, Operation::Switch { when: SwitchWhen::Now }),
            at(2, Operation::Revert),
            at(3, Operation::Switch { when: SwitchWhen::CaughtUp }),
        ]
    },
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let (s, kappa) = (&run.settings, &run.lanes.kappa);
    let Some(replay) = kappa.replays.first() else { return Vec::new() };
    let Some((at, missing)) = replay.switched else { return Vec::new() };
    let service = 1e9 * s.sample / s.capacity();
    let visible = |until: f64| {
        // What the old job had processed: one event after the other, each when it came or later.
        let (mut free, mut n) = (0.0_f64, 0_u64);
        for rows in run.store.rows(0..run.store.len()) {
            for arrival in rows.arrival {
                free = free.max(f64::from(*arrival) * 1e6) + service;
                if free + s.stream_lag as f64 * 1e6 >= until * 1e6 {
                    return n;
                }
                n += 1;
            }
        }
        n
    };
    let replayed = ((at - replay.asked - s.startup - s.stream_lag) as f64 * 1e6 / service).max(0.0);
    let seen = visible(at as f64);
    let expected = (seen as f64 - libm::floor(replayed)).max(0.0);
    let mut all = Vec::new();
    if replay.caught_up_ns.is_none_or(|ns| ns / 1_000_000 > at) {
        let name = "events missing at the early switch: those that were not replayed yet";
        all.push(Expected::new(name, expected, missing as f64, 2.0));
    }
    let reverts = run
        .log()
        .iter()
        .filter(|logged| logged.operation == Operation::Revert && logged.at_ms < run.clock_ms());
    if reverts.count() > 0 {
        let asked = run.log().iter().filter(|logged| {
            matches!(&logged.operation, Operation::Fix { paths, reprocess: true }
                if paths.contains(&Path::Stream) && logged.at_ms < run.clock_ms())
        });
        let name = "replays: one for each that was asked for, none for a revert";
        all.push(Expected::exact(name, asked.count() as u64, kappa.replays.len() as u64));
    }
    let job = &kappa.read;
    if job.caught_up_at.is_some()
        && !job.logic.buggy
        && job.from == 0
        && run.settings.late_share == 0.0
    {
        let name = "events missing in the table that is read, after catch-up";
        all.push(Expected::exact(name, 0, job.position() - job.included()));
    }
    all
}
