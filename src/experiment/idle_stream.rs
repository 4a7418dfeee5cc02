//! #10: stream time stands still when nothing comes.

use super::knob::later;
use super::protocol::{Expected, Logged};
use super::source::Process;
use super::{Experiment, Simulation, reckon};
use crate::architecture::Operation;
use crate::sim::MS_NS;
use crate::time::{HOUR_MS, MINUTE_MS};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    number: 10,
    name: "idle-stream",
    title: "A stream that falls silent",
    question: "Nobody clicks for a while. When do the last windows before the silence become final?",
    text: later!(
        "Stream time moves with records only. With EMIT FINAL a window is emitted when stream time reaches its end and the grace: in a silence never, until a record comes. And a record that jumps over more than a window makes the store drop what should have become final meanwhile, a size and the grace behind its own window: those windows are never emitted at all. A heartbeat, a record without a click, moves stream time, and each window is emitted on time. EMIT CHANGES shows every change and waits for nothing; batches do not know stream time."
    ),
    for_ms: 4 * HOUR_MS,
    primary: &["emit", "heartbeat", "silence", "grace", "window", "at"],
    operations: &["silence"],
    preset: |s| {
        s.source = Process::Poisson;
        s.rate = 10.0;
        s.run_time = 5 * MINUTE_MS;
        s.grace = 10 * MINUTE_MS;
        s.emit = 1;
        s.at = 2 * HOUR_MS;
    },
    script: |s| vec![Logged::scripted(s.at, Operation::Silence { for_ms: s.silence })],
    expected,
};

/// What a job that emits windows once has shown, by the definition.
#[derive(Default)]
struct Shown {
    windows: u64,
    lost: u64,
    events: u64,
    longest_wait: i64,
}

fn expected(run: &Simulation) -> Vec<Expected> {
    let (s, job) = (&run.settings, &run.lanes.kappa.read);
    let is_plain = !job.logic.buggy && job.skipped.expired + job.skipped.unread == 0;
    if s.emit == 0 || !is_plain || job.started > 0 || job.down_until > 0 {
        return Vec::new();
    }
    let shown = by_definition(run);
    let table = job.table();
    let there = (0..table.windows()).filter(|window| table.window(*window) != Default::default());
    vec![
        Expected::exact(
            "windows in kappa's answer: those whose end and grace stream time has reached",
            shown.windows,
            there.count() as u64,
        ),
        Expected::exact(
            "events in kappa's answer: those of these windows",
            shown.events,
            table.events(),
        ),
        Expected::exact(
            "windows that were never emitted: over a size and the grace behind the newest when a record came",
            shown.lost,
            job.finals.lost,
        ),
        Expected::new(
            "seconds from a window's end until it is final, at most: until a record or heartbeat reaches its grace",
            shown.longest_wait as f64 / 1e9,
            job.finals.longest_wait as f64 / 1e9,
            0.0,
        ),
    ]
}

/// One record after the other: events and heartbeats as they come.
fn by_definition(run: &Simulation) -> Shown {
    let s = &run.settings;
    let (service, lag) = (reckon::service_ns(run), s.stream_lag * MS_NS);
    let (size, grace, until) = (s.window, s.grace, run.clock_ms() * MS_NS);
    let mut shown = Shown::default();
    let mut open = std::collections::BTreeMap::<i64, u64>::new();
    let (mut free, mut stream_time, mut beat) = (0_i64, 0_i64, 0_i64);
    let mut events = reckon::rows(run).peekable();
    loop {
        let arrival = events.peek().map(|row| row.arrival);
        // A heartbeat of the same time is before an event.
        let is_beat = s.heartbeat > 0 && arrival.is_none_or(|arrival| beat <= arrival);
        let (came, time) = match (is_beat, events.peek()) {
            (true, _) => (beat, beat),
            (false, Some(row)) => (row.arrival, row.event),
            (false, None) => break,
        };
        free = free.max(came * MS_NS) + service;
        if free + lag >= until {
            break;
        }
        stream_time = stream_time.max(time);
        let oldest = stream_time / size * size - size - grace;
        while let Some((&window, &count)) = open.first_key_value() {
            if (window + 1) * size + grace > stream_time {
                break;
            }
            open.pop_first();
            if window * size < oldest {
                shown.lost += 1;
                continue;
            }
            shown.windows += 1;
            shown.events += count;
            let wait = free + lag - (window + 1) * size * MS_NS;
            shown.longest_wait = shown.longest_wait.max(wait);
        }
        if is_beat {
            beat += s.heartbeat;
        } else if (time / size + 1) * size + grace > stream_time {
            *open.entry(time / size).or_default() += 1;
            events.next();
        } else {
            events.next();
        }
    }
    shown
}
