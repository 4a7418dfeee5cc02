//! A saved run on the command line.

use serde_json::{Value, json};

use crate::{file, path, run};

fn saved(log: Value) -> Value {
    let config = streamglass::clickstream::Config::default().tree().clone();
    let until = json!({ "turn": 50, "clock": 0 });
    json!({ "streamglass": 1, "seed": 7, "config": config, "until": until, "log": log })
}

#[test]
fn a_saved_run_is_replayed_with_its_changes() {
    let plain = file("replay-plain.json", saved(json!([])).to_string().as_bytes());
    let more = json!({ "type": "apply", "setting": { "setting": "sessionRate", "value": 50.0 } });
    let entry = json!({ "at": { "turn": 10, "clock": 0 }, "change": more });
    let busy = file("replay-busy.json", saved(json!([entry])).to_string().as_bytes());
    let result = |at| -> Value {
        let run = run(&["replay", path(at)]).quiet();
        serde_json::from_slice(&run.out).expect("JSON")
    };
    let (plain, busy) = (result(&plain), result(&busy));
    assert_eq!((&plain["seed"], &plain["turns"]), (&json!(7), &json!(50)));
    assert_eq!((&plain["changes"], &busy["changes"]), (&json!(0), &json!(1)));
    assert!(busy["sent"].as_u64() > plain["sent"].as_u64(), "{busy} {plain}");
    assert_ne!(plain["digest"], busy["digest"]);
}

#[test]
fn what_is_no_saved_run_is_refused() {
    run(&["replay", "/nowhere/run.json"]).fails(1, &["/nowhere/run.json"]);
    let broken = file("replay-broken.json", b"{\"streamglass\": 1");
    run(&["replay", path(&broken)]).fails(2, &["replay-broken.json", "no saved run"]);
    let change = json!({ "type": "pauseQuery", "query": "nobody's" });
    let entry = json!({ "at": { "turn": 3, "clock": 0 }, "change": change });
    let wrong = file("replay-wrong.json", saved(json!([entry])).to_string().as_bytes());
    run(&["replay", path(&wrong)]).fails(2, &["log", "at turn 3", "nobody's"]);
    run(&["replay"]).fails(64, &["FILE"]);
}
