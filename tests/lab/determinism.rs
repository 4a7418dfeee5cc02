//! Seed, configuration and command log are the run: how it is sliced, played and sought through
//! changes nothing.

use proptest::prelude::*;
use serde_json::json;
use streamglass::clickstream::{FaultKind, LogNormal, Setting, Skew, Tail};
use streamglass::engine::TURN_MS;
use streamglass::lab::protocol::Command;
use streamglass::lab::{Lab, Next};

use crate::common::{
    Picture, TOP_CONTENT, digest, go, lab, lab_with, picture, settle, settle_in, tell,
};
use crate::soak::soak;

/// The furthest point that these runs reach: some checkpoints, some windows.
const SPAN_MS: i64 = 150_000;

#[derive(Clone, Debug)]
enum Act {
    /// Goes there, in slices of these turns, and waits until it has arrived.
    Seek(i64, Vec<usize>),
    /// Sets out, and does what comes next before it has arrived.
    SetOut(i64, usize),
    Step(i64),
    /// Plays at a speed for as many slices as there are wall times, then pauses.
    Play(Option<f64>, Vec<f64>),
    Change(Command),
}

fn any_setting() -> impl Strategy<Value = Setting> {
    let delay = |median_seconds| LogNormal { median_seconds, sigma: 0.8 };
    let fault = |kind, most: f64| (0.0..most).prop_map(move |rate| Setting::Fault { kind, rate });
    prop_oneof![
        (0.0_f64..30.0).prop_map(Setting::SessionRate),
        prop::option::of(Just("special".to_owned())).prop_map(Setting::Mode),
        (0.0_f64..5.0).prop_map(move |seconds| Setting::Delay(delay(seconds))),
        (0.0_f64..0.3).prop_map(move |share| Setting::Tail(Tail { share, delay: delay(60.0) })),
        (0.0_f64..0.1).prop_map(|share| Setting::Skew(Skew { share, offset_micros: 90_000_000 })),
        (0_u32..4, 0.0_f64..60.0)
            .prop_map(|(partition, seconds)| Setting::Outage { partition, seconds }),
        fault(FaultKind::Malformed, 0.2),
        fault(FaultKind::Duplicate, 0.2),
        fault(FaultKind::Drop, 0.2),
        fault(FaultKind::MissingKey, 0.2),
        fault(FaultKind::Bot, 60.0),
        (1.0_f64..4.0).prop_map(|rate| Setting::Fault { kind: FaultKind::Burst, rate }),
    ]
}

fn any_change() -> impl Strategy<Value = Command> {
    let query = || {
        prop::sample::select(vec![
            "CSAS_CLICK_TEXTS_1",
            "CSAS_DEAD_LETTERS_4",
            "CTAS_CLICKS_BY_STATE_5",
            TOP_CONTENT,
            "CTAS_USERS_BY_COUNTRY_7",
            "CSAS_CLICKS_GB_9",
            "CTAS_VISITS_GB_11",
        ])
        .prop_map(str::to_owned)
    };
    prop_oneof![
        4 => any_setting().prop_map(|setting| Command::Apply { setting }),
        2 => any::<bool>().prop_map(|on| Command::Coalesce { on }),
        1 => query().prop_map(|query| Command::PauseQuery { query }),
        1 => query().prop_map(|query| Command::ResumeQuery { query }),
    ]
}

fn any_act() -> impl Strategy<Value = Act> {
    let place = || (0..SPAN_MS / TURN_MS).prop_map(|turns| turns * TURN_MS);
    let slices = prop::collection::vec(0_usize..40, 0..20);
    let walls = prop::collection::vec(0.0_f64..250.0, 1..12);
    let speed = prop_oneof![Just(Some(60.0)), Just(Some(400.0)), (1.0_f64..900.0).prop_map(Some)];
    prop_oneof![
        3 => (place(), slices).prop_map(|(to_ms, slices)| Act::Seek(to_ms, slices)),
        1 => (place(), 0_usize..200).prop_map(|(to_ms, turns)| Act::SetOut(to_ms, turns)),
        1 => (1_i64..9_000).prop_map(Act::Step),
        2 => (speed, walls).prop_map(|(speed, walls)| Act::Play(speed, walls)),
        4 => any_change().prop_map(Act::Change),
    ]
}

