//! The question of session lengths, reckoned from the events by the definition of a session.

use std::collections::BTreeMap;

use super::world::{Event, Lateness, World, seen};
use super::{HOUR, MINUTE, close, open, run};
use streamglass::architecture::report::Report;
use streamglass::experiment::Simulation;
use streamglass::rng::Seed;

const GAP: i64 = 5 * MINUTE;
const SETTINGS: [(&str, &str); 8] = [
    ("question", "session-length"),
    ("session-gap", "5m"),
    ("window", "10m"),
    ("source", "poisson"),
    ("rate", "2"),
    ("users", "300"),
    ("run-time", "5m"),
    ("delay", "0s"),
];

/// A session: user, first and last click.
type Session = (u32, i64, i64);

/// The sessions of all events for which something holds.
fn sessions(events: &[Event], holds: impl Fn(&Event) -> bool) -> Vec<Session> {
    let mut clicks: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
    for event in events.iter().filter(|event| holds(event)) {
        clicks.entry(event.user).or_default().push(event.event);
    }
    let mut all = Vec::new();
    for (user, mut times) in clicks {
        times.sort_unstable();
        let mut from = times[0];
        for (i, at) in times.iter().enumerate() {
            if times.get(i + 1).is_none_or(|next| next - at > GAP) {
                all.push((user, from, *at));
                from = times.get(i + 1).copied().unwrap_or(0);
            }
        }
    }
    all
}

/// Their mean length, seconds.
fn mean(sessions: &[Session]) -> f64 {
    let all: i64 = sessions.iter().map(|(_, start, end)| end - start).sum();
    all as f64 / sessions.len() as f64 / 1e3
}

fn answers(report: &Report) -> [f64; 4] {
    let last = report.samples.last().expect("there are samples");
    [last.truth.happened, last.batch_etl.answer, last.lambda.answer, last.kappa.answer]
        .map(|answer| answer.expect("there is an answer"))
}

fn world() -> World {
    World { rate: 2.0, steady: false, users: 300, ..World::STEADY }
}

#[test]
fn every_lane_answers_with_the_sessions_of_what_it_has() {
    let end = 4 * HOUR;
    let events = world().events(end);
    let all = sessions(&events, |_| true);
    let loaded = sessions(&events, |event| event.arrival < 3 * HOUR);
    let shown = sessions(&events, |event| seen(event.arrival, end));
    let mut simulation =
        open("hand-off", 7, &[&SETTINGS[..], &[("hand-off", "by-offset")]].concat(), end);
    simulation.advance(end, u64::MAX);
    let found = answers(&simulation.report());
    for (found, expect) in found.into_iter().zip([&all, &loaded, &shown, &shown]) {
        close(found, mean(expect), 1e-9);
    }
    assert!(all.len() > 1_000 && mean(&all) > 60.0, "there is something to see");
    // The same of each window in which they begin.
    for point in simulation.series().windows {
        let of = |all: &[Session]| {
            let begins =
                |(_, start, _): &&Session| start / (10 * MINUTE) * 10 * MINUTE == point.start_ms;
            mean(&all.iter().filter(begins).copied().collect::<Vec<_>>())
        };
        close(point.happened, of(&all), 1e-9);
        for lane in [point.lambda, point.kappa] {
            close(lane.expect("it has an answer"), of(&shown), 1e-9);
        }
    }
}

#[test]
fn a_serving_layer_that_only_adds_has_sessions_twice_that_go_over_the_seam() {
    let end = 4 * HOUR;
    let events = world().events(end);
    let settings = [&SETTINGS[..], &[("hand-off", "by-offset"), ("unite", "off")]].concat();
    let report = run("hand-off", &settings, end);
    let mut cut = sessions(&events, |event| event.arrival < 3 * HOUR);
    cut.extend(sessions(&events, |event| event.arrival >= 3 * HOUR && seen(event.arrival, end)));
    let [_, _, lambda, kappa] = answers(&report);
    close(lambda, mean(&cut), 1e-9);
    assert!(kappa > lambda, "what is cut in two is shorter");
}

#[test]
fn a_stream_job_drops_what_would_begin_a_session_that_is_over() {
    let (end, grace) = (3 * HOUR, 2 * MINUTE);
    let late = (0.2, 20.0 * MINUTE as f64, Lateness::Exponential);
    let events = World { late, ..world() }.events(end);
    let settings =
        [("late-share", "20%"), ("late-mean", "20m"), ("grace", "2m"), ("hand-off", "by-offset")];
    let report = run("hand-off", &[&SETTINGS[..], &settings].concat(), end);
    // Kafka Streams' rule, one record after the other over a store of open sessions.
    let (mut stream_time, mut dropped) = (0, 0);
    let (mut open, mut all): (Vec<Session>, Vec<Session>) = (Vec::new(), Vec::new());
    for event in events.iter().filter(|event| seen(event.arrival, end)) {
        stream_time = stream_time.max(event.event);
        let closes = stream_time - grace - GAP;
        all.extend(open.extract_if(.., |(_, _, last)| *last < closes));
        let at = event.event;
        let touches = |(user, first, last): &mut Session| {
            *user == event.user && at >= *first - GAP && at <= *last + GAP
        };
        let joined: Vec<_> = open.extract_if(.., touches).collect();
        if joined.is_empty() && at < closes {
            dropped += 1;
            continue;
        }
        let first = joined.iter().map(|session| session.1).min().map_or(at, |t| t.min(at));
        let last = joined.iter().map(|session| session.2).max().map_or(at, |t| t.max(at));
        open.push((event.user, first, last));
    }
    all.extend(open);
    assert!(dropped > 100, "{dropped}");
    assert_eq!(report.summary.kappa.late_dropped, Some(dropped));
    close(answers(&report)[3], mean(&all), 1e-9);
}

#[test]
fn what_sessions_cannot_do_is_refused_at_its_knob() {
    for (knob, value) in [("recompute", "1h"), ("emit", "final")] {
        let settings = [("question", "session-length"), (knob, value)];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let problems = Simulation::open("crash", Seed(1), &settings, None).expect_err("refused");
        assert!(problems.iter().all(|problem| problem.knob == knob), "{problems:?}");
    }
}
