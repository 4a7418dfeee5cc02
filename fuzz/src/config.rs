//! Configurations from any bytes: refused with reasons, or valid through and through.
//!
//! A valid one means the same when its tree is read again, and a generator and a lab run on it.

use std::sync::Arc;

use serde_json::Value;
use streamglass::clickstream::{
    Config, Fault, Generator, Sent, Sink, faults_from_text, tree_from_yaml,
};
use streamglass::lab::Lab;
use streamglass::lab::protocol::{Command, Event};
use streamglass::rng::Seed;

/// How many records a valid configuration has to make.
const RECORDS: u64 = 1_000;
/// The longest that they may take, microseconds of virtual time: the rarest sessions allowed are
/// eleven days apart.
const LONGEST: i64 = 1_000 * 86_400 * 1_000_000;

/// Any bytes as JSON, as YAML and as the faults of a command line.
pub fn fuzz(data: &[u8]) {
    let text = std::str::from_utf8(data);
    let json = serde_json::from_slice::<Value>(data).ok();
    let yaml = text.ok().map(tree_from_yaml);
    if let Some(Err(errors)) = &yaml {
        explains(&errors.errors.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    let mut trees: Vec<Value> = yaml.and_then(Result::ok).into_iter().chain(json).collect();
    // Mostly JSON is YAML that means the same.
    trees.dedup();
    for tree in &trees {
        judge(tree);
    }
    if let Some(faults) = text.ok().and_then(|text| faults_from_text(text).ok()) {
        let mut tree = Config::default().tree().clone();
        tree["Streamglass"] = faults;
        judge(&tree);
    }
}

fn explains(errors: &[String]) {
    assert!(!errors.is_empty(), "it is refused for a reason");
    for error in errors {
        assert!(error.len() < 10_000, "an error is no copy of the input: {} bytes", error.len());
    }
}

fn judge(tree: &Value) {
    match Config::from_tree(tree) {
        Err(errors) => {
            assert!(errors.errors.iter().all(|error| !error.path.is_empty()), "{errors}");
            explains(&errors.errors.iter().map(ToString::to_string).collect::<Vec<_>>());
        }
        Ok((config, _)) => {
            same_again(&config);
            runs(&Arc::new(config));
            loads(tree);
        }
    }
}

fn same_again(config: &Config) {
    let (again, notices) = Config::from_tree(config.tree()).expect("its tree is valid");
    assert!(again == *config, "another one from its own tree: {}", config.tree());
    // What means nothing was left out where a whole section does.
    assert!(notices.iter().all(|notice| notice.path.contains('.')), "{notices:?}");
    // YAML numbers are read exactly, so that a saved configuration is the same one.
    let text = config.tree().to_string();
    let Ok(tree) = tree_from_yaml(&text) else {
        // YAML ends the search for a key's colon after 1,024 characters.
        assert!(longest_key(config.tree()) > 500, "JSON is YAML: {text}");
        return;
    };
    let (again, _) = Config::from_tree(&tree).expect("what was written is valid");
    assert!(again == *config, "another one after writing and reading: {text}");
}

fn longest_key(tree: &Value) -> usize {
    match tree {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| name.len().max(longest_key(value)))
            .max()
            .unwrap_or(0),
        Value::Array(items) => items.iter().map(longest_key).max().unwrap_or(0),
        _ => 0,
    }
}

/// Checks records, and keeps a sum of them.
#[derive(Default, PartialEq, Debug)]
struct Check {
    records: u64,
    sum: u64,
}

impl Sink for Check {
    fn record(&mut self, record: &Sent<'_>) {
        self.records += 1;
        for byte in record.value {
            self.sum = (self.sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let read = serde_json::from_slice::<Value>(record.value);
        let cut = record.faults.contains(Fault::Cut);
        assert_eq!(read.is_err(), cut, "{}", String::from_utf8_lossy(record.value));
        assert!(record.value.is_ascii(), "as Python writes it");
        assert_eq!(record.key.is_none(), record.sticky.is_some());
    }
}

fn runs(config: &Arc<Config>) {
    let mut generator = Generator::new(Arc::clone(config), config.seed().unwrap_or(Seed(1)));
    let until = generator.now().plus(LONGEST);
    let mut first = Check::default();
    generator.run(until, RECORDS / 2, &mut first);
    let mut other = generator.clone();
    let (mut a, mut b) = (Check::default(), Check::default());
    generator.run(until, RECORDS / 2, &mut a);
    for _ in 0..RECORDS / 2 {
        other.run(until, 1, &mut b);
    }
    assert_eq!(a, b, "a clone goes on as the original does, in steps of any size");
    let counters = generator.counters();
    assert_eq!(counters.delivered, first.records + a.records);
    let sent = counters.sent_total() - counters.dropped + counters.duplicated;
    assert_eq!(sent, counters.delivered + counters.in_flight());
    let open = u64::from(generator.open_sessions());
    assert!(open <= 2 * 4_000_000, "{open}");
}

/// A lab takes what is valid, or says what it cannot make of it.
fn loads(tree: &Value) {
    let mut lab = Lab::new(Seed(1));
    match lab.command(Command::Load { config: Some(tree.clone()), seed: 1, script: None }) {
        Some(Event::Loaded { .. }) => {
            let to_ms = lab.tick().clock_ms + 1_000;
            assert_eq!(lab.command(Command::Seek { to_ms }), None);
            // A second may hold 100,000 sessions: some turns are enough.
            let mut turns = 5;
            lab.slice(0.0, || {
                turns -= 1;
                turns > 0
            });
        }
        Some(Event::Refused { problems }) => {
            assert!(problems.iter().all(|problem| !problem.message.is_empty()));
        }
        other => panic!("{other:?}"),
    }
}

/// The built-in site, small sites that use every setting, and faults.
pub fn seeds() -> Vec<Vec<u8>> {
    let site = Config::default().tree().to_string();
    let small = SMALL.replace("SETTINGS", "{}");
    let mut seeds = vec![site.into_bytes(), small.into_bytes()];
    for settings in [
        "{ seed: 7, start: 2023-01-12T08:00:00Z, sessionsPerSecond: 50, partitions: 8 }",
        "{ pacing: random-pick, maxPending: 1000, delay: { medianMs: 20, sigma: 2 } }",
        "{ dwell: { medianSeconds: 1, sigma: 0.5 }, tail: { share: 0.1 }, mode: b }",
        "{ outages: [{ partition: 0, from: 10s, for: 1m }], skew: { share: 0.2, offset: -1h } }",
        "{ schedule: [{ mode: b, weekday: fri, from: '07:00', to: '11:00' }] }",
        "{ faults: { duplicate: 0.05, drop: 0.05, malformed: 0.06, missingKey: 0.05, \
           poison: 0.05, bot: { perSecond: 50, from: 1s, for: 2s }, burst: { factor: 4 } } }",
    ] {
        seeds.push(SMALL.replace("SETTINGS", settings).into_bytes());
    }
    for faults in
        ["drop=0.01,bot=50@2h+10m", "burst=3@30s, malformed=0.5", "tail=1e-3,outage=2@30m+5m"]
    {
        seeds.push(faults.as_bytes().to_vec());
    }
    seeds
}

const SMALL: &str = "\
General: { maxSessions: 500, minSleep: 0.001, maxSleep: 0.004, clickTopic: news, sessionTopic: news, maxUsers: 90 }
StateMachine:
  States: [a, b, out]
  StateTransitionMatrix:
    default: { a: { a: 0.25, b: 0.5, out: 0.25 }, b: { a: 0.2, b: 0.3, out: 0.5 } }
    b: { a: { a: 0, b: 0, out: 1 }, b: { a: 0, b: 0, out: 1 } }
ModeConfig:
  default: &mode
    channel: { x: 0.3, y: 0.7 }
    campaign: { z: 1 }
    gender: { m: 0.5, w: 0.5 }
    age: { '18-25': 0.1, '61+': 0.9 }
    timeEnvelope: [0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 700, 650, 800, 800, 550, 450, 550, 700, 850, 1000, 950, 800, 650, 450]
  b: *mode
Streamglass: SETTINGS
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_valid() {
        for seed in seeds() {
            let text = String::from_utf8(seed.clone()).expect("text");
            let valid = match faults_from_text(&text) {
                Ok(_) => true,
                Err(_) => match tree_from_yaml(&text).and_then(|tree| Config::from_tree(&tree)) {
                    Ok(_) => true,
                    Err(errors) => panic!("{text}\n{errors}"),
                },
            };
            assert!(valid);
            fuzz(&seed);
        }
    }
}
