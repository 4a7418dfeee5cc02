//! The configuration of a command: a file or the built-in one, with faults from the command line.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use streamglass::clickstream::{Config, Notice, faults_from_text, tree_from_yaml};
use streamglass::time::Micros;

use super::failure::Failure;

/// What `--faults` takes.
pub const FAULTS_HELP: &str = "\
FAULTS, separated by commas; each strikes always, or from FROM on for TIME of virtual time (without
+TIME, from then on):
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

/// Settings that the command line lays over those of the configuration: members of its section
/// `Streamglass`.
#[derive(Debug, Default)]
pub struct Overrides(Value);

impl Overrides {
    /// Reads what `--faults` says.
    ///
    /// # Errors
    /// When it is not of the form that the help states. Whether its numbers make sense is judged
    /// with the configuration.
    pub fn parse(faults: &str) -> Result<Self, Failure> {
        faults_from_text(faults).map(Self).map_err(|errors| {
            let problems: Vec<_> = errors.errors.iter().map(|e| format!("--faults {e}")).collect();
            Failure::Usage(format!("{}\n\n{FAULTS_HELP}", problems.join("\nerror: ")))
        })
    }

    /// Has virtual time start at `start`, whatever the configuration says.
    pub fn start(&mut self, start: Micros) {
        if let Value::Object(members) = &mut self.0 {
            members.insert("start".to_owned(), json!(start.timestamp().0));
        }
    }

    fn lay_over(&self, tree: &mut Value) {
        let (Value::Object(members), Value::Object(root)) = (&self.0, tree) else { return };
        if members.is_empty() {
            return;
        }
        let section = root.entry("Streamglass").or_insert(Value::Null);
        if section.is_null() {
            *section = json!({});
        }
        // What is no section is reported with all else that is wrong with the configuration.
        let Value::Object(section) = section else { return };
        for (name, value) in members {
            match (name.as_str(), section.entry(name).or_insert(Value::Null), value) {
                // Of the faults those that are named; the configuration's others stay.
                ("faults", Value::Object(configured), Value::Object(faults)) => {
                    configured.extend(faults.clone());
                }
                (_, configured, value) => *configured = value.clone(),
            }
        }
    }
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
