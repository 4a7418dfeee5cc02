//! #8: what a log has forgotten cannot be replayed.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation, reckon};
use crate::architecture::question::{BUG_CONTENT, Question};
use crate::architecture::{Architecture, Operation, Path};
use crate::sim::MS_NS;
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 8,
    name: "retention",
    title: "Older than the log",
    question: "The bug is older than what the log keeps. What can a replay still mend?",
    text: later!(
        "Segments of the log go as a whole when their last event is older than the retention. What was processed under the bug below the log's start, when the replay reads there, cannot be corrected: exactly those events. With an empty new table older right results vanish too; a table that begins with the old one's rows keeps them, and the wrong ones with them. An archive keeps everything, at its price. Lambda's master dataset is such an archive."
    ),
    for_ms: 12 * HOUR_MS,
    primary: &["retention", "segment", "at", "after", "archive", "seeded", "throughput"],
    operations: &["bug", "fix-reprocess", "drop-old"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 10.0;
        s.run_time = 5 * MINUTE_MS;
        s.retention = 4 * HOUR_MS;
        s.segment = HOUR_MS;
        s.at = 8 * HOUR_MS + 30 * MINUTE_MS;
        s.after = 6 * HOUR_MS;
    },
    script: |s| {
        let paths = || Path::ALL.to_vec();
        let bug = (s.at - s.after).max(1);
        vec![
            Logged::scripted(bug, Operation::DeployBug { paths: paths() }),
            Logged::scripted(s.at, Operation::Fix { paths: paths(), reprocess: true }),
        ]
    },
    expected,
};

fn expected(run: &Simulation) -> Vec<Expected> {
    let (s, kappa) = (&run.settings, &run.lanes.kappa);
    let [replay] = kappa.replays[..] else { return Vec::new() };
    let is_read = replay.switched.is_some() && kappa.read.started == replay.asked;
    let is_plain = s.question == Question::Clicks && s.window > 0 && !run.store.any_bad();
    let Some((bug, Some(until))) = kappa.under_bug.filter(|_| is_read && is_plain) else {
        return Vec::new();
    };
    if kappa.read.doubled + kappa.read.lost + kappa.read.late_and_stream_time().0 > 0 {
        return Vec::new();
    }
    // The replay reads one event after the other, unless its segment is gone by then.
    let segment = s.segment.max(1);
    let keeps_all = s.retention == 0 || s.archive;
    let gone_at = |arrival: i64| s.retention + (arrival / segment + 1) * segment;
    let mut free = (replay.asked + s.startup) * MS_NS;
    let service = reckon::service_ns(run);
    // By window and section: all, what the old table had, and what the new job counted.
    let mut cells = std::collections::BTreeMap::<(i64, u8), [u64; 3]>::new();
    let (mut stays_wrong, mut seen) = (0_u64, 0_u64);
    for row in reckon::rows(run).take_while(|row| row.offset < kappa.read.position()) {
        let was_wrong = (bug..until).contains(&row.offset) && row.content == BUG_CONTENT;
        let start = free.max(row.arrival * MS_NS);
        let gone = gone_at(row.arrival);
        let is_gone = !keeps_all && (gone <= replay.asked || gone * MS_NS <= start);
        if !is_gone {
            free = start + service;
        }
        let [all, old, new] = cells.entry((row.event / s.window, row.content)).or_default();
        *all += 1;
        *old += u64::from(!was_wrong && row.offset < until);
        *new += u64::from(!is_gone);
        stays_wrong += u64::from(is_gone && was_wrong);
        seen += 1;
    }
    let short = seen.saturating_sub(kappa.total().a);
    if s.seeded {
        // A row of the new job takes the place of the old one's, whole or not.
        let held: u64 =
            cells.values().map(|[_, old, new]| if *new > 0 { *new } else { *old }).sum();
        let name = if seen - held == stays_wrong {
            "events that stay wrong: processed under the bug, and gone when the replay read there"
        } else {
            "events that stay wrong, or were counted and are cut off in the window that the log begins in"
        };
        return vec![Expected::exact(name, seen - held, short)];
    }
    let others = || cells.iter().filter(|((_, content), _)| *content != BUG_CONTENT);
    let table = kappa.read.table();
    let found = others().map(|((window, content), [all, ..])| {
        all.saturating_sub(table.cell(*window as usize, usize::from(*content)).a)
    });
    let counted: u64 = cells.values().map(|[_, _, new]| *new).sum();
    let missing = "events missing after the replay: those that stay wrong, and older right results";
    let right = "older right results of the other sections that an empty new table lacks";
    vec![
        Expected::exact(missing, seen - counted, short),
        Expected::exact(right, others().map(|(_, [all, _, new])| all - new).sum(), found.sum()),
    ]
}
