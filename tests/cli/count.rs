//! `streamglass count`, against counts that the test makes itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{run, run_on};

/// Lines of results as windows, group and counts.
fn results(run: &crate::Run) -> Vec<Value> {
    run.lines().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn clicks(input: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(input).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|record| record["recordType"] == "click")
        .collect()
}

fn ms(record: &Value) -> i64 {
    (record["timestamp"].as_f64().expect("a time") * 1_000.0).floor() as i64
}

fn generated(args: &[&str]) -> Vec<u8> {
    run(&[&["generate", "--seed", "12"], args].concat()).quiet().out
}

#[test]
fn counts_are_those_of_an_independent_count() {
    let input = generated(&["--for", "5m"]);
    let mut expected: BTreeMap<(i64, String), (i64, BTreeSet<String>)> = BTreeMap::new();
    for click in clicks(&input) {
        let start = ms(&click).div_euclid(60_000) * 60_000;
        let state = click["state"].as_str().expect("text").to_owned();
        let group = expected.entry((start, state)).or_default();
        group.0 += 1;
        group.1.insert(click["uid"].as_str().expect("text").to_owned());
    }
    let args = ["count", "--distinct", "uid", "--distinct-by", "set"];
    let found = results(&run_on(&args, &input).quiet());
    assert_eq!(found.len(), expected.len());
    for (line, ((start, state), (count, users))) in found.iter().zip(&expected) {
        let expected = json!({
            "WINDOWSTART": start, "WINDOWEND": start + 60_000, "state": state, "CLICKS": count,
            "DISTINCT": users.len(),
        });
        assert_eq!(*line, expected);
    }
    // The sketch has 4,096 registers: far more than there are users in a window.
    let sketch = results(&run_on(&["count", "--distinct", "uid"], &input).quiet());
    for (line, (_, users)) in sketch.iter().zip(expected.values()) {
        let distinct = line["DISTINCT"].as_f64().expect("a number");
        assert!((distinct - users.len() as f64).abs() <= 1.0 + users.len() as f64 / 20.0, "{line}");
    }
}

