//! `streamglass generate`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::Value;

use crate::{file, path, program, run};

fn json(line: &str) -> Value {
    serde_json::from_str(line).expect("JSON")
}

fn kind(line: &str) -> String {
    json(line)["recordType"].as_str().unwrap_or("none").to_owned()
}

#[test]
fn exactly_as_many_lines_as_asked_for() {
    for events in ["0", "1", "4097", "10000"] {
        let run = run(&["generate", "--events", events, "--seed", "3"]).quiet();
        assert_eq!(run.lines().len().to_string(), events);
        assert!(run.lines().iter().all(|line| json(line).is_object()));
        assert!(run.out.is_empty() || run.out.ends_with(b"\n"));
    }
}

#[test]
fn the_same_seed_has_the_same_bytes_and_a_longer_run_begins_with_a_shorter_one() {
    let of = |seed, length: [&str; 2]| {
        run(&["generate", "--seed", seed, length[0], length[1]]).quiet().out
    };
    let short = of("9", ["--events", "2000"]);
    assert_eq!(short, of("9", ["--events", "2000"]));
    assert_ne!(short, of("10", ["--events", "2000"]));
    let long = of("9", ["--events", "5000"]);
    assert!(long.starts_with(&short));
    let (minute, two) = (of("9", ["--for", "1m"]), of("9", ["--for", "120s"]));
    assert!(two.starts_with(&minute) && two.len() > minute.len());
    assert!(long.starts_with(&minute) || minute.starts_with(&long));
    assert_eq!(of("9", ["--for", "0s"]), b"");
}

#[test]
fn keys_come_before_a_bar() {
    let args = ["generate", "--events", "3000", "--with-key", "--faults", "missing-key=0.1"];
    let run = run(&args).quiet();
    let mut without = 0;
    for line in run.lines() {
        let (key, record) = line.split_once('|').expect("a bar");
        let record = json(record);
        let expected = if record["recordType"] == "user" { &record["uid"] } else { &record["sid"] };
        let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
        without += usize::from(key.is_empty());
        assert!(key.is_empty() || key == expected, "{line}");
    }
    assert!((150..600).contains(&without), "{without}");
}

