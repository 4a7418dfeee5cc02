//! The lab as a person uses it: what each command does at once, and what it refuses.

use serde_json::json;
use streamglass::clickstream::{Config, FaultKind, Setting};
use streamglass::lab::protocol::{Command, Event, FlowKind};
use streamglass::lab::save::Save;
use streamglass::lab::{Lab, Next};
use streamglass::rng::MOST_SEED;
use streamglass::session::Outcome;

use crate::common::{
    START_MS, TOP_CONTENT, digest, go, lab, lab_with, picture, refused, settle, tell,
};

#[test]
fn a_lab_begins_paused_and_says_what_it_is() {
    let mut lab = lab(1);
    let Event::Loaded { seed, start_ms, flow, notices, script, built_in } = lab.loaded() else {
        panic!("loaded")
    };
    assert_eq!((seed, start_ms, notices), (1, START_MS, Vec::<String>::new()));
    assert!(built_in && script.contains("CREATE TABLE top_content"), "{script}");
    assert_eq!(flow.nodes[0].kind, FlowKind::Generator);
    let dead = flow.nodes.iter().filter(|node| node.kind == FlowKind::DeadLetters).count();
    assert_eq!(dead, 1);
    let nodes = flow.nodes.len() as u32;
    assert!(flow.edges.iter().all(|(from, to)| *from < nodes && *to < nodes));
    let mut labels: Vec<_> = flow.nodes.iter().map(|node| node.label.clone()).collect();
    labels.sort();
    labels.dedup();
    assert_eq!(labels.len(), flow.nodes.len(), "labels are unique");
    let tick = lab.tick();
    assert_eq!((tick.clock_ms, tick.latest_ms, tick.sent), (START_MS, START_MS, 0));
    assert!(!tick.playing && !tick.seeking && !tick.behind && tick.coalesced);
    assert_eq!(tick.nodes.len(), flow.nodes.len());
    assert_eq!(lab.slice(1_000.0, || panic!("there is nothing to do")), Next::Idle);
}

#[test]
fn a_step_pauses_and_goes_on_by_what_was_asked() {
    let mut lab = lab(2);
    tell(&mut lab, Command::Play);
    lab.slice(100.0, || true);
    let before_ms = lab.tick().clock_ms;
    for (ms, to_ms) in [(60_000, 60_000), (1, 60_500), (1_250, 61_500), (500, 62_000)] {
        tell(&mut lab, Command::Step { ms });
        assert!(!lab.tick().playing && lab.tick().seeking);
        settle(&mut lab);
        assert_eq!(lab.tick().clock_ms, before_ms + to_ms, "{ms}");
    }
    // Two at once add up: the second goes on from where the first is going.
    tell(&mut lab, Command::Step { ms: 1_000 });
    tell(&mut lab, Command::Step { ms: 1_000 });
    settle(&mut lab);
    assert_eq!(lab.tick().clock_ms, before_ms + 64_000);
    for ms in [0, -1, i64::MIN] {
        assert_eq!(refused(&mut lab, Command::Step { ms })[0].path, "ms");
    }
    tell(&mut lab, Command::Play);
    refused(&mut lab, Command::Step { ms: i64::MAX });
    assert!(lab.tick().playing, "a refused command changes nothing");
}

#[test]
fn a_seek_outside_the_run_is_refused() {
    let mut lab = lab(2);
    go(&mut lab, 5_000);
    let before = picture(&mut lab);
    for to_ms in [START_MS - 1, 0, i64::MIN, i64::MAX, START_MS + 400 * 86_400_000] {
        assert_eq!(refused(&mut lab, Command::Seek { to_ms })[0].path, "toMs", "{to_ms}");
    }
    assert_eq!(picture(&mut lab), before);
    go(&mut lab, 0);
    assert_eq!(lab.tick().clock_ms, START_MS);
    assert_eq!(lab.tick().latest_ms, START_MS + 5_000, "the time line keeps its end");
    go(&mut lab, 4_999);
    assert_eq!(lab.tick().clock_ms, START_MS + 4_500, "on the grid, not beyond the place");
}

