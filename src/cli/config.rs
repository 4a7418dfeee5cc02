//! The configuration of a command: a file or the built-in one, with faults from the command line.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use streamglass::clickstream::{Config, Notice, tree_from_yaml};

use super::failure::Failure;

/// What `--faults` takes.
pub const FAULTS_HELP: &str = "\
FAULTS, separated by commas; each strikes always, or from FROM on for TIME of virtual time:
  duplicate=SHARE[@FROM+TIME]    records delivered twice
  drop=SHARE[@FROM+TIME]         records never delivered
  malformed=SHARE[@FROM+TIME]    JSON cut short, of a wrong type, or of an unknown recordType
  missing-key=SHARE[@FROM+TIME]  records without a key
  poison=SHARE[@FROM+TIME]       numbers that parse and are wrong
  bot=RATE[@FROM+TIME]           a bot that hammers one key, records a second
  burst=FACTOR[@FROM+TIME]       more sessions
  tail=SHARE                     records that come minutes late
  skew=SHARE                     clients whose clock is ten minutes fast
  outage=PARTITION@FROM+TIME     a partition that nothing reaches meanwhile
SHARE is 0 to 1, FROM and TIME are durations such as 30s, 5m, 1h. Every fault is counted, and the
events behind it stay the same. An example:
  streamglass generate --for 1h --faults duplicate=0.01,burst=5@10m+2m,outage=2@30m+5m";

/// Settings that the command line lays over those of the configuration.
#[derive(Debug, Default)]
pub struct Overrides {
    faults: Map<String, Value>,
    outages: Vec<Value>,
    others: Map<String, Value>,
}

impl Overrides {
    /// Reads the faults, one each.
    ///
    /// # Errors
    /// When one is not of the form that the help states. Whether its numbers make sense is judged
    /// with the configuration.
    pub fn parse(faults: &[String]) -> Result<Self, Failure> {
        let mut overrides = Self::default();
        for fault in faults {
            overrides.add(fault).map_err(|why| {
                Failure::Usage(format!("--faults {fault}: {why}\n\n{FAULTS_HELP}"))
            })?;
        }
        Ok(overrides)
    }

    fn add(&mut self, fault: &str) -> Result<(), String> {
        let (name, rest) =
            fault.split_once('=').ok_or_else(|| "there is no `=` with a number".to_owned())?;
        let (number, span) = match rest.split_once('@') {
            Some((number, span)) => (number, Some(parse_span(span)?)),
            None => (rest, None),
        };
        let number: f64 = number.parse().map_err(|_| format!("`{number}` is not a number"))?;
        let member = match name {
            "duplicate" | "drop" | "malformed" | "poison" => ("share", name),
            "missing-key" => ("share", "missingKey"),
            "bot" => ("perSecond", name),
            "burst" => ("factor", name),
            "tail" | "skew" if span.is_some() => {
                return Err(format!("`{name}` has no time span"));
            }
            "tail" => {
                self.others.insert(name.to_owned(), json!({ "share": number }));
                return Ok(());
            }
            "skew" => {
                self.others.insert(name.to_owned(), json!({ "share": number, "offset": "10m" }));
                return Ok(());
            }
            "outage" => {
                let (from, time) = span.ok_or_else(|| "an outage needs @FROM+TIME".to_owned())?;
                self.outages.push(json!({ "partition": number as u64, "from": from, "for": time }));
                return Ok(());
            }
            other => return Err(format!("there is no fault `{other}`")),
        };
        let rate = match span {
            None => json!(number),
            Some((from, time)) => json!({ member.0: number, "from": from, "for": time }),
        };
        self.faults.insert(member.1.to_owned(), rate);
        Ok(())
    }

    fn lay_over(&self, tree: &mut Value) {
        if self.faults.is_empty() && self.outages.is_empty() && self.others.is_empty() {
            return;
        }
        let Value::Object(root) = tree else { return };
        let section = root.entry("Streamglass").or_insert_with(|| json!({}));
        let Value::Object(section) = section else { return };
        for (name, value) in &self.others {
            section.insert(name.clone(), value.clone());
        }
        if !self.outages.is_empty() {
            section.insert("outages".to_owned(), Value::Array(self.outages.clone()));
        }
        let faults = section.entry("faults").or_insert_with(|| json!({}));
        if let Value::Object(faults) = faults {
            for (name, value) in &self.faults {
                faults.insert(name.clone(), value.clone());
            }
        }
    }
}

fn parse_span(span: &str) -> Result<(&str, &str), String> {
    span.split_once('+').ok_or_else(|| format!("`{span}` is not of the form FROM+TIME"))
}

/// Reads the configuration, or takes the built-in one.
///
/// # Errors
/// When the file cannot be read, or everything that is wrong with the configuration.
pub fn load(path: Option<&Path>, overrides: &Overrides) -> Result<(Config, Vec<Notice>), Failure> {
    let mut name = "the built-in configuration".to_owned();
    let mut tree = match path {
        None => Config::default().tree().clone(),
        Some(path) => {
            name = path.display().to_string();
            let text = fs::read_to_string(path).map_err(Failure::io(name.clone()))?;
            tree_from_yaml(&text).map_err(|errors| invalid(&name, errors.errors.iter()))?
        }
    };
    overrides.lay_over(&mut tree);
    Config::from_tree(&tree).map_err(|errors| invalid(&name, errors.errors.iter()))
}

fn invalid<E: ToString>(name: &str, errors: impl Iterator<Item = E>) -> Failure {
    Failure::Invalid(errors.map(|error| format!("{name}: {}", error.to_string())).collect())
}
