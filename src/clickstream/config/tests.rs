//! Configurations: the built-in one, and what is refused with which path and reason.

use serde_json::{Value, json};

use super::*;

/// The built-in site with one member replaced (`None` removes it). The path uses `/` between names.
fn with(path: &str, value: Option<Value>) -> Value {
    let mut tree = news::tree();
    tree["Streamglass"] = json!({});
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = tree.pointer_mut(parent).expect("the parent exists");
    match (parent, value) {
        (Value::Object(map), Some(value)) => drop(map.insert(name.to_owned(), value)),
        (Value::Object(map), None) => drop(map.shift_remove(name)),
        (other, _) => panic!("{other} has no members"),
    }
    tree
}

fn errors(tree: &Value) -> Vec<String> {
    match Config::from_tree(tree) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.errors.iter().map(ToString::to_string).collect(),
    }
}

fn check(path: &str, value: Option<Value>, expect: &str) {
    let found = errors(&with(path, value));
    assert_eq!(found, [expect], "{path}");
}

#[test]
fn the_built_in_site_is_that_of_imply_news() {
    let config = Config::default();
    assert_eq!(config.states().next(), Some("home"));
    assert_eq!(config.modes().collect::<Vec<_>>(), ["default", "special"]);
    assert_eq!((config.max_sessions, config.max_users), (50_000, 100_000));
    let content = config.modes[1].rows[1].as_ref().expect("content is no exit");
    assert_eq!(content, &[0.15, 0.45, 0.06, 0.0005, 0.20, 0.02, 0.1195]);
    assert!(config.modes[0].rows[6].is_none());
    assert_eq!(config.modes[0].envelope[19], 1000.0);
    assert_eq!(config.start(), Micros(1_673_510_400_000_000));
}

#[test]
fn a_configuration_survives_writing_and_reading() {
    let tree = with(
        "/Streamglass",
        Some(json!({
            "start": 1_700_000_000_000_u64, "pacing": "random-pick", "partitions": 8, "mode": "special",
            "tail": { "share": 0.01, "medianSeconds": 900, "sigma": 0.5 },
            "outages": [{ "partition": 7, "from": "1h", "for": "5m" }],
            "skew": { "share": 0.001, "offset": "10m" },
            "schedule": [{ "mode": "special", "weekday": "Friday", "from": "07:00", "to": 11 }],
            "faults": { "drop": 0.01, "bot": { "perSecond": 50, "from": "2023-11-14T23:00:00Z", "for": 60 } },
        })),
    );
    let (config, notices) = Config::from_tree(&tree).expect("valid");
    assert_eq!(notices, []);
    assert_eq!(Config::from_tree(config.tree()), Ok((config.clone(), Vec::new())));
    let s = &config.settings;
    assert_eq!(s.base_mode, 1);
    assert_eq!(s.outages[0].span.from, Micros(1_700_003_600_000_000));
    assert_eq!(s.outages[0].span.until, Micros(1_700_003_900_000_000));
    assert_eq!(s.skew.offset_micros, 600_000_000);
    assert_eq!(s.schedule[0], ScheduleRule { mode: 1, weekday: Some(4), from: 420, to: 660 });
    assert_eq!(s.faults.drop, Rate::always(0.01));
    assert_eq!(s.faults.bot.span.from, Micros(1_700_002_800_000_000));
}

#[test]
fn sections_that_mean_nothing_here_are_noticed() {
    let mut tree = with("/Kafka", Some(json!({ "bootstrap.servers": "localhost:9092" })));
    tree["IncludeOptional"] = json!(["other.yml"]);
    tree["General"]["sessionTopic"] = json!("elsewhere");
    tree["General"]["maxSession"] = json!(1);
    let (_, notices) = Config::from_tree(&tree).expect("valid");
    let paths: Vec<_> = notices.iter().map(|notice| notice.path.as_str()).collect();
    let expect = ["IncludeOptional", "Kafka", "General.maxSession", "General.sessionTopic"];
    assert_eq!(paths, expect);
    assert!(notices[2].to_string().contains("`maxSessions`"));
}