#[test]
fn an_invalid_configuration_changes_nothing() {
    let mut lab = lab(2);
    go(&mut lab, 5_000);
    let before = picture(&mut lab);
    let mut tree = Config::default().tree().clone();
    tree["General"]["maxUsers"] = json!(-1);
    tree["Streamglass"] = json!({ "partitions": 0, "faults": { "drop": 2 } });
    tree["StateMachine"]["StateTransitionMatrix"]["default"]["home"]["content"] = json!(0.9);
    let problems = refused(&mut lab, Command::Load { config: Some(tree), seed: 1, script: None });
    let mut paths: Vec<&str> = problems.iter().map(|problem| &*problem.path).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "General.maxUsers",
            "StateMachine.StateTransitionMatrix.default.home",
            "Streamglass.faults.drop",
            "Streamglass.partitions",
        ]
    );
    for config in [json!(null), json!(7), json!([]), json!({})] {
        refused(&mut lab, Command::Load { config: Some(config), seed: 1, script: None });
    }
    for seed in [MOST_SEED + 1, u64::MAX] {
        let problems = refused(&mut lab, Command::Load { config: None, seed, script: None });
        assert_eq!(problems[0].path, "seed");
    }
    assert_eq!(picture(&mut lab), before);
}

#[test]
fn a_topic_that_clashes_with_the_pipeline_is_refused_by_its_path() {
    let mut lab = lab(2);
    for name in ["clicks", "orders", "dead-letters", "top-content", "no blanks", "", ".."] {
        let mut tree = Config::default().tree().clone();
        tree["General"]["clickTopic"] = json!(name);
        let problems =
            refused(&mut lab, Command::Load { config: Some(tree), seed: 1, script: None });
        assert_eq!(problems[0].path, "General.clickTopic", "{name:?}");
    }
}

#[test]
fn a_new_run_keeps_the_speed_and_the_topic_that_is_looked_at() {
    let mut lab = lab(2);
    tell(&mut lab, Command::Speed { factor: None });
    tell(&mut lab, Command::Inspect { topic: Some("clicks".into()) });
    tell(&mut lab, Command::Play);
    lab.slice(10.0, || false);
    let loaded = lab.command(Command::Load { config: None, seed: MOST_SEED, script: None });
    assert!(matches!(loaded, Some(Event::Loaded { seed: MOST_SEED, .. })));
    let tick = lab.tick();
    assert_eq!((tick.playing, tick.speed, tick.clock_ms), (false, None, START_MS));
    assert_eq!(lab.inspection().map(|seen| seen.topic), Some("clicks".to_owned()));
    go(&mut lab, 10_000);
    let seen = lab.inspection().expect("clicks are there");
    assert!(!seen.records.is_empty() && seen.records[0].key.is_some());
    tell(&mut lab, Command::Inspect { topic: Some("none".into()) });
    assert_eq!(lab.inspection(), None);
}

#[test]
fn speeds_that_make_no_sense_are_refused() {
    let mut lab = lab(2);
    for factor in [0.0, -1.0, f64::NAN, f64::INFINITY, 86_401.0] {
        assert_eq!(refused(&mut lab, Command::Speed { factor: Some(factor) })[0].path, "speed");
    }
    assert_eq!(lab.tick().speed, Some(60.0));
    tell(&mut lab, Command::Speed { factor: Some(86_400.0) });
    tell(&mut lab, Command::Play);
    lab.slice(10.0, || true);
    assert_eq!(lab.tick().clock_ms, START_MS + 864_000);
}

#[test]
fn as_fast_as_possible_ends_with_the_slice() {
    let mut lab = lab(2);
    tell(&mut lab, Command::Speed { factor: None });
    tell(&mut lab, Command::Play);
    let mut turns = 20;
    let next = lab.slice(1.0, || {
        turns -= 1;
        turns >= 0
    });
    assert_eq!((next, lab.tick().clock_ms), (Next::Soon, START_MS + 10_000));
}

