//! #9 and #10: events that come late, and streams where none comes.

use super::world::{Lateness, World, count, seen};
use super::{HOUR, MINUTE, close, open, run};

/// Events that a stream path drops: their window's end and the grace are behind its stream time.
fn dropped(events: &[super::world::Event], size: i64, grace: i64, end: i64) -> f64 {
    let mut stream_time = 0;
    let mut late = 0.0;
    for event in events.iter().filter(|event| seen(event.arrival, end)) {
        stream_time = stream_time.max(event.event);
        late += f64::from(u8::from((event.event / size + 1) * size + grace <= stream_time));
    }
    late
}

/// ∫ from a to b of S(x) dx by the midpoint rule.
fn integral(survival: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    let steps = 10_000;
    let width = (b - a) / f64::from(steps);
    (0..steps).map(|step| survival(a + (f64::from(step) + 0.5) * width) * width).sum()
}

#[test]
fn a_stream_job_drops_what_the_integral_of_the_survival_says() {
    let end = 12 * HOUR;
    for (name, kind) in [
        ("exponential", Lateness::Exponential),
        ("uniform", Lateness::Uniform),
        ("constant", Lateness::Constant),
        ("log-normal", Lateness::LogNormal),
    ] {
        for (grace, size, mean) in [(5, 5, 10), (0, 10, 4), (2, 1, 3)] {
            let [grace, size, mean] = [grace, size, mean].map(|minutes| minutes * MINUTE);
            let text = |ms: i64| format!("{}m", ms / MINUTE);
            let settings = [
                ("late-delay", name),
                ("late-share", "0.1"),
                ("late-mean", &*text(mean)),
                ("grace", &*text(grace)),
                ("window", &*text(size)),
                ("rate", "10"),
                ("at", "20h"),
            ];
            let report = run("late-data", &settings, end);
            let found = report.summary.kappa.late_dropped.expect("counted") as f64;
            let late = (0.1, mean as f64, kind);
            let world = World { steady: false, late, ..World::STEADY };
            let events = world.events(end);
            let exact = dropped(&events, size, grace, end);
            close(found, exact, 2.0);
            let survival = |x: f64| match kind {
                Lateness::Exponential => libm::exp(-x / mean as f64),
                Lateness::Uniform => (1.0 - x / (2 * mean) as f64).max(0.0),
                Lateness::Constant => f64::from(u8::from(x < mean as f64)),
                // The upper tail of a normal: of the logarithm, whose mean is half below the mean's.
                Lateness::LogNormal => {
                    let z = libm::log(x / mean as f64) + 0.5;
                    libm::erfc(z / 2_f64.sqrt()) / 2.0
                }
            };
            let share = integral(survival, grace as f64, (grace + size) as f64) / size as f64;
            let sent = count(&events, |event| event.late);
            // The last ones are still on their way: those of some 20 minutes of 12 hours, or of a heavy
            // tail more.
            let there = if name == "log-normal" { 0.94 } else { 0.97 };
            let (expect, random) = (sent * share, 4.0 * (sent * share).sqrt());
            assert!(found <= expect + random + 2.0, "{name}: {found} of {expect}");
            assert!(found >= there * expect - random - 2.0, "{name}: {found} of {expect}");
        }
    }
}

#[test]
fn late_events_come_back_where_their_time_is_computed_again() {
    // A replay at 6:00 whose grace is a day; batches that recompute some hours.
    let end = 8 * HOUR;
    let world = World {
        rate: 20.0,
        steady: false,
        late: (0.05, 40.0 * MINUTE as f64, Lateness::Exponential),
        ..World::STEADY
    };
    let events = world.events(end);
    for hours in [1, 2, 0] {
        let window = format!("{hours}h");
        let settings = [("recompute", &*window), ("late-mean", "40m")];
        let report = run("late-data", &settings, end);
        let last = report.samples.last().expect("it has samples");
        let all = count(&events, |event| seen(event.arrival, end));
        close(last.kappa.answer.expect("an answer"), all, 2.0);
        // The first batch after it came goes back the farthest: from its start so many hours.
        let missed = count(&events, |event| {
            let start = (event.arrival / HOUR + 1) * HOUR;
            event.arrival < 7 * HOUR && hours > 0 && event.event < start - hours * HOUR
        });
        assert!(hours == 0 || missed > 100.0);
        let behind =
            events.iter().filter(|event| event.arrival >= 7 * HOUR && seen(event.arrival, end));
        let mut stream_time = 7 * HOUR;
        let late = behind.filter(|event| {
            stream_time = stream_time.max(event.event);
            (event.event / (5 * MINUTE) + 1) * 5 * MINUTE + 5 * MINUTE <= stream_time
        });
        let short = missed + late.count() as f64;
        close(last.lambda.answer.expect("an answer"), all - short, 3.0);
        let loaded = count(&events, |event| event.arrival < 7 * HOUR);
        close(last.batch_etl.answer.expect("an answer"), loaded, 0.0);
    }
}