fn do_it(lab: &mut Lab, start_ms: i64, act: &Act) {
    match act {
        Act::Seek(to_ms, slices) => {
            tell(lab, Command::Seek { to_ms: start_ms + to_ms });
            settle_in(lab, |slice| slices.get(slice).copied().unwrap_or(usize::MAX));
        }
        Act::SetOut(to_ms, turns) => {
            tell(lab, Command::Seek { to_ms: start_ms + to_ms });
            let mut left = *turns;
            lab.slice(16.0, || {
                let goes_on = left > 0;
                left = left.saturating_sub(1);
                goes_on
            });
        }
        Act::Step(ms) => {
            tell(lab, Command::Step { ms: *ms });
            settle(lab);
        }
        Act::Play(speed, walls) => {
            // What is still under way ends first, so that the place is not that of the seek.
            settle(lab);
            tell(lab, Command::Speed { factor: *speed });
            tell(lab, Command::Play);
            for wall_ms in walls {
                lab.slice(*wall_ms, || true);
            }
            tell(lab, Command::Pause);
        }
        Act::Change(change) => tell(lab, change.clone()),
    }
}

/// The changes that are in force at the end, each with its place: one that is made earlier takes
/// those after it out of history.
fn history(lab: &mut Lab, start_ms: i64, acts: &[Act]) -> Vec<(i64, Command)> {
    let mut history: Vec<(i64, Command)> = Vec::new();
    for act in acts {
        do_it(lab, start_ms, act);
        if let Act::Change(change) = act {
            let at_ms = lab.tick().clock_ms - start_ms;
            history.retain(|(other_ms, _)| *other_ms <= at_ms);
            history.push((at_ms, change.clone()));
        }
    }
    settle(lab);
    history
}

/// The same history made directly, up to `end_ms`.
fn directly(lab: &mut Lab, history: &[(i64, Command)], end_ms: i64) -> Picture {
    for (at_ms, change) in history.iter().take_while(|(at_ms, _)| *at_ms <= end_ms) {
        go(lab, *at_ms);
        tell(lab, change.clone());
    }
    go(lab, end_ms);
    picture(lab)
}

