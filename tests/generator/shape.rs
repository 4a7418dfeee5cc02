//! What records look like, and that they tell one story.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use streamglass::clickstream::Stream;

use crate::common::{END, Keep, Kept, changed, generator, keep};
use streamglass::clickstream::Generator;
use streamglass::rng::Seed;

const PLACE: [&str; 5] = ["latitude", "longitude", "place_name", "country_code", "timezone"];

fn names(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn kind(value: &Value) -> &str {
    value["recordType"].as_str().unwrap_or("none")
}

fn is_decimal_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
}

fn check_click(value: &Value) {
    let mut expect = vec![
        "timestamp",
        "recordType",
        "url",
        "useragent",
        "statuscode",
        "state",
        "statesVisited",
        "sid",
        "uid",
        "isSubscriber",
        "campaign",
        "channel",
        "contentId",
        "subContentId",
        "gender",
        "age",
    ];
    expect.extend(PLACE);
    assert_eq!(names(value), expect);
    let text = |name: &str| value[name].as_str().expect("a text");
    let title = text("subContentId");
    assert!((4..=8).contains(&title.split(' ').count()), "{title}");
    assert!(title.starts_with(|c: char| c.is_ascii_uppercase()), "{title}");
    let (state, content) = (text("state"), text("contentId"));
    let url = format!("https://imply-news.com/{state}/{content}/{}", title.replace(' ', "-"));
    assert_eq!(text("url"), url);
    assert_eq!(value["statesVisited"].as_array().and_then(|all| all.last()), Some(&value["state"]));
    assert!(["200", "404", "500"].contains(&text("statuscode")));
    check_visitor(value);
}

fn check_session(value: &Value) {
    let mut expect = vec![
        "timestamp",
        "recordType",
        "useragent",
        "statesVisited",
        "sid",
        "uid",
        "isSubscriber",
        "campaign",
        "channel",
        "gender",
        "age",
    ];
    expect.extend(PLACE);
    let states = [
        "home",
        "content",
        "clickbait",
        "subscribe",
        "plusContent",
        "affiliateLink",
        "exitSession",
    ];
    expect.extend(states);
    assert_eq!(names(value), expect);
    let visited = value["statesVisited"].as_array().expect("a list");
    for state in states {
        assert_eq!(value[state], json!(i32::from(visited.contains(&json!(state)))), "{state}");
    }
    assert_eq!(visited.first(), Some(&json!("home")));
    assert_eq!(visited.last(), Some(&json!("exitSession")));
    check_visitor(value);
}

fn check_visitor(value: &Value) {
    assert!(value["sid"].is_u64() && is_decimal_text(&value["uid"]));
    assert!(value["timestamp"].is_f64());
    assert!(value["isSubscriber"] == 0 || value["isSubscriber"] == 1);
    for name in ["latitude", "longitude"] {
        let degrees: f64 = value[name].as_str().expect("a text").parse().expect("a number");
        assert!(degrees.abs() < 180.0);
    }
}

fn check_user(value: &Value) {
    let mut expect =
        vec!["timestamp", "version", "recordType", "uid", "isSubscriber", "gender", "age"];
    expect.extend(PLACE);
    assert_eq!(names(value), expect);
    assert!(is_decimal_text(&value["uid"]) && value["version"].as_u64() >= Some(1));
}

/// Python's separators: a blank after each colon and comma, and nothing else.
fn check_spacing(record: &Kept, value: &Value) {
    let compact = serde_json::to_string(value).expect("text");
    let blanks_outside = |text: &str| {
        let (mut inside, mut blanks) = (false, 0);
        for c in text.chars() {
            inside ^= c == '"';
            blanks += usize::from(!inside && c == ' ');
        }
        blanks
    };
    let separators = compact.len() + blanks_outside(record.text());
    assert!(!record.text().contains("\":\"") && record.text().contains("\": "));
    // Numbers may be printed with other digits by serde_json: only the blanks are compared.
    assert!(separators >= record.text().len(), "{}", record.text());
}

#[test]
fn records_have_the_members_of_the_sample() {
    let keep = keep(json!({ "delay": { "medianMs": 0 } }), 1, 30_000);
    let mut seen = BTreeMap::new();
    for record in &keep.records {
        let value = record.json();
        check_spacing(record, &value);
        let (name, key) = match (record.stream, kind(&value)) {
            (Stream::Mixed, "click") => (check_click(&value), "sid"),
            (Stream::Mixed, "session") => (check_session(&value), "sid"),
            (Stream::Mixed, "user") => (check_user(&value), "uid"),
            (Stream::Orders, _) => {
                assert_eq!(names(&value), ["order_id", "uid", "sid", "amount", "timestamp"]);
                assert!(value["amount"].as_f64() >= Some(1.0));
                ((), "order_id")
            }
            (Stream::Shipments, _) => {
                assert_eq!(names(&value), ["order_id", "shipped_at", "carrier"]);
                ((), "order_id")
            }
            (Stream::Mixed, other) => panic!("unexpected record type {other}"),
        };
        let () = name;
        let expect = value[key].as_str().map_or_else(|| value[key].to_string(), str::to_owned);
        assert_eq!(record.key.as_deref(), Some(expect.as_str()));
        *seen.entry((record.stream, kind(&value).to_owned())).or_insert(0) += 1;
        let stated = value.get("timestamp").or_else(|| value.get("shipped_at"));
        let micros = (stated.and_then(Value::as_f64).expect("a time") * 1e6).round() as i64;
        assert_eq!(micros, record.event_time.0);
    }
    assert_eq!(seen.len(), 5, "all kinds of records: {seen:?}");
}