#[test]
fn changes_that_make_no_sense_are_refused_and_not_remembered() {
    let mut lab = lab(2);
    let fault = |rate| Command::Apply { setting: Setting::Fault { kind: FaultKind::Drop, rate } };
    for command in [
        fault(1.5),
        fault(f64::NAN),
        Command::Apply { setting: Setting::Mode(Some("none".into())) },
        Command::Apply { setting: Setting::Outage { partition: 4, seconds: 1.0 } },
        Command::PauseQuery { query: "none".into() },
        Command::ResumeQuery { query: String::new() },
    ] {
        refused(&mut lab, command);
    }
    go(&mut lab, 20_000);
    let mut other = crate::common::lab(2);
    go(&mut other, 20_000);
    assert_eq!(picture(&mut lab), picture(&mut other));
}

#[test]
fn a_command_log_is_bounded() {
    let mut lab = lab(2);
    for i in 0..10_000 {
        let setting = Setting::SessionRate(f64::from(i % 7));
        tell(&mut lab, Command::Apply { setting });
    }
    let before = digest(&mut lab);
    let problems = refused(&mut lab, Command::Coalesce { on: false });
    assert!(problems[0].message.contains("too many"), "{problems:?}");
    assert!(lab.tick().coalesced, "what does not fit into the log is not done");
    go(&mut lab, 1_000);
    go(&mut lab, 0);
    assert_eq!(digest(&mut lab), before);
}

#[test]
fn seeks_while_playing_and_while_seeking() {
    let mut lab = lab(2);
    go(&mut lab, 120_000);
    let far = picture(&mut lab);
    tell(&mut lab, Command::Play);
    tell(&mut lab, Command::Seek { to_ms: START_MS + 10_000 });
    let tick = lab.tick();
    assert!(tick.playing && tick.seeking && tick.digest.is_none());
    // The first is never reached.
    let mut turns = 3;
    lab.slice(16.0, || {
        turns -= 1;
        turns > 0
    });
    tell(&mut lab, Command::Seek { to_ms: START_MS + 100_000 });
    assert_eq!(lab.slice(16.0, || true), Next::Later, "it plays on from there");
    let tick = lab.tick();
    assert_eq!((tick.clock_ms, tick.playing, tick.seeking), (START_MS + 100_000, true, false));
    assert_eq!(tick.digest, None, "only while it stands still");
    lab.slice(100.0, || true);
    assert_eq!(lab.tick().clock_ms, START_MS + 106_000);
    tell(&mut lab, Command::Seek { to_ms: START_MS + 120_000 });
    tell(&mut lab, Command::Pause);
    settle(&mut lab);
    assert_eq!(picture(&mut lab), far);
}

#[test]
fn a_change_during_a_seek_ends_it_where_it_is() {
    let mut lab = lab(2);
    tell(&mut lab, Command::Seek { to_ms: START_MS + 60_000 });
    let mut turns = 50;
    assert_eq!(
        lab.slice(16.0, || {
            turns -= 1;
            turns >= 0
        }),
        Next::Soon
    );
    tell(&mut lab, Command::Apply { setting: Setting::SessionRate(0.0) });
    let tick = lab.tick();
    assert_eq!((tick.clock_ms, tick.seeking), (START_MS + 25_000, false));
    assert!(tick.digest.is_some());
    assert_eq!(lab.slice(16.0, || true), Next::Idle);
}

#[test]
fn a_paused_query_lags_and_catches_up() {
    let mut lab = lab(2);
    let Event::Loaded { flow, .. } = lab.loaded() else { panic!("loaded") };
    let top = flow.nodes.iter().position(|node| node.query.as_deref() == Some(TOP_CONTENT));
    let top = top.expect("the query is there");
    let lag = |lab: &mut Lab| lab.tick().nodes[top].lag;
    go(&mut lab, 10_000);
    assert_eq!(lag(&mut lab), 0);
    tell(&mut lab, Command::PauseQuery { query: TOP_CONTENT.into() });
    go(&mut lab, 20_000);
    assert!(lag(&mut lab) > 50 && lab.tick().nodes[top].paused);
    tell(&mut lab, Command::ResumeQuery { query: TOP_CONTENT.into() });
    go(&mut lab, 20_500);
    assert_eq!(lag(&mut lab), 0);
}