/// Kappa's answer at a time of a run whose events stop at 2:00; one comes every 100 ms before.
fn in_silence(settings: &[(&str, &str)], at: i64) -> f64 {
    let settings = [&[("source", "constant"), ("rate", "10")], settings].concat();
    let mut simulation = open("idle-stream", 7, &settings, 4 * HOUR);
    simulation.advance(at, u64::MAX);
    let report = simulation.report();
    for row in &report.expected {
        assert!(row.held, "{settings:?}: {row:?}");
    }
    for check in &report.checkers {
        assert!(check.held, "{settings:?}: {check:?}");
    }
    simulation.answer(&simulation.lanes.kappa).unwrap_or(0.0)
}

/// Events before a minute of the run: the first comes after 100 ms.
fn before(minute: i64) -> f64 {
    (minute * 600 - 1) as f64
}

#[test]
fn a_final_window_waits_for_a_record() {
    let silence = ("silence", "8m");
    // Stream time stands at 1:59:59.9: windows up to 1:49 have had their ten minutes.
    for minute in [121, 125, 127] {
        assert_eq!(in_silence(&[silence], minute * MINUTE), before(109), "{minute}");
    }
    // The first record after it closes what ends by 1:58, a second and a half millisecond later; but
    // what starts before 1:57, a window and the grace before its own, has been dropped by then.
    assert_eq!(in_silence(&[silence], 128 * MINUTE + 1_000), before(109));
    assert_eq!(in_silence(&[silence], 128 * MINUTE + 1_001), before(109) + 600.0);
    // A heartbeat each 10 s: the one of 2:04:50 can be seen at 2:05.
    let beats = [silence, ("heartbeat", "10s")];
    assert_eq!(in_silence(&beats, 125 * MINUTE), before(114));
    assert_eq!(in_silence(&beats, 125 * MINUTE + 1_001), before(115));
    // With every change shown nothing waits.
    assert_eq!(in_silence(&[silence, ("emit", "changes")], 121 * MINUTE), before(120));
}

#[test]
fn after_a_long_silence_open_windows_are_never_emitted() {
    // The record of 2:30 drops what starts before 2:19: the windows from 1:49 to 2:00.
    let lost = before(120) - before(109);
    let end = 4 * HOUR;
    // At the end windows up to 3:49 are final; from 2:30 on an event comes at full tenths again.
    let after = (79 * 600) as f64;
    let without = in_silence(&[("silence", "30m")], end);
    assert_eq!(without, before(120) - lost + after);
    let with = in_silence(&[("silence", "30m"), ("heartbeat", "1m")], end);
    assert_eq!(with, before(120) + after);
}

#[test]
fn what_starts_before_a_size_and_the_grace_behind_the_newest_window_is_dropped() {
    let settings = [("silence", "8m"), ("grace", "650s")];
    // Stream time of 1:59:59.9 has closed what ends by 1:49. The record of 2:08 closes what ends by
    // 1:57:10, but what starts before 2:08 − 1 min − 10 min 50 s = 1:56:10 has been dropped: all of it.
    assert_eq!(in_silence(&settings, 128 * MINUTE + 1_001), before(109));
    // At 2:08:50 the window of 1:57 is final.
    assert_eq!(in_silence(&settings, 129 * MINUTE), before(109) + 600.0);
}