#[test]
fn every_error_names_its_path_and_reason() {
    let matrix = "/StateMachine/StateTransitionMatrix/default";
    let row = |home: f64, exit: f64| {
        json!({ "home": home, "content": 0.3, "clickbait": 0.06, "subscribe": 0.0,
                "plusContent": 0.2, "affiliateLink": 0.02, "exitSession": exit })
    };
    let home = "StateMachine.StateTransitionMatrix.default.home";
    let short = json!({ "home": 0.5, "content": 0.5 });
    let lacks = "clickbait, subscribe, plusContent, affiliateLink, exitSession";
    for (path, value, expect) in [
        ("/General", None, "General is missing".to_owned()),
        ("/General/maxSessions", None, "General.maxSessions is missing".to_owned()),
        ("/General/maxSessions", Some(json!(0)),
         "General.maxSessions is 0, but must be from 1 to 4000000".to_owned()),
        ("/General/maxSessions", Some(json!(1.5)),
         "General.maxSessions must be a whole number, not the number 1.5".to_owned()),
        ("/General/minSleep", Some(json!("soon")),
         "General.minSleep must be a number, not the text `soon`".to_owned()),
        ("/General/minSleep", Some(json!(1)),
         "General.maxSleep must be greater than `minSleep`".to_owned()),
        (&format!("{matrix}/home"), Some(row(0.2, 0.32)),
         format!("{home} has probabilities that add up to 1.1, not to 1")),
        (&format!("{matrix}/home"), Some(short), format!("{home} has no probability for {lacks}")),
        (&format!("{matrix}/home/content"), Some(json!(-0.3)),
         format!("{home}.content is -0.3, but must be from 0 to 1")),
        (&format!("{matrix}/hom"), Some(row(0.1, 0.32)),
         "StateMachine.StateTransitionMatrix.default.hom names the state `hom`, which \
          StateMachine.States does not list (did you mean `home`?)".to_owned()),
        (&format!("{matrix}/home"), None,
         "StateMachine.StateTransitionMatrix.default has no row for `home`, the first of \
          StateMachine.States, in which sessions start".to_owned()),
        ("/StateMachine/StateTransitionMatrix/special", None,
         "StateMachine.StateTransitionMatrix.special is missing".to_owned()),
        ("/ModeConfig/special", None, "ModeConfig.special is missing".to_owned()),
        ("/ModeConfig/default/timeEnvelope", Some(json!([1, 2, 3])),
         "ModeConfig.default.timeEnvelope has 3 values, but an envelope has 24, one for each hour"
             .to_owned()),
        ("/ModeConfig/default/timeEnvelope", Some(json!(vec![0; 24])),
         "ModeConfig.default.timeEnvelope is 0 all day: no session would ever start".to_owned()),
        ("/ModeConfig/default/gender", Some(json!({ "m": 0.5, "w": 0.4 })),
         "ModeConfig.default.gender has probabilities that add up to 0.9, not to 1".to_owned()),
        ("/ModeConfig/default/channel", None, "ModeConfig.default.channel is missing".to_owned()),
        ("/Streamglass/pacng", Some(json!("dwell")),
         format!("Streamglass.pacng is not a setting here (did you mean `pacing`?); known are {}",
             "seed, start, mode, sessionsPerSecond, pacing, dwell, partitions, maxPending, delay, \
              tail, outages, skew, schedule, faults")),
        ("/Streamglass/pacing", Some(json!("fast")),
         "Streamglass.pacing is `fast`, which is not `dwell` or `random-pick`".to_owned()),
        ("/Streamglass/partitions", Some(json!(0)),
         "Streamglass.partitions is 0, but must be from 1 to 1024".to_owned()),
        ("/Streamglass/mode", Some(json!("specail")),
         "Streamglass.mode names the mode `specail`, which is not configured (did you mean \
          `special`?)".to_owned()),
        ("/Streamglass/outages", Some(json!([{ "partition": 4, "for": "1m" }])),
         "Streamglass.outages[0].partition is 4, but must be from 0 to 3".to_owned()),
        ("/Streamglass/outages", Some(json!([{ "partition": 0 }])),
         "Streamglass.outages[0].for is missing".to_owned()),
        ("/Streamglass/skew", Some(json!({ "share": 0.1, "offset": "10 parsecs" })),
         "Streamglass.skew.offset is `10 parsecs`, which is not a duration such as 30s, 5m or \
          1h30m, nor a number of seconds".to_owned()),
        ("/Streamglass/schedule", Some(json!([{ "mode": "special", "from": 11, "to": 7 }])),
         "Streamglass.schedule[0].to must be greater than `from`".to_owned()),
        ("/Streamglass/faults", Some(json!({ "drop": 1.5 })),
         "Streamglass.faults.drop is 1.5, but must be from 0 to 0.999".to_owned()),
        ("/Streamglass/faults", Some(json!({ "burst": { "factor": 5, "rate": 3 } })),
         "Streamglass.faults.burst.rate is not a setting here; known are factor, from, for"
             .to_owned()),
        ("/Streamglass/start", Some(json!("noon")),
         "Streamglass.start is `noon`, which is not an RFC 3339 time such as 2023-01-12T08:00:00Z, \
          nor milliseconds".to_owned()),
    ] {
        check(path, value, &expect);
    }
}

#[test]
fn all_errors_are_reported_at_once() {
    let mut tree = with("/General/maxSessions", Some(json!("many")));
    tree["StateMachine"]["StateTransitionMatrix"]["default"]["home"]["content"] = json!(0.9);
    tree["ModeConfig"]["special"]["timeEnvelope"] = json!("flat");
    tree["Streamglass"]["partitions"] = json!(-1);
    assert_eq!(errors(&tree).len(), 4, "{:?}", errors(&tree));
}

#[test]
fn a_site_that_no_session_leaves_is_refused() {
    let tree = with(
        "/StateMachine",
        Some(json!({
            "States": ["a", "b", "exit"],
            "StateTransitionMatrix": {
                "default": { "a": { "a": 0, "b": 1, "exit": 0 }, "b": { "a": 1, "b": 0, "exit": 0 } },
                "special": { "a": { "a": 0, "b": 0, "exit": 1 }, "b": { "a": 1, "b": 0, "exit": 0 } },
            },
        })),
    );
    let expect = "StateMachine.StateTransitionMatrix.default never reaches an exit state (a state \
                  without a row) from `a`: no session would end";
    assert_eq!(errors(&tree), [expect]);
}

#[test]
fn hostile_configurations_are_refused_in_bounded_space() {
    let many: Vec<String> = (0..100_000).map(|i| format!("s{i}")).collect();
    let found = errors(&with("/StateMachine/States", Some(json!(many))));
    assert_eq!(found, ["StateMachine.States has 100000 members, but at most 64 are allowed"]);
    let long = "x".repeat(1_000_000);
    let found = errors(&with("/General/clickTopic", Some(json!(long))));
    assert_eq!(found, ["General.clickTopic has 1000000 bytes, but at most 200 are allowed"]);
    let unknown: Value = many.iter().map(|name| (name.clone(), json!(1))).collect();
    let refused = Config::from_tree(&with("/Streamglass", Some(unknown))).expect_err("refused");
    assert_eq!((refused.errors.len(), refused.more), (100, 99_900));
    for tree in [json!(null), json!([]), json!("x"), json!(1), json!({})] {
        assert!(!errors(&tree).is_empty(), "{tree}");
    }
}
