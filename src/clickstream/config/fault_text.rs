//! Faults as a command line writes them: `drop=0.01,bot=50@2h+10m`. Not here: whether they make sense,
//! which [`super::Config::from_tree`] judges.

use serde_json::{Map, Value, json};

use super::error::{ConfigErrors, Reason};
use super::node::shorten;

/// The tree of `Streamglass.faults` for a list of `name=rate`, `name=rate@from` or
/// `name=rate@from+for`, separated by commas: the rate is a share of records, for `bot` records a
/// second, for `burst` a factor; `from` is a time or a duration after the start, `for` a duration.
///
/// # Errors
/// The parts that do not have this form.
pub fn faults_from_text(text: &str) -> Result<Value, ConfigErrors> {
    let mut errors = ConfigErrors::default();
    let mut faults = Map::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match fault(part) {
            Some((name, value)) if !faults.contains_key(name) => {
                faults.insert(name.to_owned(), value);
            }
            Some((name, _)) => errors.push("faults", Reason::Twice { name: shorten(name) }),
            None => {
                let expected = "a fault such as drop=0.01 or bot=50@2h+10m";
                errors.push("faults", Reason::Text { text: shorten(part), expected });
            }
        }
    }
    if errors.errors.is_empty() { Ok(Value::Object(faults)) } else { Err(errors) }
}

fn fault(part: &str) -> Option<(&str, Value)> {
    let (name, rest) = part.split_once('=')?;
    let (name, rest) = (name.trim(), rest.trim());
    let (rate, span) = match rest.split_once('@') {
        Some((rate, span)) => (rate, Some(span)),
        None => (rest, None),
    };
    let rate: f64 = rate.trim().parse().ok()?;
    if !rate.is_finite() {
        return None;
    }
    let Some(span) = span else { return Some((name, json!(rate))) };
    let measure = match name {
        "bot" => "perSecond",
        "burst" => "factor",
        _ => "share",
    };
    let mut value = json!({ measure: rate });
    match span.split_once('+') {
        Some((from, length)) => {
            value["from"] = json!(from.trim());
            value["for"] = json!(length.trim());
        }
        None => value["from"] = json!(span.trim()),
    }
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_as_the_configuration_writes_them() {
        for (text, expect) in [
            ("", json!({})),
            ("drop=0.01", json!({ "drop": 0.01 })),
            (
                "drop=0.01, bot=50@2h+10m,burst=3@30s",
                json!({
                    "drop": 0.01,
                    "bot": { "perSecond": 50.0, "from": "2h", "for": "10m" },
                    "burst": { "factor": 3.0, "from": "30s" },
                }),
            ),
        ] {
            assert_eq!(faults_from_text(text), Ok(expect), "{text}");
        }
        for text in ["drop", "drop=", "drop=many", "drop=NaN", "drop=0.1,drop=0.2"] {
            assert!(faults_from_text(text).is_err(), "{text}");
        }
    }
}
