//! The built-in news site. The figures are those of the imply-news configuration.

use serde_json::{Value, json};

/// Sessions started in each hour of a day, in thousandths of the busiest hour.
const ENVELOPE: [u32; 24] = [
    200, 120, 80, 50, 70, 100, 150, 250, 450, 500, 700, 650, 800, 800, 550, 450, 550, 700, 850,
    1000, 950, 800, 650, 450,
];

const STATES: [&str; 7] =
    ["home", "content", "clickbait", "subscribe", "plusContent", "affiliateLink", "exitSession"];

/// The tree of the configuration; `Config::default` reads it as it would any other.
pub(super) fn tree() -> Value {
    json!({
        "General": {
            "maxSessions": 50_000,
            "minSleep": 0.001,
            "maxSleep": 0.004,
            "clickTopic": "imply-news",
            "sessionTopic": "imply-news",
        },
        "StateMachine": {
            "States": STATES,
            "StateTransitionMatrix": {
                "default": transitions([0.20, 0.32], 0.002, 0.118),
                "special": transitions([0.26, 0.26], 0.0005, 0.1195),
            },
        },
        "ModeConfig": {
            "default": {
                "channel": shares(&[
                    ("social media", 0.3), ("organic search", 0.2), ("paid search", 0.3),
                    ("display", 0.1), ("affiliate", 0.1),
                ]),
                "campaign": campaigns(0.3, 0.4),
                "gender": { "m": 0.5, "w": 0.5 },
                "age": ages(0.1, 0.4),
                "timeEnvelope": ENVELOPE,
            },
            "special": {
                "channel": shares(&[
                    ("social media", 0.1), ("organic search", 0.2), ("paid search", 0.3),
                    ("display", 0.3), ("affiliate", 0.1),
                ]),
                "campaign": campaigns(0.5, 0.2),
                "gender": { "m": 0.5, "w": 0.5 },
                "age": ages(0.4, 0.1),
                "timeEnvelope": ENVELOPE,
            },
        },
    })
}

/// The transition matrix. Modes differ in where the front page leads (`plusContent` and out) and in how
/// often readers of articles subscribe, which is taken from their chance to leave.
fn transitions([plus, leave]: [f64; 2], subscribe: f64, leave_article: f64) -> Value {
    let row = |weights: [f64; 7]| -> Value {
        STATES.iter().zip(weights).map(|(state, p)| ((*state).to_owned(), json!(p))).collect()
    };
    json!({
        "home": row([0.10, 0.30, 0.06, 0.0, plus, 0.02, leave]),
        "content": row([0.15, 0.45, 0.06, subscribe, 0.20, 0.02, leave_article]),
        "clickbait": row([0.10, 0.10, 0.50, 0.0, 0.16, 0.02, 0.12]),
        "subscribe": row([0.10, 0.20, 0.0, 0.0, 0.50, 0.02, 0.18]),
        "plusContent": row([0.10, 0.30, 0.06, subscribe, 0.40, 0.02, leave_article]),
        "affiliateLink": row([0.20, 0.20, 0.0, 0.0, 0.05, 0.0, 0.55]),
    })
}

fn shares(values: &[(&str, f64)]) -> Value {
    values.iter().map(|(name, share)| ((*name).to_owned(), json!(share))).collect()
}

fn campaigns(informed: f64, election: f64) -> Value {
    shares(&[
        ("fb-1 Be Informed", informed),
        ("fb-2 US Election", election),
        ("af-1 Latest News", 0.2),
        ("google-1 Be Informed", 0.1),
    ])
}

fn ages(young: f64, middle: f64) -> Value {
    shares(&[("18-25", 0.1), ("26-35", young), ("36-50", middle), ("51-60", 0.3), ("61+", 0.1)])
}