/// A saved run with some changes, one of them after a way back.
fn saved() -> (Lab, Save) {
    let mut lab = lab_with(json!({ "faults": { "duplicate": 0.1 } }), 77);
    go(&mut lab, 2_500);
    tell(&mut lab, Command::Apply { setting: Setting::SessionRate(9.0) });
    go(&mut lab, 8_000);
    tell(&mut lab, Command::PauseQuery { query: TOP_CONTENT.into() });
    go(&mut lab, 1_000);
    go(&mut lab, 5_000);
    tell(&mut lab, Command::Coalesce { on: false });
    go(&mut lab, 20_000);
    let save = lab.save();
    (lab, save)
}

#[test]
fn a_saved_run_is_made_again_to_the_byte() {
    let (mut lab, save) = saved();
    assert_eq!(save.log.len(), 2, "the way back made the third change undone");
    let read = Save::parse(&save.json()).expect("it reads what it writes");
    assert_eq!(read, save);
    let mut turns = 0;
    let mut again = Lab::replay(&read, |_| turns += 1).expect("it can be made");
    assert_eq!(picture(&mut again), picture(&mut lab));
    assert_eq!(turns, save.until.turn);
    assert_eq!(again.save(), save);
}

#[test]
fn what_is_no_saved_run_is_refused_with_its_place() {
    let (_, save) = saved();
    let parse = |edit: fn(&mut serde_json::Value)| {
        let mut tree: serde_json::Value = serde_json::from_str(&save.json()).expect("JSON");
        edit(&mut tree);
        Save::parse(&tree.to_string()).expect_err("it is wrong").path
    };
    assert_eq!(parse(|tree| tree["streamglass"] = json!(2)), "streamglass");
    assert_eq!(parse(|tree| tree["seed"] = json!(MOST_SEED + 1)), "seed");
    assert_eq!(parse(|tree| tree["log"][0]["at"]["turn"] = json!(u64::MAX)), "log[1].at.turn");
    assert_eq!(parse(|tree| tree["other"] = json!(1)), "");
    for text in ["", "{", "[]", "null", "{\"streamglass\":1}"] {
        assert_eq!(Save::parse(text).expect_err(text).path, "");
    }
    let mut bad = save.clone();
    bad.log = std::sync::Arc::new(vec![streamglass::lab::log::Entry {
        change: streamglass::lab::log::Change::PauseQuery { query: "nobody's".into() },
        ..save.log[0].clone()
    }]);
    let problems = Lab::replay(&bad, |_| {}).expect_err("there is no such query");
    assert!(problems[0].message.contains("nobody's"), "{problems:?}");
}

/// Runs a script that must be taken.
fn execute(lab: &mut Lab, script: &str) -> Vec<Outcome> {
    match lab.command(Command::Execute { script: script.to_owned() }) {
        Some(Event::Answers { answers }) => {
            answers.into_iter().map(|answer| answer.outcome).collect()
        }
        other => panic!("{script}: {other:?}"),
    }
}

fn rows(outcomes: &[Outcome]) -> &[Vec<String>] {
    match outcomes {
        [Outcome::Rows { rows, .. }] => rows,
        other => panic!("{other:?}"),
    }
}

