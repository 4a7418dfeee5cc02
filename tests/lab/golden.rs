//! One fixed script whose digest is committed. `tests/golden/lab.json` holds it, for this test and for
//! the one in the browser: both must end with the same digest.

use serde_json::Value;
use streamglass::lab::Lab;
use streamglass::lab::protocol::{Command, Event};

use crate::common::{START_MS, digest, lab, settle_in, tell};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/lab.json");

fn script() -> Value {
    let text = std::fs::read_to_string(PATH).expect("the script is there");
    serde_json::from_str(&text).expect("the script is JSON")
}

/// Runs the script; `speed` is how it gets from step to step: by seeking, or playing at a speed.
fn run(script: &Value, speed: Option<f64>) -> Lab {
    let mut lab = lab(1);
    let seed = script["seed"].as_u64().expect("a seed");
    let loaded = lab.command(Command::Load { config: None, seed, script: None });
    assert!(matches!(loaded, Some(Event::Loaded { seed: 7, start_ms: START_MS, .. })));
    for step in script["steps"].as_array().expect("steps") {
        let at_ms = step["atMs"].as_i64().expect("a time");
        match speed {
            None => {
                tell(&mut lab, Command::Seek { to_ms: START_MS + at_ms });
                settle_in(&mut lab, |slice| slice % 7);
            }
            Some(factor) => play_to(&mut lab, START_MS + at_ms, factor),
        }
        assert_eq!(lab.tick().clock_ms, START_MS + at_ms);
        for command in step["commands"].as_array().expect("commands") {
            let command: Command = serde_json::from_value(command.clone()).expect("a command");
            tell(&mut lab, command);
        }
    }
    lab
}

/// Plays, as fast as `factor` says, and pauses exactly at `to_ms`.
fn play_to(lab: &mut Lab, to_ms: i64, factor: f64) {
    tell(lab, Command::Speed { factor: Some(factor) });
    tell(lab, Command::Play);
    let mut clock_ms = lab.tick().clock_ms;
    while clock_ms < to_ms {
        let wall_ms = ((to_ms - clock_ms) as f64 / factor).min(100.0);
        lab.slice(wall_ms, || true);
        clock_ms = lab.tick().clock_ms;
    }
    tell(lab, Command::Pause);
}

/// With `UPDATE=1` the file gets the digest of this build, for a change that is meant.
#[test]
fn the_script_ends_with_the_committed_digest() {
    let mut script = script();
    let mut lab = run(&script, None);
    let found = (digest(&mut lab), lab.tick().sent);
    if std::env::var_os("UPDATE").is_some() {
        script["digest"] = found.0.clone().into();
        script["sent"] = found.1.into();
        let text = serde_json::to_string_pretty(&script).expect("JSON") + "\n";
        std::fs::write(PATH, text).expect("the script can be written");
    }
    assert!(found.1 > 15_000, "something happened: {}", found.1);
    assert_eq!(script["sent"], found.1);
    assert_eq!(script["digest"], found.0.as_str());
}

#[test]
fn played_at_any_speed_it_ends_with_the_same_digest() {
    let script = script();
    for factor in [60.0, 997.0] {
        assert_eq!(script["digest"], digest(&mut run(&script, Some(factor))).as_str(), "{factor}");
    }
}
