//! #5, #8 and #12: logic that is wrong on a path, and what can still be computed again.

use streamglass::architecture::report::Report;

use super::world::{Event, World, count, seen};
use super::{HOUR, MINUTE, run};

const STEADY: [(&str, &str); 2] = [("source", "constant"), ("rate", "10")];

/// The section that the bug leaves out.
fn is_bug(event: &Event) -> bool {
    event.content == 4
}

fn at_end(report: &Report) -> [f64; 3] {
    let last = report.samples.last().expect("it has samples");
    [&last.batch_etl, &last.lambda, &last.kappa].map(|lane| lane.answer.expect("an answer"))
}

#[test]
fn the_merged_answer_steps_at_every_batch_while_its_paths_differ() {
    let events = World::STEADY.events(8 * HOUR);
    let at = 7 * HOUR / 2;
    for fix in ["speed", "batch", "both"] {
        let report = run("logic-drift", &[&STEADY[..], &[("fix", fix)]].concat(), 8 * HOUR);
        let mut boundaries = std::collections::BTreeSet::new();
        for sample in report.samples.iter().filter(|sample| sample.t >= 4 * HOUR + 5 * MINUTE) {
            // The last batch that landed, five minutes after its start.
            let boundary = (sample.t - 5 * MINUTE) / HOUR * HOUR;
            boundaries.insert(boundary);
            let short = count(&events, |event| {
                is_bug(event)
                    && seen(event.event, sample.t)
                    && match fix {
                        "speed" => event.event < boundary,
                        "batch" => event.event >= boundary,
                        _ => false,
                    }
            });
            let all = count(&events, |event| seen(event.event, sample.t));
            assert_eq!(sample.lambda.answer, Some(all - short), "{fix} at {}", sample.t);
            let kappa = count(&events, |event| is_bug(event) && seen(event.event, at));
            assert_eq!(sample.kappa.answer, Some(all - kappa), "{fix} at {}", sample.t);
        }
        assert_eq!(boundaries.len(), 4, "four batches, four steps");
        // The load at 4:00 is the first with the fix; the one at 8:00 has not landed.
        let loaded = count(&events, |event| event.event < 7 * HOUR);
        let short = count(&events, |event| is_bug(event) && event.event < 3 * HOUR);
        assert_eq!(at_end(&report)[0], loaded - short);
    }
}

#[test]
fn a_replay_leaves_no_step() {
    let settings = [&STEADY[..], &[("replay", "on")]].concat();
    let report = run("logic-drift", &settings, 8 * HOUR);
    let events = World::STEADY.events(8 * HOUR);
    assert_eq!(at_end(&report)[2], count(&events, |event| seen(event.event, 8 * HOUR)));
    assert_eq!(at_end(&report)[0], count(&events, |event| event.event < 7 * HOUR));
}

/// Bug from 2:30, replay at 8:30; the log keeps 4 h in segments of one.
fn replayed(settings: &[(&str, &str)], end: i64) -> f64 {
    at_end(&run("retention", &[&STEADY[..], settings].concat(), end))[2]
}

#[test]
fn what_is_below_the_start_of_the_log_cannot_be_corrected() {
    let (end, bug) = (12 * HOUR, 5 * HOUR / 2);
    let events = World::STEADY.events(end);
    let all = count(&events, |event| seen(event.event, end));
    for (retention, segment, start) in
        [("4h", "1h", 4 * HOUR), ("4h", "30m", 9 * HOUR / 2), ("7h", "1h", HOUR)]
    {
        let log = [("retention", retention), ("segment", segment)];
        let below = |event: &Event| event.event < start;
        let wrong =
            count(&events, |event| is_bug(event) && below(event) && !seen(event.event, bug));
        let seeded = replayed(&[&log[..], &[("seeded", "on")]].concat(), end);
        assert_eq!(seeded, all - wrong, "{retention} {segment}");
        let empty = replayed(&log, end);
        assert_eq!(empty, all - count(&events, below), "{retention} {segment}");
        assert_eq!(replayed(&[&log[..], &[("archive", "on")]].concat(), end), all);
    }
    assert_eq!(replayed(&[("retention", "0s")], end), all);
}

#[test]
fn a_slow_replay_loses_what_goes_while_it_reads() {
    // 15 events a second of which 10 come anew: the segment from 4:00 goes at 9:00, half read.
    let end = 19 * HOUR;
    let events = World::STEADY.events(end);
    let (service, mut free) = (1e3 / 15.0, 8.5 * HOUR as f64 + 30e3);
    let mut read = 0.0;
    let mut last = 0;
    for event in events.iter().filter(|event| event.event >= 4 * HOUR) {
        let start = free.max(event.event as f64);
        let gone = 4 * HOUR + (event.event / HOUR + 1) * HOUR;
        if start + service + 1e3 >= end as f64 {
            break;
        }
        if start < gone as f64 {
            (read, free, last) = (read + 1.0, start + service, event.event);
        }
    }
    assert!(last > 18 * HOUR, "it catches up");
    let found = replayed(&[("throughput", "15")], end);
    assert!((found - read).abs() <= 1.0, "{found} instead of {read}");
    let at_once = count(&events, |event| event.event >= 4 * HOUR && seen(event.event, end));
    assert!(found < at_once - 5_000.0, "{found} of {at_once}");
}

#[test]
fn bad_values_come_back_from_what_was_kept_as_it_came() {
    let (end, at) = (6 * HOUR, 3 * HOUR + 20 * MINUTE);
    for share in [0.03, 0.2] {
        let events = World { bad: share, ..World::STEADY }.events(end);
        let all = count(&events, |event| seen(event.event, end));
        let loaded = count(&events, |event| event.event < 5 * HOUR);
        let text = format!("{share}");
        let run = |in_place: &str, replay: &str| {
            let own = [("bad", &*text), ("in-place", in_place), ("replay", replay)];
            at_end(&run("bad-data", &[&STEADY[..], &own].concat(), end))
        };
        let gone = count(&events, |event| event.bad && event.event < at);
        assert!(gone > 0.9 * share * 120_000.0);
        assert_eq!(run("on", "on"), [loaded - gone, all, all]);
        assert_eq!(run("off", "on"), [loaded, all, all]);
        // Without computing again only lambda heals, at its next batch.
        let kappa = count(&events, |event| event.bad && seen(event.event, at));
        let etl = count(&events, |event| event.bad && event.event < 3 * HOUR);
        assert_eq!(run("off", "off"), [loaded - etl, all, all - kappa]);
        assert_eq!(run("on", "off"), [loaded - gone, all, all - kappa]);
    }
}
