//! Experiments as a room plays them: seeking, operations, knobs, and a digest that the browser
//! must find too (`tests/e2e/architectures.spec.ts`).

use streamglass::architecture::Operation;
use streamglass::experiment::protocol::{ExperimentCommand, ExperimentEvent, ExperimentTick};
use streamglass::lab::Next;
use streamglass::player::Player;

const MINUTE: i64 = 60_000;

fn open(experiment: &str, settings: &[(&str, &str)]) -> Player {
    let mut player = Player::default();
    let settings = settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let experiment = experiment.to_owned();
    let command = ExperimentCommand::Open {
        experiment,
        seed: 7,
        settings,
        for_ms: None,
        log: vec![],
        play: false,
    };
    let answer = player.command(command);
    assert!(matches!(answer, Some(ExperimentEvent::Opened(_))), "{answer:?}");
    player
}

/// Plays until nothing moves, `at_once` calls of the simulation a slice.
fn settle(player: &mut Player, at_once: u32) -> ExperimentTick {
    let calls = std::cell::Cell::new(0_u32);
    let more = || {
        calls.set(calls.get() + 1);
        !calls.get().is_multiple_of(at_once)
    };
    while player.slice(16.0, more) != Next::Idle {}
    player.tick().expect("a run is open")
}

fn seek(player: &mut Player, to_ms: i64, at_once: u32) -> ExperimentTick {
    assert_eq!(player.command(ExperimentCommand::Seek { to_ms }), None);
    settle(player, at_once)
}

#[test]
fn seeking_back_and_slices_of_any_length_give_the_same_digest() {
    let mut player = open("switch-over", &[]);
    let there = seek(&mut player, 100 * MINUTE, 1);
    let further = seek(&mut player, 170 * MINUTE, 7);
    assert_ne!(there.digest, further.digest);
    let back = seek(&mut player, 100 * MINUTE, 3);
    assert_eq!((back.digest, back.clock_ms), (there.digest, 100 * MINUTE));
    assert_eq!(back.latest_ms, 170 * MINUTE);
    assert_eq!(seek(&mut player, 170 * MINUTE, 2).digest, further.digest);
}

#[test]
fn an_operation_changes_history_from_where_it_is_done_and_is_played_again() {
    let mut player = open("crash", &[]);
    let untouched = seek(&mut player, 60 * MINUTE, 5);
    for at in [0, 20 * MINUTE, 20 * MINUTE + 500] {
        seek(&mut player, at, 5);
        let operation = Operation::Outage { for_ms: 10 * MINUTE };
        assert_eq!(
            player.command(ExperimentCommand::Operate { operation: operation.clone() }),
            None
        );
        let tick = player.tick().expect("open");
        let last = tick.log.iter().rfind(|logged| !logged.preset).expect("logged");
        assert_eq!((last.at_ms, &last.operation), (at, &operation));
        assert!(player.notes().iter().any(|note| note.at_ms == at && note.label == "outage"));
        let changed = seek(&mut player, 60 * MINUTE, 5);
        assert_ne!(changed.digest, untouched.digest);
        seek(&mut player, 0, 5);
        assert_eq!(seek(&mut player, 60 * MINUTE, 2).digest, changed.digest, "at {at}");
        // A run that is opened with the log is the same run.
        let mut other = Player::default();
        let command = ExperimentCommand::Open {
            experiment: "crash".into(),
            seed: 7,
            settings: vec![],
            for_ms: None,
            log: changed.log.clone(),
            play: false,
        };
        other.command(command);
        assert_eq!(seek(&mut other, 60 * MINUTE, 9).digest, changed.digest, "at {at}");
    }
}