#[test]
fn statements_are_part_of_the_run() {
    const BY_CHANNEL: &str = "SELECT channel, n FROM by_channel;";
    let mut lab = lab(2);
    go(&mut lab, 5_000);
    execute(
        &mut lab,
        "-- counts a channel's clicks
         CREATE TABLE by_channel AS SELECT channel, COUNT(*) AS n FROM clicks GROUP BY channel
         EMIT CHANGES; SHOW QUERIES;",
    );
    let news = lab.news();
    let Some(Event::FlowChanged { flow }) = news.first() else { panic!("{news:?}") };
    assert!(flow.nodes.iter().any(|node| node.query.as_deref() == Some("CTAS_BY_CHANNEL_14")));
    assert_eq!(lab.tick().nodes.len(), flow.nodes.len());
    go(&mut lab, 60_000);
    let (there, counted) = (picture(&mut lab), rows(&execute(&mut lab, BY_CHANNEL)).to_vec());
    assert!(counted.len() > 2, "{counted:?}");
    let save = lab.save();
    assert_eq!(save.log.len(), 1, "what only looks is not in the log");
    // Back before the statement it is not there, and ahead it is again.
    go(&mut lab, 4_000);
    let gone = execute(&mut lab, BY_CHANNEL);
    assert!(matches!(&gone[..], [Outcome::Refused { .. }]), "{gone:?}");
    assert!(matches!(lab.news().first(), Some(Event::FlowChanged { .. })));
    go(&mut lab, 60_000);
    lab.news();
    assert_eq!(picture(&mut lab), there);
    assert_eq!(rows(&execute(&mut lab, BY_CHANNEL)), counted);
    // Elsewhere too.
    let mut again = Lab::replay(&save, |_| ()).expect("it can be made");
    again.news();
    assert_eq!(picture(&mut again), there);
    assert_eq!(rows(&execute(&mut again, BY_CHANNEL)), counted);
}

#[test]
fn all_topics_of_a_run_are_streams_and_tables() {
    let mut lab = lab(2);
    go(&mut lab, 600_000);
    for (script, least) in [
        ("SELECT payload FROM raw LIMIT 3;", 3),
        ("SELECT state, sid, statesVisited FROM clicks WHERE country_code = 'US' LIMIT 3;", 3),
        ("SELECT uid, home FROM sessions LIMIT 3;", 3),
        ("SELECT id, place_name FROM users LIMIT 3;", 3),
        ("SELECT order_id, amount FROM orders LIMIT 1;", 1),
        ("SELECT state, WINDOWSTART, clicks FROM clicks_by_state LIMIT 3;", 3),
        ("SELECT * FROM top_content LIMIT 3;", 3),
        ("SELECT country, users FROM users_by_country LIMIT 3;", 3),
    ] {
        let outcomes = execute(&mut lab, script);
        let rows = rows(&outcomes);
        assert_eq!(rows.len(), least, "{script}");
        let is_there = |row: &Vec<String>| row.iter().all(|cell| cell != "null");
        assert!(rows.iter().all(is_there), "{script}: {rows:?}");
    }
}

#[test]
fn a_push_query_is_followed_and_changes_nothing() {
    let (mut lab, mut plain) = (lab(2), lab(2));
    go(&mut lab, 5_000);
    let opened = execute(&mut lab, "SELECT state, sid FROM clicks EMIT CHANGES LIMIT 5;");
    assert!(matches!(opened[..], [Outcome::Push { id: 0, .. }]), "{opened:?}");
    tell(&mut lab, Command::Step { ms: 30_000 });
    settle(&mut lab);
    let pushed: Vec<Event> = lab.news();
    let [Event::Pushed { id: 0, pushed }] = &pushed[..] else { panic!("{pushed:?}") };
    assert_eq!((pushed.rows.len(), pushed.ended), (5, true));
    assert_eq!(lab.news(), [], "it is over");
    go(&mut plain, 35_000);
    assert_eq!(picture(&mut lab), picture(&mut plain));
}

#[test]
fn what_is_wrong_with_a_script_changes_nothing() {
    let mut lab = lab(2);
    go(&mut lab, 5_000);
    let before = picture(&mut lab);
    let outcomes = execute(&mut lab, "CREATE STREAM a AS SELECT * FROM clicks; SELECT x FROM b;");
    let [Outcome::Refused { diagnostics }] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(picture(&mut lab), before);
    assert_eq!((lab.news(), lab.save().log.len()), (vec![], 0));
}