#[test]
fn hopping_windows_overlap() {
    let input = generated(&["--for", "3m"]);
    let mut expected: BTreeMap<(i64, String), i64> = BTreeMap::new();
    for click in clicks(&input) {
        let newest = ms(&click).div_euclid(20_000) * 20_000;
        for start in [newest - 40_000, newest - 20_000, newest] {
            let country = click["country_code"].as_str().expect("text").to_owned();
            *expected.entry((start, country)).or_default() += 1;
        }
    }
    let args = ["count", "--by", "country_code", "--window", "60s", "--advance", "20s"];
    let found = results(&run_on(&args, &input).quiet());
    let found: BTreeMap<_, _> = found
        .iter()
        .map(|line| {
            let start = line["WINDOWSTART"].as_i64().expect("a start");
            let country = line["country_code"].as_str().expect("text").to_owned();
            ((start, country), line["CLICKS"].as_i64().expect("a count"))
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn sessions_are_clicks_with_short_gaps() {
    let input = generated(&["--for", "6m"]);
    let mut times: BTreeMap<(i64, String), Vec<i64>> = BTreeMap::new();
    for click in clicks(&input) {
        let key = (
            click["sid"].as_i64().expect("a number"),
            click["uid"].as_str().expect("text").to_owned(),
        );
        times.entry(key).or_default().push(ms(&click));
    }
    let mut expected = BTreeSet::new();
    for ((sid, uid), mut times) in times {
        times.sort_unstable();
        for session in times.chunk_by(|a, b| b - a <= 45_000) {
            let last = session[session.len() - 1];
            expected.insert((session[0], last, sid.to_string(), uid.clone(), session.len() as i64));
        }
    }
    let found = run_on(&["count", "--by", "sid,uid", "--session", "45s"], &input).quiet();
    let number = |line: &Value, name: &str| line[name].as_i64().expect("a number");
    let text = |line: &Value, name: &str| line[name].as_str().expect("text").to_owned();
    let found: BTreeSet<_> = results(&found)
        .iter()
        .map(|line| {
            let window = (number(line, "WINDOWSTART"), number(line, "WINDOWEND"));
            (window.0, window.1, text(line, "sid"), text(line, "uid"), number(line, "CLICKS"))
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_change_ends_with_the_table() {
    let input = generated(&["--for", "4m"]);
    for args in [
        &["count"][..],
        &["count", "--by", "state,contentId", "--advance", "10s"],
        &["count", "--by", "sid", "--session", "30s"],
    ] {
        let table = results(&run_on(args, &input).quiet());
        let changes = results(&run_on(&[args, &["--emit", "changes"]].concat(), &input).quiet());
        assert!(changes.len() > table.len());
        let mut last: BTreeMap<String, Value> = BTreeMap::new();
        for mut change in changes {
            let count = change.as_object_mut().expect("an object").remove("CLICKS");
            match count {
                Some(count) => last.insert(change.to_string(), count),
                // A session that another one took in.
                None => last.remove(&change.to_string()),
            };
        }
        let expected: BTreeMap<String, Value> = table
            .into_iter()
            .map(|mut line| {
                let count = line.as_object_mut().expect("an object").remove("CLICKS");
                (line.to_string(), count.expect("a count"))
            })
            .collect();
        assert_eq!(last, expected, "{args:?}");
    }
}

#[test]
fn final_results_are_those_of_closed_windows() {
    let input = generated(&["--for", "10m"]);
    let table = results(&run_on(&["count", "--grace", "1m"], &input).quiet());
    let last = clicks(&input).iter().map(ms).max().expect("clicks");
    let closed: Vec<_> = table
        .into_iter()
        .filter(|line| line["WINDOWEND"].as_i64().expect("an end") + 60_000 <= last)
        .map(|line| line.to_string())
        .collect();
    let found = run_on(&["count", "--emit", "final", "--grace", "1m"], &input).quiet();
    let mut found: Vec<String> = results(&found).iter().map(Value::to_string).collect();
    assert!(found.len() > 20);
    let in_order = |lines: &mut Vec<String>| lines.sort();
    let mut closed = closed;
    in_order(&mut closed);
    in_order(&mut found);
    assert_eq!(found, closed);
}

/// Four clicks and a session as the site's own program writes them, in facts of this test.
fn sample() -> Vec<String> {
    let click = |at: &str, state: &str, sid: u32| {
        format!(
            "{{\"timestamp\": {at}, \"recordType\": \"click\", \"url\": \"https://news.example/{state}/Law/A-b\", \
             \"useragent\": \"Mozilla/5.0 (X11)\", \"statuscode\": \"200\", \"state\": \"{state}\", \
             \"statesVisited\": [\"home\", \"{state}\"], \"sid\": {sid}, \"uid\": \"77\", \"isSubscriber\": 0, \
             \"campaign\": \"fb-1\", \"channel\": \"display\", \"contentId\": \"Law\", \"subContentId\": \"A b\", \
             \"gender\": \"w\", \"age\": \"26-35\", \"latitude\": \"45.4\", \"longitude\": \"-3.1\", \
             \"place_name\": \"S\\u00e3o Paulo\", \"country_code\": \"BR\", \"timezone\": \"America/Sao_Paulo\"}}"
        )
    };
    vec![
        click("1673512817.517501", "home", 1),
        click("1673512817.5246856", "content", 2),
        "{\"timestamp\": 1673512730.502167, \"recordType\": \"session\", \"statesVisited\": [\"home\"], \
         \"sid\": 3, \"uid\": \"8\", \"home\": 1, \"exitSession\": 0}"
            .to_owned(),
        click("1673512817.5646698", "home", 4),
        click("1673512819", "exitSession", 5),
    ]
}

#[test]
fn mixed_records_are_routed_and_what_cannot_be_read_is_counted() {
    let good = sample();
    let expected = [("content", 1), ("exitSession", 1), ("home", 2)].map(|(state, clicks)| {
        json!({ "WINDOWSTART": 1_673_512_800_000_i64, "WINDOWEND": 1_673_512_860_000_i64,
                "state": state, "CLICKS": clicks })
    });
    let run = run_on(&["count", "--summary"], good.join("\n").as_bytes());
    assert_eq!((run.status, results(&run)), (0, expected.to_vec()));
    assert!(run.err.contains("4  clicks") && run.err.contains("1  sessions"), "{}", run.err);
    assert!(!run.err.contains("dead"), "{}", run.err);

    let deep =
        format!("{{\"recordType\":\"click\",\"a\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let pad = "x".repeat(1 << 20);
    let long = good[0].replace("Mozilla", &pad);
    let bad: Vec<Vec<u8>> = vec![
        good[0][..200].into(),
        [&good[0].as_bytes()[..60], b"\xff\xfe", &good[0].as_bytes()[60..]].concat(),
        deep.into_bytes(),
        long.into_bytes(),
        good[0].replace("\"sid\": 1", "\"sid\": \"n/a\"").into_bytes(),
        good[0].replace("\"click\"", "\"impression\"").into_bytes(),
        b"null".to_vec(),
        b"not JSON at all".to_vec(),
    ];
    // Between good lines, and so many that they do not fit into what topics keep.
    let mut input: Vec<u8> = Vec::new();
    for _ in 0..20 {
        for line in &bad {
            input.extend_from_slice(line);
            input.push(b'\n');
        }
    }
    let mut mixed = Vec::new();
    for line in &good {
        mixed.extend_from_slice(&input);
        mixed.extend_from_slice(line.as_bytes());
        mixed.push(b'\n');
    }
    let run = run_on(&["count", "--summary"], &mixed);
    assert_eq!((run.status, results(&run)), (0, expected.to_vec()), "{}", run.err);
    for text in ["805 lines", "4  clicks", "1  sessions", "800  dead-letters"] {
        assert!(run.err.contains(text), "{text} in {}", run.err);
    }
}

#[test]
fn a_line_that_is_too_long_for_memory_is_refused_and_the_next_one_read() {
    let good = sample();
    let mut input = vec![b'x'; (64 << 20) + 10];
    input.push(b'\n');
    input.extend_from_slice(good[0].as_bytes());
    let run = run_on(&["count", "--summary"], &input);
    assert_eq!((run.status, results(&run).len()), (0, 1), "{}", run.err);
    assert!(run.err.contains("1  refused: longer than 64 MB"), "{}", run.err);
}

#[test]
fn times_that_are_no_times_are_refused_and_counted() {
    let line = |time: &str| {
        format!(
            "{{\"timestamp\":{time},\"recordType\":\"click\",\"sid\":1,\"uid\":\"1\",\"state\":\"home\"}}"
        )
    };
    let input = ["1e300", "-1e300", "-5", "253402300800", "5"].map(line).join("\n");
    for emit in ["end", "changes", "final"] {
        for windows in [&["--advance", "10s"][..], &["--session", "10s"], &[]] {
            let args = [&["count", "--summary", "--emit", emit], windows].concat();
            let run = run_on(&args, input.as_bytes());
            assert_eq!(run.status, 0, "{args:?}: {}", run.err);
            assert!(run.err.contains("4  refused: the time"), "{}", run.err);
            assert_eq!(results(&run).len(), usize::from(emit != "final"), "{args:?}");
        }
    }
}

#[test]
fn lines_with_keys_and_blank_lines_and_files() {
    let plain = generated(&["--events", "2000"]);
    let keyed = generated(&["--events", "2000", "--with-key"]);
    let expected = run_on(&["count"], &plain).quiet().out;
    assert!(!expected.is_empty());
    assert_eq!(run_on(&["count"], &keyed).quiet().out, expected);
    let blank: Vec<u8> =
        plain.split_inclusive(|b| *b == b'\n').flat_map(|l| [l, b"\r\n"].concat()).collect();
    assert_eq!(run_on(&["count", "-"], &blank).quiet().out, expected);
    let file = crate::file("records.ndjson", &plain);
    assert_eq!(run(&["count", crate::path(&file)]).quiet().out, expected);
    run(&["count", "no-such-file.ndjson"]).fails(1, &["no-such-file.ndjson"]);
    assert_eq!(run_on(&["count"], b"").quiet().out, b"");
}