#[test]
fn a_click_is_written_as_python_would() {
    let keep = keep(json!({}), 1, 50);
    let click =
        keep.records.iter().find(|record| record.text().contains("click")).expect("a click");
    let text = click.text();
    let value = click.json();
    let rebuilt = text.replace(&format!("{}", value["timestamp"]), "T");
    assert!(
        rebuilt.starts_with("{\"timestamp\": T, \"recordType\": \"click\", \"url\": \"https://")
    );
    assert!(text.contains(", \"statesVisited\": [\"home\"], \"sid\": "));
    assert!(text.contains(", \"isSubscriber\": 0, \"campaign\": \""));
    assert!(text.ends_with("\"}"));
}

#[test]
fn every_session_ends_or_is_open_and_its_clicks_tell_its_path() {
    let mut generator = generator(json!({ "sessionsPerSecond": 5 }), 2);
    let mut keep = Keep::default();
    generator.run(END, 40_000, &mut keep);
    let mut paths: BTreeMap<u64, Vec<Value>> = BTreeMap::new();
    let mut ended = BTreeSet::new();
    for line in &keep.truth {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let Some(sid) = value["sid"].as_u64() else { continue };
        match kind(&value) {
            "click" => {
                assert!(!ended.contains(&sid), "a click after the end");
                let path = paths.entry(sid).or_default();
                path.push(value["state"].clone());
                assert_eq!(value["statesVisited"], json!(path));
            }
            "session" => {
                assert!(ended.insert(sid), "a session ends once");
                assert_eq!(value["statesVisited"], json!(paths[&sid]));
            }
            _ => {}
        }
    }
    let counters = generator.counters();
    assert_eq!(counters.sessions.started, paths.len() as u64);
    assert_eq!(counters.sessions.ended, ended.len() as u64);
    let open = paths.len() - ended.len();
    assert_eq!(generator.open_sessions() as usize, open);
    let left_open = paths.iter().filter(|(sid, _)| !ended.contains(sid));
    let exit = json!("exitSession");
    assert!(left_open.into_iter().all(|(_, path)| path.last() != Some(&exit)));
}

#[test]
fn user_records_are_what_sessions_show() {
    let config = changed(|tree| {
        tree["General"]["maxUsers"] = json!(50);
        tree["General"]["userChangeProbability"] = json!(0.2);
    });
    let mut keep = Keep::default();
    Generator::new(config, Seed(3)).run(END, 20_000, &mut keep);
    let mut users: BTreeMap<String, Value> = BTreeMap::new();
    let mut moves = 0;
    for line in &keep.truth {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let uid = value["uid"].as_str().unwrap_or_default().to_owned();
        if kind(&value) == "user" {
            let before = users.insert(uid, value.clone());
            let version = before.as_ref().map_or(0, |user| user["version"].as_u64().unwrap_or(0));
            assert_eq!(value["version"], json!(version + 1));
            moves += i32::from(version > 0);
        } else if value["statesVisited"] == json!(["home"]) {
            let user = users.get(&uid).expect("a user is known before the first click");
            for name in ["isSubscriber", "gender", "age"].iter().chain(&PLACE) {
                assert_eq!(value[*name], user[*name], "{name}");
            }
        }
    }
    assert_eq!(users.len(), 50);
    assert!(moves > 100, "{moves}");
}

#[test]
fn shipments_follow_orders() {
    let keep = keep(json!({ "sessionsPerSecond": 2 }), 8, 100_000);
    let mut orders = BTreeMap::new();
    let mut shipped = 0;
    for line in &keep.truth {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let Some(order) = value["order_id"].as_u64() else { continue };
        if let Some(at) = value["shipped_at"].as_f64() {
            assert!(at >= orders[&order], "shipped before it was ordered");
            shipped += 1;
        } else {
            let at = value["timestamp"].as_f64().expect("a time");
            assert_eq!(orders.insert(order, at), None, "order numbers are unique");
        }
    }
    assert!(shipped > 50 && shipped < orders.len(), "{shipped} of {}", orders.len());
}

#[test]
fn configured_names_are_escaped() {
    let name = "say \"hi\" \\ é🗞\n";
    let config = changed(|tree| {
        tree["ModeConfig"]["default"]["channel"] = json!({ name: 1.0 });
        tree["StateMachine"] = json!({
            "States": [name, "out"],
            "StateTransitionMatrix": {
                "default": { name: { name: 0.5, "out": 0.5 } },
                "special": { name: { name: 0.5, "out": 0.5 } },
            },
        });
    });
    let mut keep = Keep::default();
    Generator::new(config, Seed(1)).run(END, 2_000, &mut keep);
    let mut kinds = BTreeSet::new();
    for record in &keep.records {
        let value = record.json();
        if kind(&value) != "user" {
            assert_eq!(value["channel"], name);
            assert_eq!(value["statesVisited"][0], name);
        }
        assert!(record.text().is_ascii());
        kinds.insert(kind(&value).to_owned());
    }
    assert_eq!(kinds.len(), 3);
}