#[test]
fn types_of_records_and_other_topics() {
    let only = |types: &str| {
        let run = run(&["generate", "--events", "500", "--records", types]).quiet();
        let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
        run.lines().iter().for_each(|line| *kinds.entry(kind(line)).or_default() += 1);
        assert_eq!(kinds.values().sum::<u32>(), 500);
        kinds.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(only("click"), ["click"]);
    assert_eq!(only("session,user"), ["session", "user"]);
    assert_eq!(only("click,session,user"), ["click", "session", "user"]);
    let of_topic = |topic, faults| {
        let args =
            ["generate", "--events", "50", "--topic", topic, "--faults", faults, "--seed", "2"];
        run(&args).quiet()
    };
    let orders = of_topic("orders", "");
    assert!(orders.lines().iter().all(|line| json(line)["order_id"].is_u64()));
    let shipments = of_topic("shipments", "burst=20");
    assert!(shipments.lines().iter().all(|line| json(line)["shipped_at"].is_f64()));
}

#[test]
fn the_truth_is_what_happened() {
    let truth = file("truth.ndjson", b"");
    let args = |faults| {
        ["generate", "--for", "2m", "--seed", "5", "--truth", path(&truth), "--faults", faults]
    };
    let told = |faults| {
        let run = run(&args(faults)).quiet();
        (run.out, std::fs::read_to_string(&truth).expect("the truth"))
    };
    let (clean_out, clean) = told("");
    let (faulty_out, faulty) = told("drop=0.5,malformed=0.3,duplicate=0.2,bot=5,tail=0.1");
    assert_eq!(clean, faulty, "the truth does not depend on faults");
    assert_ne!(clean_out, faulty_out);
    let (mut sent, mut topics) = (0, BTreeMap::new());
    for line in clean.lines() {
        let event = json(line);
        *topics.entry(event["topic"].as_str().expect("a topic").to_owned()).or_insert(0) += 1;
        let at = event["sent"].as_i64().expect("microseconds");
        assert!(at >= sent, "in the order in which it happened");
        sent = at;
        assert!(event["event"].is_object());
    }
    assert!(topics["mixed"] > 1_000 && topics["orders"] > 3, "{topics:?}");
    // What arrived of the clean run is among what happened.
    let happened: std::collections::BTreeSet<&str> = clean
        .lines()
        .map(|line| {
            line.split_once("\"event\":").expect("the event").1.strip_suffix('}').expect("}")
        })
        .collect();
    let out = String::from_utf8(clean_out).expect("UTF-8");
    assert!(out.lines().all(|line| happened.contains(line)));
}

#[test]
fn a_speed_holds_virtual_time_to_the_clock() {
    #[expect(clippy::disallowed_methods, reason = "the speed is that of the clock")]
    let begun = std::time::Instant::now();
    let held = run(&["generate", "--for", "30s", "--speed", "60", "--seed", "4"]).quiet();
    assert!(begun.elapsed().as_millis() >= 450, "{:?}", begun.elapsed());
    assert_eq!(held.out, run(&["generate", "--for", "30s", "--seed", "4"]).quiet().out);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for command in [&["generate", "--for", "24h"][..], &["generate", "--events", "9000000"]] {
        let mut child = program(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        assert!(json(&line).is_object());
        drop(lines);
        let mut err = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
        let status = child.wait().expect("it ends");
        assert_eq!((status.code(), err.as_str()), (Some(0), ""));
    }
}

#[test]
fn an_invalid_configuration_names_every_path_and_starts_nothing() {
    let good = streamglass::clickstream::Config::default().tree().clone();
    let mut tree = good.clone();
    tree["General"]["maxSessions"] = "many".into();
    tree["StateMachine"]["StateTransitionMatrix"]["default"]["home"]["content"] = 0.9.into();
    tree["ModeConfig"]["default"]["timeEnvelope"] = serde_json::json!([1, 2, 3]);
    tree["Streamglass"] = serde_json::json!({ "sessionPerSecond": 5 });
    let bad = file("bad.yml", tree.to_string().as_bytes());
    run(&["generate", "--events", "5", "--config", path(&bad)]).fails(
        2,
        &[
            "General.maxSessions",
            "StateMachine.StateTransitionMatrix.default.home has probabilities that add up to",
            "ModeConfig.default.timeEnvelope",
            "Streamglass.sessionPerSecond",
            "did you mean `sessionsPerSecond`?",
        ],
    );
    let no_yaml = file("no.yml", b"a: [");
    run(&["generate", "--events", "5", "--config", path(&no_yaml)]).fails(2, &["YAML", "no.yml"]);
    run(&["generate", "--events", "5", "--config", "no-such-file.yml"])
        .fails(1, &["no-such-file.yml"]);
    let not_text = file("latin1.yml", b"General: { clickTopic: caf\xe9 }");
    run(&["generate", "--events", "5", "--config", path(&not_text)]).fails(1, &["latin1.yml"]);
    let fine = file("good.yml", good.to_string().as_bytes());
    let configured = run(&["generate", "--events", "50", "--config", path(&fine)]).quiet();
    assert_eq!(configured.out, run(&["generate", "--events", "50"]).quiet().out);
    let mut odd = good;
    odd["Streamglass"] = 5.into();
    let odd = file("odd.yml", odd.to_string().as_bytes());
    run(&["generate", "--events", "5", "--config", path(&odd), "--faults", "drop=0.1"])
        .fails(2, &["Streamglass"]);
}

#[test]
fn faults_are_counted_in_the_summary() {
    let args = ["generate", "--for", "2m", "--summary", "--faults"];
    let with = |faults: &str| {
        let run = run(&[&args[..], &[faults]].concat());
        assert_eq!(run.status, 0, "{}", run.err);
        run.err
    };
    let text = with("drop=0.1,malformed=0.1@30s+1m,missing-key=0.1,bot=5@10s,burst=3@10s+20s");
    for name in ["dropped", "cut short", "wrong type", "without a key", "from the bot", "burst"] {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(with("outage=1@10s+30s").contains("held by an outage"));
    assert!(with("tail=0.2,skew=0.5").contains("clock skew"));
    let wrong = |faults: &str, texts: &[&str]| {
        run(&["generate", "--for", "1m", "--faults", faults]).fails(64, texts);
    };
    wrong("dorp=0.1", &["dorp", "did you mean `drop`?", "duplicate=SHARE"]);
    wrong("drop", &["drop=0.01"]);
    wrong("drop=0.1,drop=0.2", &["twice"]);
    wrong("outage=1", &["outage=2@30m+5m"]);
    run(&["generate", "--for", "1m", "--faults", "drop=7,outage=99@1m+1m"])
        .fails(2, &["Streamglass.faults.drop", "Streamglass.outages"]);
}