fn any_way_there_is_the_same(seed: u64, acts: &[Act]) -> Result<(), TestCaseError> {
    let mut lab = lab(seed);
    let start_ms = crate::common::START_MS;
    let history = history(&mut lab, start_ms, acts);
    let end_ms = lab.tick().clock_ms - start_ms;
    let roundabout = picture(&mut lab);
    let direct = directly(&mut self::lab(seed), &history, end_ms);
    prop_assert_eq!(&roundabout, &direct, "{:?}", &history);
    // Back to the beginning and here again, whatever comes later in the log.
    go(&mut lab, 0);
    go(&mut lab, end_ms);
    prop_assert_eq!(&picture(&mut lab), &direct);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_way_to_a_place_does_not_matter(
        seed in 0_u64..1 << 53,
        acts in prop::collection::vec(any_act(), 1..12),
    ) {
        any_way_there_is_the_same(seed, &acts)?;
    }
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_lab_ways_to_a_place() {
    soak("ways to a place", &[the_way_to_a_place_does_not_matter]);
}

#[test]
fn slices_of_one_turn_and_of_all_are_the_same() {
    // At this rate turns end between the points of the grid, after as many records as they may have.
    let settings = json!({ "sessionsPerSecond": 12_000 });
    let mut pictures = [usize::MAX, 1, 3].map(|turns| {
        let mut lab = lab_with(settings.clone(), 5);
        let to_ms = crate::common::START_MS + 3_000;
        tell(&mut lab, Command::Seek { to_ms });
        settle_in(&mut lab, |_| turns);
        picture(&mut lab)
    });
    assert!(pictures[0].tick.sent > 20_480, "{}", pictures[0].tick.sent);
    assert_eq!(pictures[0], pictures[1]);
    pictures.sort_by_key(|picture| picture.tick.sent);
    assert_eq!(pictures[0], pictures[2]);
}

#[test]
fn a_change_between_two_points_of_the_grid_comes_again_there() {
    let mut lab = lab_with(json!({ "sessionsPerSecond": 12_000 }), 6);
    let start_ms = crate::common::START_MS;
    tell(&mut lab, Command::Seek { to_ms: start_ms + 4_000 });
    let mut turns = 7;
    lab.slice(16.0, || {
        turns -= 1;
        turns > 0
    });
    assert_ne!((lab.tick().clock_ms - start_ms) % TURN_MS, 0, "a turn of many records ends early");
    let setting = Setting::Fault { kind: FaultKind::Malformed, rate: 0.5 };
    tell(&mut lab, Command::Apply { setting });
    go(&mut lab, 4_000);
    let first = picture(&mut lab);
    assert!(first.tick.faults.iter().any(|fault| fault.name == "cut short"));
    go(&mut lab, 100);
    go(&mut lab, 4_000);
    assert_eq!(picture(&mut lab), first);
}

#[test]
fn a_change_at_the_beginning_outlives_a_seek_that_is_interrupted() {
    let change =
        |rate| Command::Apply { setting: Setting::Fault { kind: FaultKind::Malformed, rate } };
    let mut lab = lab(3);
    tell(&mut lab, change(0.3));
    go(&mut lab, 60_000);
    tell(&mut lab, Command::Seek { to_ms: crate::common::START_MS });
    // Before a slice has run: the run stands at a checkpoint that was taken before the change.
    tell(&mut lab, Command::Coalesce { on: false });
    go(&mut lab, 60_000);
    let mut other = self::lab(3);
    tell(&mut other, change(0.3));
    tell(&mut other, Command::Coalesce { on: false });
    go(&mut other, 60_000);
    assert_eq!(picture(&mut lab), picture(&mut other));
}

#[test]
fn a_place_looks_the_same_whether_it_was_played_or_sought_to() {
    let mut lab = lab(4);
    go(&mut lab, 30_500);
    // Makes records where it is: what was held back goes out.
    tell(&mut lab, Command::Coalesce { on: false });
    let there = digest(&mut lab);
    go(&mut lab, 40_000);
    go(&mut lab, 30_000);
    tell(&mut lab, Command::Speed { factor: Some(1.0) });
    tell(&mut lab, Command::Play);
    for _ in 0..5 {
        assert_eq!(lab.slice(100.0, || true), Next::Later);
    }
    tell(&mut lab, Command::Pause);
    assert_eq!(lab.tick().clock_ms, crate::common::START_MS + 30_500);
    assert_eq!(digest(&mut lab), there);
}

#[test]
fn seeds_and_settings_make_different_runs() {
    let of = |seed, settings| {
        let mut lab = lab_with(settings, seed);
        go(&mut lab, 20_000);
        digest(&mut lab)
    };
    let first = of(1, json!({}));
    assert_ne!(first, of(2, json!({})));
    assert_ne!(first, of(1, json!({ "faults": { "missingKey": 0.1 } })));
    assert_eq!(first, of(1, json!({})));
}

/// As often as a person might type: each command ends a checkpoint that is under way.
#[test]
fn a_run_goes_on_although_commands_leave_no_time_for_checkpoints() {
    let mut hurried = lab(3);
    let to_ms = crate::common::start_ms(&hurried) + 60_000;
    tell(&mut hurried, Command::Seek { to_ms });
    let mut slices = 0;
    let mut next = Next::Soon;
    while next == Next::Soon {
        let mut is_first = true;
        next = hurried.slice(16.0, || std::mem::take(&mut is_first));
        tell(&mut hurried, Command::Inspect { topic: None });
        slices += 1;
    }
    assert_eq!(
        slices,
        60_000 / TURN_MS as usize + 1,
        "a turn each, and one that finds it is there"
    );
    let mut calm = lab(3);
    go(&mut calm, 60_000);
    assert_eq!(picture(&mut hurried), picture(&mut calm));
    for lab in [&mut hurried, &mut calm] {
        go(lab, 45_000);
    }
    assert_eq!(picture(&mut hurried), picture(&mut calm));
}