#[test]
fn a_knob_begins_the_run_anew_and_plays_up_to_where_it_was() {
    let mut player = open("batch-staleness", &[]);
    let before = seek(&mut player, 90 * MINUTE, 5);
    let set = |value: &str| ExperimentCommand::Set { name: "period".into(), value: value.into() };
    let Some(ExperimentEvent::Refused { problems }) = player.command(set("0s")) else {
        panic!("a period of 0 is refused");
    };
    assert_eq!(problems[0].knob, "period");
    assert_eq!(player.tick().expect("open").digest, before.digest, "nothing has changed");
    let Some(ExperimentEvent::Opened(opened)) = player.command(set("20m")) else {
        panic!("20 minutes are fine");
    };
    assert!(opened.settings.contains(&("period".into(), "20m".into())));
    let after = settle(&mut player, 5);
    assert_eq!(after.clock_ms, before.clock_ms);
    assert_ne!(after.digest, before.digest);
    let mut fresh = open("batch-staleness", &[("period", "20m")]);
    assert_eq!(seek(&mut fresh, 90 * MINUTE, 5).digest, after.digest);
}

#[test]
fn what_a_page_shows_at_first_is_explained_and_the_rest_when_it_is_asked_for() {
    let mut player = Player::default();
    assert_eq!(player.command(ExperimentCommand::Explain), None, "nothing is open");
    let experiment = "speed-layer".to_owned();
    let command = ExperimentCommand::Open {
        experiment,
        seed: 7,
        settings: vec![],
        for_ms: None,
        log: vec![],
        play: false,
    };
    let Some(ExperimentEvent::Opened(opened)) = player.command(command) else {
        panic!("it opens");
    };
    let first = opened.info;
    assert!(first.knobs.iter().all(|knob| knob.primary != knob.help.is_empty()));
    assert!(first.operations.iter().all(|one| one.primary != one.detail.is_empty()));
    let Some(ExperimentEvent::Explained { mut info }) = player.command(ExperimentCommand::Explain)
    else {
        panic!("it is explained");
    };
    assert!(info.knobs.iter().all(|knob| !knob.help.is_empty()));
    assert!(info.operations.iter().all(|one| !one.detail.is_empty()));
    info.knobs.iter_mut().filter(|knob| !knob.primary).for_each(|knob| knob.help.clear());
    info.operations.iter_mut().filter(|one| !one.primary).for_each(|one| one.detail.clear());
    assert_eq!(info, first, "nothing else is left out");
}

#[test]
fn a_run_that_is_opened_to_be_played_plays_at_once() {
    let mut player = Player::default();
    let open = |experiment: &str| ExperimentCommand::Open {
        experiment: experiment.into(),
        seed: 7,
        settings: vec![],
        for_ms: None,
        log: vec![],
        play: true,
    };
    let answer = player.command(open("no-such"));
    assert!(matches!(answer, Some(ExperimentEvent::Refused { .. })), "{answer:?}");
    assert!(player.at_rest());
    player.command(open("crash"));
    player.command(ExperimentCommand::Speed { factor: None });
    let end = settle(&mut player, 50);
    assert_eq!((end.clock_ms, end.playing), (end.end_ms, false));
}

#[test]
fn playing_ends_at_the_end_and_begins_again() {
    let mut player = open("crash", &[]);
    player.command(ExperimentCommand::Speed { factor: None });
    player.command(ExperimentCommand::Play);
    let end = settle(&mut player, 50);
    assert_eq!((end.clock_ms, end.playing), (end.end_ms, false));
    player.command(ExperimentCommand::Play);
    assert_eq!(settle(&mut player, 50).digest, end.digest);
}

#[test]
fn the_digest_is_the_one_that_the_browser_finds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/experiment.json");
    let mut player = open("crash", &[]);
    let tick = seek(&mut player, 60 * MINUTE, 5);
    let found = serde_json::json!({
        "experiment": "crash", "seed": 7, "toMs": 60 * MINUTE, "digest": tick.digest,
    });
    if std::env::var_os("UPDATE").is_some() {
        let text = serde_json::to_string_pretty(&found).expect("JSON") + "\n";
        std::fs::write(path, text).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&golden).ok(), Some(found));
}
