//! Configurations that mean harm: refused with errors, or run.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};
use streamglass::clickstream::{Config, Generator};
use streamglass::rng::Seed;

use crate::common::{END, Nothing};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(vec![0.0, -0.0, 1.0, 0.5, 1e-300, 1e300, 24.0, 1000.0])
            .prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["5m", "1h", "99999999d", "home", "special", "2023-01-12", ""])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 8, |inner| {
        let name = prop_oneof![
            "[a-z]{0,6}",
            prop::sample::select(vec!["from", "for", "share", "home", "sigma", "medianMs"])
                .prop_map(str::to_owned),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

/// The built-in site with every setting of ours given.
fn tree() -> Value {
    let mut tree = Config::default().tree().clone();
    tree["Streamglass"] = json!({
        "seed": 1, "start": "2023-01-12", "mode": "default", "sessionsPerSecond": 5,
        "pacing": "dwell", "dwell": { "medianSeconds": 2, "sigma": 1 }, "partitions": 3,
        "maxPending": 2_000, "delay": { "medianMs": 50, "sigma": 1 },
        "tail": { "share": 0.1, "medianSeconds": 5, "sigma": 1 },
        "outages": [{ "partition": 0, "from": "1s", "for": "5s" }],
        "skew": { "share": 0.1, "offset": "10m" },
        "schedule": [{ "mode": "special", "weekday": "fri", "from": 1, "to": 2 }],
        "faults": { "drop": 0.1, "bot": { "perSecond": 1, "from": "2s", "for": 3 }, "burst": 2 },
    });
    tree
}

/// The pointers to all values of a tree.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                pointers(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate() {
                pointers(value, &format!("{at}/{i}"), found);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_change_is_refused_or_runs(
        changes in prop::collection::vec((any::<prop::sample::Index>(), value()), 1..3),
    ) {
        let mut tree = tree();
        for (at, value) in changes {
            let mut all = Vec::new();
            pointers(&tree, "", &mut all);
            *tree.pointer_mut(&all[at.index(all.len())]).expect("a value") = value;
        }
        match Config::from_tree(&tree) {
            Err(errors) => {
                prop_assert!(!errors.errors.is_empty());
                prop_assert!(errors.errors.iter().all(|error| !error.path.is_empty()));
            }
            Ok((config, _)) => {
                let mut generator = Generator::new(Arc::new(config), Seed(1));
                let until = generator.now().plus(20_000_000);
                generator.run(until, 300, &mut Nothing);
                generator.run(END, 20, &mut Nothing);
            }
        }
    }
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_generator_hostile() {
    crate::soak::soak("changed configurations", &[any_change_is_refused_or_runs]);
}
