//! Faults and disorder as a command line writes them: `drop=0.01,bot=50@2h+10m`. Not here: whether
//! they make sense, which [`super::Config::from_tree`] judges.

use serde_json::{Map, Value, json};

use super::error::{ConfigErrors, Reason};
use super::node::{closest, shorten};

/// Their names on a command line, and what the section `Streamglass` calls them.
const NAMES: [(&str, &str); 10] = [
    ("duplicate", "duplicate"),
    ("drop", "drop"),
    ("malformed", "malformed"),
    ("missing-key", "missingKey"),
    ("poison", "poison"),
    ("bot", "bot"),
    ("burst", "burst"),
    ("tail", "tail"),
    ("skew", "skew"),
    ("outage", "outages"),
];

/// The members of the section `Streamglass` for a list, separated by commas, of
/// * `name=rate`, `name=rate@from` or `name=rate@from+for`, where the rate is a share of records, for
///   `bot` records a second, for `burst` a factor;
/// * `tail=share` and `skew=share`, of which the latter is ten minutes fast;
/// * `outage=partition@from+for`.
///
/// `from` is a time or a duration after the start, `for` a duration.
///
/// # Errors
/// The parts that do not have this form.
pub fn faults_from_text(text: &str) -> Result<Value, ConfigErrors> {
    let mut errors = ConfigErrors::default();
    let (mut section, mut faults, mut outages) = (Map::new(), Map::new(), Vec::new());
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match fault(part) {
            Err(reason) => errors.push(&shorten(part), reason),
            Ok(("outages", outage)) => outages.push(outage),
            Ok((name, value)) => {
                let of = if matches!(name, "tail" | "skew") { &mut section } else { &mut faults };
                if of.insert(name.to_owned(), value).is_some() {
                    errors.push("faults", Reason::Twice { name: name.to_owned() });
                }
            }
        }
    }
    if !faults.is_empty() {
        section.insert("faults".to_owned(), Value::Object(faults));
    }
    if !outages.is_empty() {
        section.insert("outages".to_owned(), Value::Array(outages));
    }
    if errors.errors.is_empty() { Ok(Value::Object(section)) } else { Err(errors) }
}

/// The name in the section and the value there.
fn fault(part: &str) -> Result<(&'static str, Value), Reason> {
    let not = |text: &str, expected| {
        Err::<(&str, Value), _>(Reason::Text { text: shorten(text), expected })
    };
    let Some((name, rest)) = part.split_once('=') else {
        return not(part, "a fault such as drop=0.01 or bot=50@2h+10m");
    };
    let name = name.trim();
    let known = NAMES.iter().find(|(short, long)| name == *short || name == *long);
    let Some((short, name)) = known else {
        let names = NAMES.map(|(short, _)| short);
        let suggestion = closest(name, names.into_iter());
        return Err(Reason::UnknownMember { suggestion, known: names.join(", ") });
    };
    let (rate, span) = match rest.split_once('@') {
        Some((rate, span)) => (rate.trim(), Some(span.trim())),
        None => (rest.trim(), None),
    };
    let number: f64 = match rate.parse() {
        Ok(number) if f64::is_finite(number) => number,
        _ => return not(rate, "a number"),
    };
    let span = span.map(|span| match span.split_once('+') {
        Some((from, length)) => (from.trim(), Some(length.trim())),
        None => (span, None),
    });
    let value = match (*short, span) {
        ("tail", None) => json!({ "share": number }),
        ("skew", None) => json!({ "share": number, "offset": "10m" }),
        ("tail" | "skew", Some(_)) => return not(part, "a share without a time"),
        ("outage", Some((from, Some(length)))) => {
            let Ok(partition) = rate.parse::<u32>() else { return not(rate, "a partition") };
            json!({ "partition": partition, "from": from, "for": length })
        }
        ("outage", _) => return not(part, "of the form outage=2@30m+5m"),
        (_, None) => json!(number),
        (_, Some((from, length))) => {
            let measure = match *short {
                "bot" => "perSecond",
                "burst" => "factor",
                _ => "share",
            };
            let mut value = json!({ measure: number, "from": from });
            if let Some(length) = length {
                value["for"] = json!(length);
            }
            value
        }
    };
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_as_the_configuration_writes_them() {
        for (text, expect) in [
            ("", json!({})),
            ("drop=0.01", json!({ "faults": { "drop": 0.01 } })),
            (
                "missing-key=0.01, bot=50@2h+10m,burst=3@30s",
                json!({ "faults": {
                    "missingKey": 0.01,
                    "bot": { "perSecond": 50.0, "from": "2h", "for": "10m" },
                    "burst": { "factor": 3.0, "from": "30s" },
                } }),
            ),
            (
                "tail=0.05,outage=2@30m+5m,skew=0.1,outage=0@1h+5m",
                json!({
                    "tail": { "share": 0.05 },
                    "skew": { "share": 0.1, "offset": "10m" },
                    "outages": [
                        { "partition": 2, "from": "30m", "for": "5m" },
                        { "partition": 0, "from": "1h", "for": "5m" },
                    ],
                }),
            ),
        ] {
            assert_eq!(faults_from_text(text), Ok(expect), "{text}");
        }
    }

    #[test]
    fn what_has_another_form_is_refused_with_the_part() {
        for (text, expect) in [
            ("drop", "drop is `drop`, which is not a fault such as drop=0.01 or bot=50@2h+10m"),
            ("drop=", "drop= is ``, which is not a number"),
            ("drop=NaN", "drop=NaN is `NaN`, which is not a number"),
            ("drop=0.1,drop=0.2", "faults lists `drop` twice"),
            ("tail=0.1@1h", "tail=0.1@1h is `tail=0.1@1h`, which is not a share without a time"),
            ("outage=1", "outage=1 is `outage=1`, which is not of the form outage=2@30m+5m"),
            ("outage=-1@1h+1m", "outage=-1@1h+1m is `-1`, which is not a partition"),
        ] {
            let errors = faults_from_text(text).expect_err(text);
            assert_eq!(errors.to_string(), expect);
        }
        let errors = faults_from_text("dorp=0.1").expect_err("unknown").to_string();
        assert!(errors.contains("did you mean `drop`?") && errors.contains("outage"), "{errors}");
    }
}
